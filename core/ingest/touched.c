#include "ingest/touched.h"

static bool is_in(const struct alm_run_of_rows *run, int64_t time_ms)
{
	return time_ms >= run->from_ms && time_ms <= run->to_ms;
}

/* A run is found by its begin. */
static enum alm_status note_run(
	struct alm_scratch *scratch, int series, const struct alm_run_of_rows *run, struct alm_error *err)
{
	struct alm_scratch_key key = {ALM_NOTE_RUN, series, run->from_ms};
	return alm_scratch_put(scratch, &key, &run->to_ms, sizeof run->to_ms, err);
}

enum alm_status alm_touched_has(struct alm_scratch *scratch, int series, const struct alm_run_of_rows *run,
	int64_t time_ms, bool *has, struct alm_error *err)
{
	struct alm_scratch_key key = {ALM_NOTE_RUN, series, time_ms};
	int64_t to_ms;
	bool found = false;
	*has = is_in(run, time_ms);
	if (*has)
		return ALM_OK;
	enum alm_status status = alm_scratch_get_before(scratch, &key, &to_ms, sizeof to_ms, &found, err);
	*has = found && time_ms <= to_ms;
	return status;
}

enum alm_status alm_touched_go_on(struct alm_scratch *scratch, int series, struct alm_run_of_rows *run,
	int64_t time_ms, bool passed, struct alm_error *err)
{
	bool begun = run->from_ms <= run->to_ms;
	enum alm_status status = begun && passed ? note_run(scratch, series, run, err) : ALM_OK;
	if (status != ALM_OK)
		return status;
	if (!begun || passed)
		run->from_ms = time_ms;
	run->to_ms = time_ms;
	return ALM_OK;
}

enum alm_status alm_touched_add(
	struct alm_scratch *scratch, int series, int64_t time_ms, struct alm_error *err)
{
	return note_run(scratch, series, &(struct alm_run_of_rows){time_ms, time_ms}, err);
}

enum alm_status alm_touched_was(
	struct alm_scratch *scratch, int series, int64_t time_ms, uint64_t *was, struct alm_error *err)
{
	struct alm_scratch_key key = {ALM_NOTE_WAS, series, time_ms};
	uint64_t noted;
	bool found;
	enum alm_status status = alm_scratch_get(scratch, &key, &noted, sizeof noted, &found, err);
	if (status == ALM_OK && found)
		*was = noted;
	return status;
}

enum alm_status alm_touched_note_was(
	struct alm_scratch *scratch, int series, int64_t time_ms, uint64_t was, struct alm_error *err)
{
	struct alm_scratch_key key = {ALM_NOTE_WAS, series, time_ms};
	return alm_scratch_put(scratch, &key, &was, sizeof was, err);
}
