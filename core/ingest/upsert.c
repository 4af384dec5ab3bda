#include "ingest/upsert.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Texts have no mean. */
static enum alm_status check_policy(
	const struct alm_dataset *dataset, enum alm_on_duplicate policy, struct alm_error *err)
{
	for (int i = 0; policy == ALM_DUPLICATE_MEAN && i < dataset->n_channels; i++)
		if (alm_dataset_is_category(dataset, i))
			return alm_fail(err, ALM_USAGE,
				"--on-duplicate: '%s' is a category and has no mean; use last, first or "
				"error",
				dataset->channels[i]);
	return ALM_OK;
}

enum alm_status alm_upsert_open(struct alm_upsert *upsert, struct alm_db *db,
	const struct alm_dataset *dataset, struct alm_names *words, enum alm_on_duplicate policy,
	struct alm_error *err)
{
	struct alm_upsert made = {.db = db, .dataset = dataset, .policy = policy};
	size_t n_bytes = (size_t)dataset->n_channels * sizeof(double);
	made.stored = malloc(n_bytes);
	made.mixed = malloc(n_bytes);
	made.sums = malloc(2 * n_bytes);
	enum alm_status status =
		made.stored && made.mixed && made.sums ? ALM_OK : alm_fail_memory(err, n_bytes);
	if (status == ALM_OK)
		status = alm_scratch_new(&made.scratch, err);
	if (status == ALM_OK)
		status = check_policy(dataset, policy, err);
	if (status == ALM_OK)
		status = alm_dataset_writer_open(db, dataset, words, &made.writer, err);
	if (status == ALM_OK)
		*upsert = made;
	else
		alm_upsert_close(&made);
	return status;
}

void alm_upsert_close(struct alm_upsert *upsert)
{
	alm_dataset_writer_close(upsert->writer);
	alm_names_release(&upsert->names);
	alm_scratch_close(upsert->scratch);
	free(upsert->series);
	free(upsert->sums);
	free(upsert->stored);
	free(upsert->mixed);
	*upsert = (struct alm_upsert){0};
}

/* A series seen for the first time: how far the dataset already has it. */
static enum alm_status begin_series(struct alm_upsert *upsert, int number, struct alm_error *err)
{
	if (number == upsert->series_room) {
		int room = upsert->series_room ? 2 * upsert->series_room : 32;
		struct alm_upsert_series *grown = realloc(upsert->series, (size_t)room * sizeof *grown);
		if (!grown)
			return alm_fail_memory(err, (size_t)room * sizeof *grown);
		upsert->series = grown;
		upsert->series_room = room;
	}
	upsert->series[number].newest_ms = INT64_MIN;
	upsert->series[number].run = ALM_NO_RUN;
	return alm_dataset_last_time(upsert->db, upsert->dataset, upsert->names.name[number],
		&upsert->series[number].old_last_ms, err);
}

static bool same_values(const double *a, const double *b, int n)
{
	for (int i = 0; i < n; i++)
		if (a[i] != b[i] && !(isnan(a[i]) && isnan(b[i])))
			return false;
	return true;
}

/* 64 bits that differ when any value does; never 0. Kept in place of the values: they only decide what is counted. */
static uint64_t fingerprint(const double *values, int n)
{
	uint64_t hash = 0;
	for (int i = 0; i < n; i++) {
		uint64_t bits = 1;              /* of every NaN; no double that rows hold has these bits */
		double value = values[i] + 0.0; /* -0 becomes 0, to which it is equal */
		if (!isnan(value))
			memcpy(&bits, &value, sizeof bits);
		hash = (hash ^ bits) * UINT64_C(0xd6e8feb86659fd93);
		hash ^= hash >> 32;
	}
	return hash ? hash : 1;
}

/*
 * A repetition may change a row back to what it was before this ingest, or away from it. `stored` holds what the one before
 * left.
 */
