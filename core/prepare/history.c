#include "prepare/history.h"
#include "time/timestamp.h"

const struct alm_history alm_history_whole = {.until_ms = INT64_MAX};

/* Rows of the holdout where nobody gave its length. */
static int64_t usual_rows(const struct alm_plan *plan, int64_t n_rows)
{
	int64_t rows = ALM_HOLDOUT_HORIZONS * plan->window.horizon;
	return rows < n_rows / 5 ? rows : n_rows / 5;
}

static enum alm_status check(
	const struct alm_split *split, const struct alm_frame *first, int64_t last_ms, struct alm_error *err)
{
	char begin[ALM_TIME_TEXT], last[ALM_TIME_TEXT], test[ALM_TIME_TEXT];
	if (split->test.from_ms > last_ms)
		return alm_fail(err, ALM_NO_INPUT,
			"no row is newer than what the champion was fitted to, which is all before %s",
			alm_time_print(split->test.from_ms, test));
	if (split->train.from_ms < split->valid.from_ms)
		return ALM_OK;
	return alm_fail(err, ALM_USAGE,
		"--holdout: twice its length leaves nothing to train on of the data from %s to %s",
		alm_time_print(first->start_ms, begin), alm_time_print(last_ms, last));
}

enum alm_status alm_history_split(const struct alm_history *history, const struct alm_panel *panel,
	const struct alm_plan *plan, struct alm_split *out, struct alm_error *err)
{
	int64_t last_ms;
	bool on_grid;
	const struct alm_frame *first = alm_panel_range(panel, &last_ms);
	int64_t end_ms = alm_freq_add(&panel->freq, last_ms, 1);
	int64_t n_rows =
		alm_freq_between(&panel->freq, first->grid_ms, last_ms, &on_grid) - first->grid_row + 1;
	struct alm_duration holdout = history->holdout;
	if (holdout.count < 0)
		holdout = (struct alm_duration){ALM_DURATION_STEPS, usual_rows(plan, n_rows)};
	int64_t test_ms = alm_duration_before(&holdout, &panel->freq, end_ms);
	int64_t valid_ms = alm_duration_before(&holdout, &panel->freq, test_ms), train_ms = first->start_ms;
	if (history->window.count >= 0)
		train_ms = alm_duration_before(&history->window, &panel->freq, end_ms);
	if (train_ms < first->start_ms)
		train_ms = first->start_ms;
	if (test_ms < history->unseen_ms)
		test_ms = history->unseen_ms;
	struct alm_split split = {
		.train = {train_ms, valid_ms}, .valid = {valid_ms, test_ms}, .test = {test_ms, INT64_MAX}};
	enum alm_status status = check(&split, first, last_ms, err);
	if (status == ALM_OK)
		*out = split;
	return status;
}
