#include <criterion/criterion.h>
#include <signal.h>
#include <string.h>
#include <sys/resource.h>
#include "base/rng.h"
#include "store/scratch.h"

#define NOTES 60000 /* more than are kept in memory */

/* A note, of 400 bytes as the sums of many channels have. */
struct note {
	uint64_t value[50];
};

static void put(struct alm_scratch *scratch, int kind, int series, int64_t time_ms, uint64_t value)
{
	struct alm_error err;
	struct alm_scratch_key key = {kind, series, time_ms};
	struct note note = {{value}};
	cr_assert_eq(alm_scratch_put(scratch, &key, &note, sizeof note, &err), ALM_OK, "%s", err.text);
}

Test(scratch, finds_more_notes_than_memory_is_used_for)
{
	struct alm_scratch *scratch;
	bool found;
	struct note note;
	cr_assert_eq(alm_scratch_new(&scratch, NULL), ALM_OK);
	for (uint64_t i = 0; i < NOTES; i++) {
		uint64_t at = alm_rng_permute(3, 0, NOTES, i);
		put(scratch, (int)(at % 2), (int)(at % 7), (int64_t)at, at * 5);
	}
	for (uint64_t at = 0; at < NOTES; at++) {
		struct alm_scratch_key key = {(int)(at % 2), (int)(at % 7), (int64_t)at};
		cr_assert_eq(alm_scratch_get(scratch, &key, &note, sizeof note, &found, NULL), ALM_OK);
		cr_assert(found && note.value[0] == at * 5);
	}
	alm_scratch_close(scratch);
}

Test(scratch, knows_no_key_but_those_it_was_given)
{
	struct alm_scratch *scratch;
	struct alm_scratch_key key = {1, 2, 3};
	bool found = true;
	struct note note = {{9}};
	cr_assert_eq(alm_scratch_new(&scratch, NULL), ALM_OK);
	cr_assert_eq(alm_scratch_get(scratch, &key, &note, sizeof note, &found, NULL), ALM_OK);
	cr_assert_not(found);
	put(scratch, 1, 2, 2, 7);
	put(scratch, 1, 3, 3, 8);
	cr_assert_eq(alm_scratch_get(scratch, &key, &note, sizeof note, &found, NULL), ALM_OK);
	cr_assert(!found && note.value[0] == 9);
	cr_assert_eq(alm_scratch_get_before(scratch, &key, &note, sizeof note, &found, NULL), ALM_OK);
	cr_assert(found && note.value[0] == 7 && key.time_ms == 2);
	alm_scratch_close(scratch);
}

Test(scratch, a_folder_that_cannot_be_written_is_an_error)
{
	struct alm_scratch *scratch;
	struct alm_error err = {0};
	enum alm_status status = ALM_OK;
	struct rlimit none = {0, 0};
	signal(SIGXFSZ, SIG_IGN);
	cr_assert_eq(setrlimit(RLIMIT_FSIZE, &none), 0);
	cr_assert_eq(alm_scratch_new(&scratch, NULL), ALM_OK);
	for (int i = 0; i < NOTES && status == ALM_OK; i++) {
		struct alm_scratch_key key = {0, 0, i};
		status = alm_scratch_put(scratch, &key, &(struct note){{1}}, sizeof(struct note), &err);
	}
	cr_assert_eq(status, ALM_IO, "%s", err.text);
	cr_assert(strstr(err.text, "SQLITE_TMPDIR"), "%s", err.text);
	alm_scratch_close(scratch);
}