static enum alm_status count_again(
	struct alm_upsert *upsert, int series, int64_t time_ms, const double *values, struct alm_error *err)
{
	if (time_ms > upsert->series[series].old_last_ms)
		return ALM_OK;
	int n = upsert->dataset->n_channels;
	uint64_t stored = fingerprint(upsert->stored, n), now = fingerprint(values, n), was = stored;
	enum alm_status status = alm_touched_was(upsert->scratch, series, time_ms, &was, err);
	if (status != ALM_OK || was == 0 || (stored == was) == (now == was))
		return status;
	upsert->n_unchanged += now == was ? 1 : UINT64_MAX;
	upsert->n_updated += now == was ? UINT64_MAX : 1;
	return stored == was ? alm_touched_note_was(upsert->scratch, series, time_ms, was, err) : ALM_OK;
}

static enum alm_status put(struct alm_upsert *upsert, const struct alm_reading *reading, const double *values,
	struct alm_error *err)
{
	return alm_dataset_put(
		upsert->writer, reading->series, reading->series_length, reading->time_ms, values, err);
}

/* Adds values to the sums and counts of a key; missing ones take no part. */
static void add_to_mean(double *sums, const double *values, int n)
{
	for (int i = 0; i < n; i++) {
		sums[i] += isnan(values[i]) ? 0 : values[i];
		sums[n + i] += !isnan(values[i]);
	}
}

/* The sums of a key begin with the row that is stored. */
static enum alm_status put_mean(
	struct alm_upsert *upsert, int series, const struct alm_reading *reading, struct alm_error *err)
{
	int n = upsert->dataset->n_channels;
	double *sums = upsert->sums;
	size_t n_bytes = 2 * (size_t)n * sizeof *sums;
	struct alm_scratch_key key = {ALM_NOTE_MEAN, series, reading->time_ms};
	bool found;
	enum alm_status status = alm_scratch_get(upsert->scratch, &key, sums, n_bytes, &found, err);
	if (status != ALM_OK)
		return status;
	if (!found) {
		memset(sums, 0, n_bytes);
		add_to_mean(sums, upsert->stored, n);
	}
	add_to_mean(sums, reading->values, n);
	for (int i = 0; i < n; i++)
		upsert->mixed[i] = sums[n + i] > 0 ? sums[i] / sums[n + i] : NAN;
	status = alm_scratch_put(upsert->scratch, &key, sums, n_bytes, err);
	if (status == ALM_OK)
		status = count_again(upsert, series, reading->time_ms, upsert->mixed, err);
	return status == ALM_OK ? put(upsert, reading, upsert->mixed, err) : status;
}

/* A second row of this ingest for a key; `stored` holds what the first left. */
static enum alm_status put_duplicate(
	struct alm_upsert *upsert, int series, const struct alm_reading *reading, struct alm_error *err)
{
	char when[ALM_TIME_TEXT];
	if (upsert->policy == ALM_DUPLICATE_ERROR && reading->series_length == 0)
		return alm_fail(err, ALM_BAD_DATA, "%s is there twice; choose another --on-duplicate",
			alm_time_print(reading->time_ms, when));
	if (upsert->policy == ALM_DUPLICATE_ERROR)
		return alm_fail(err, ALM_BAD_DATA,
			"series '%.*s' has %s twice; choose another --on-duplicate",
			(int)reading->series_length, reading->series, alm_time_print(reading->time_ms, when));
	upsert->n_duplicates++;
	if (upsert->policy == ALM_DUPLICATE_MEAN)
		return put_mean(upsert, series, reading, err);
	if (upsert->policy == ALM_DUPLICATE_FIRST)
		return ALM_OK;
	enum alm_status status = count_again(upsert, series, reading->time_ms, reading->values, err);
	return status == ALM_OK ? put(upsert, reading, reading->values, err) : status;
}

/* Looks a key up that the dataset may have. *again: this ingest had it; else the ingest has it from now on. */
static enum alm_status find_row(struct alm_upsert *upsert, int number, const struct alm_reading *reading,
	bool *found, bool *again, struct alm_error *err)
{
	struct alm_upsert_series *series = &upsert->series[number];
	struct alm_scratch *scratch = upsert->scratch;
	int64_t time_ms = reading->time_ms;
	bool in_order = time_ms > series->newest_ms, passed = false;
	*again = false;
	enum alm_status status = alm_dataset_get(upsert->writer, reading->series, reading->series_length,
		&(struct alm_dataset_place){time_ms, in_order ? series->newest_ms : time_ms - 1},
		upsert->stored, found, &passed, err);
	if (status != ALM_OK)
		return status;
	if (in_order)
		return alm_touched_go_on(scratch, number, &series->run, time_ms, passed, err);
	if (time_ms > series->old_last_ms) {
		*again = *found;
		return ALM_OK;
	}
	status = alm_touched_has(scratch, number, &series->run, time_ms, again, err);
	if (status == ALM_OK && !*again)
		status = alm_touched_add(scratch, number, time_ms, err);
	*again = *again && *found;
	return status;
}

/* A row whose key may be in the table already. */
static enum alm_status put_known(
	struct alm_upsert *upsert, int number, const struct alm_reading *reading, struct alm_error *err)
{
	bool found, again, old = reading->time_ms <= upsert->series[number].old_last_ms;
	int n = upsert->dataset->n_channels;
	/* The writer refuses milliseconds in a dataset of seconds; a look-up would find the second before. */
	if (upsert->dataset->unit == ALM_UNIT_S && reading->time_ms % 1000 != 0)
		return put(upsert, reading, reading->values, err);
	enum alm_status status = find_row(upsert, number, reading, &found, &again, err);
	if (status != ALM_OK)
		return status;
	if (again)
		return put_duplicate(upsert, number, reading, err);
	if (found && same_values(upsert->stored, reading->values, n)) {
		upsert->n_unchanged++;
		return ALM_OK;
	}
	if (old)
		status = alm_touched_note_was(upsert->scratch, number, reading->time_ms,
			found ? fingerprint(upsert->stored, n) : 0, err);
	if (status != ALM_OK)
		return status;
	upsert->n_updated += found;
	upsert->n_inserted += !found;
	return put(upsert, reading, reading->values, err);
}

/* The number of a series, which begins if it is new. */
static enum alm_status find_series(
	struct alm_upsert *upsert, const char *series, size_t length, int *number, struct alm_error *err)
{
	bool added;
	enum alm_status status = alm_names_number(&upsert->names, series, length, number, &added, err);
	return status == ALM_OK && added ? begin_series(upsert, *number, err) : status;
}

enum alm_status alm_upsert_last(
	struct alm_upsert *upsert, const char *series, size_t length, int64_t *last_ms, struct alm_error *err)
{
	int number;
	enum alm_status status = find_series(upsert, series, length, &number, err);
	if (status == ALM_OK)
		*last_ms = upsert->series[number].old_last_ms;
	return status;
}

enum alm_status alm_upsert_put(struct alm_upsert *upsert, struct alm_reading *reading, struct alm_error *err)
{
	int number;
	enum alm_status status = find_series(upsert, reading->series, reading->series_length, &number, err);
	if (status != ALM_OK)
		return status;
	struct alm_upsert_series *series = &upsert->series[number];
	if (upsert->local)
		reading->time_ms = alm_local_instant(upsert->local, reading->given_ms, series->newest_ms);
	if (reading->time_ms <= series->newest_ms || reading->time_ms <= series->old_last_ms)
		status = put_known(upsert, number, reading, err);
	else
		status = alm_dataset_append(
			upsert->writer, upsert->names.name[number], reading->time_ms, reading->values, err);
	if (status != ALM_OK)
		return status;
	if (reading->time_ms > series->newest_ms) {
		upsert->n_inserted += reading->time_ms > series->old_last_ms;
		series->newest_ms = reading->time_ms;
	}
	return ALM_OK;
}

enum alm_status alm_upsert_finish(struct alm_upsert *upsert, struct alm_error *err)
{
	return alm_dataset_flush(upsert->writer, err);
}
