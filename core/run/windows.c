#include "run/windows.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "prepare/prepare.h"
#include "time/timestamp.h"

/* What is looked at: a model's dataset and spec, or a dataset with a spec of defaults. */
static enum alm_status find_subject(const struct alm_windows_request *request, struct alm_db *db,
	struct alm_dataset *dataset, struct alm_spec *spec, struct alm_error *err)
{
	struct alm_model model = {0};
	struct alm_error no_model;
	enum alm_status status = alm_model_find(db, request->model, &model, &no_model);
	if (status == ALM_NO_INPUT) {
		status = alm_dataset_find(db, request->model, dataset, err);
		if (status == ALM_NO_INPUT)
			return alm_fail(err, ALM_NO_INPUT,
				"there is neither a model nor a dataset '%s' in '%s'", request->model,
				alm_db_path(db));
	} else if (status == ALM_OK) {
		status = alm_dataset_find(db, model.dataset, dataset, err);
	} else if (err) {
		*err = no_model;
	}
	if (status == ALM_OK)
		status = alm_prepare_settings(&model.spec, request->settings, spec, err);
	alm_model_release(&model);
	return status;
}

static bool is_holiday(const struct alm_prepared *data, const struct alm_frame *frame, size_t row)
{
	const struct alm_panel *panel = &data->panel;
	const float *end = frame->values + (row + 1) * (size_t)panel->n_channels;
	for (int i = 1; i <= data->n_joined; i++)
		if (end[-i] != 0)
			return true;
	return false;
}

/* The runs of rows from the first input to the last target that are holidays. */
static enum alm_status list_holidays(const struct alm_prepared *data, const struct alm_frame *frame,
	size_t first, size_t last, char **out, struct alm_error *err)
{
	size_t n_bytes = 0;
	FILE *text = data->n_joined > 0 ? open_memstream(out, &n_bytes) : NULL;
	if (!text)
		return data->n_joined > 0 ? alm_fail_memory(err, 1) : ALM_OK;
	int n = 0;
	for (size_t row = first, end; row <= last; row = end + 1) {
		char from[ALM_TIME_TEXT], to[ALM_TIME_TEXT];
		end = row;
		if (!is_holiday(data, frame, row))
			continue;
		while (end < last && is_holiday(data, frame, end + 1))
			end++;
		fprintf(text, "%s%s to %s", n++ ? ", " : "",
			alm_time_print(alm_frame_time(&data->panel, frame, (int64_t)row), from),
			alm_time_print(alm_frame_time(&data->panel, frame, (int64_t)end), to));
	}
	return fclose(text) == 0 ? ALM_OK : alm_fail_memory(err, n_bytes);
}

static enum alm_status explain(const struct alm_prepared *data, const char *part,
	const struct alm_windows *windows, size_t index, struct alm_window_explained *out,
	struct alm_error *err)
{
	struct alm_window window = alm_windows_get(windows, index);
	const struct alm_panel *panel = &data->panel;
	const struct alm_frame *frame = &panel->frames[window.frame];
	const struct alm_window_spec *spec = &windows->spec;
	*out = (struct alm_window_explained){.index = (int64_t)index,
		.first_input_ms =
			alm_frame_time(panel, frame, (int64_t)alm_window_input_row(spec, window.now, 0)),
		.last_input_ms = alm_frame_time(panel, frame, (int64_t)window.now),
		.first_target_ms =
			alm_frame_time(panel, frame, (int64_t)alm_window_target_row(spec, window.now, 0)),
		.last_target_ms = alm_frame_time(
			panel, frame, (int64_t)alm_window_target_row(spec, window.now, spec->horizon - 1))};
	snprintf(out->part, sizeof out->part, "%s", part);
	out->series = strdup(frame->series);
	if (!out->series)
		return alm_fail_memory(err, strlen(frame->series) + 1);
	enum alm_status status = list_holidays(data, frame, alm_window_input_row(spec, window.now, 0),
		alm_window_target_row(spec, window.now, spec->horizon - 1), &out->holidays, err);
	if (status != ALM_OK)
		free(out->series);
	return status;
}

/* n windows spread evenly over a part, its first and last among them. */
static enum alm_status explain_part(const struct alm_prepared *data, const char *part,
	const struct alm_windows *windows, int n, struct alm_windows_report *report, struct alm_error *err)
{
	size_t count = (size_t)n < windows->n ? (size_t)n : windows->n;
	enum alm_status status = ALM_OK;
	for (size_t i = 0; i < count && status == ALM_OK; i++) {
		size_t index = count > 1 ? i * (windows->n - 1) / (count - 1) : windows->n - 1;
		status = explain(data, part, windows, index, &report->explained[report->n_explained], err);
		report->n_explained += status == ALM_OK;
	}
	return status;
}

static enum alm_status make_report(
	const struct alm_prepared *data, int n, struct alm_windows_report *report, struct alm_error *err)
{
	*report = (struct alm_windows_report){.spec = data->plan.window,
		.span = alm_window_span(&data->plan.window),
		.n_train = (int64_t)data->train.n,
		.n_valid = (int64_t)data->valid.n,
		.n_test = (int64_t)data->test.n,
		.valid_from_ms = data->split.valid.from_ms,
		.test_from_ms = data->split.test.from_ms,
		.first_ms = data->first_ms,
		.last_ms = data->last_ms,
		.n_series = data->n_series,
		.n_frames = data->panel.n_frames,
		.n_gaps = (int64_t)data->panel.n_gaps,
		.n_missing = (int64_t)data->panel.n_missing};
	alm_freq_print(&data->plan.freq, report->freq);
	report->explained = calloc(3 * (size_t)n + 1, sizeof *report->explained);
	if (!report->explained)
		return alm_fail_memory(err, 3 * (size_t)n * sizeof *report->explained);
	enum alm_status status = explain_part(data, "train", &data->train, n, report, err);
	if (status == ALM_OK)
		status = explain_part(data, "valid", &data->valid, n, report, err);
	if (status == ALM_OK)
		status = explain_part(data, "test", &data->test, n, report, err);
	return status;
}

enum alm_status alm_run_windows(const struct alm_context *context, const struct alm_windows_request *request,
	struct alm_windows_report *out, struct alm_error *err)
{
	struct alm_db *db = NULL;
	struct alm_dataset dataset = {0};
	struct alm_prepared data = {0};
	struct alm_spec spec;
	struct alm_windows_report report = {0};
	if (request->explain < 0 || request->explain > 1000000)
		return alm_fail(err, ALM_USAGE, "--explain: expected 0..1000000, found %d", request->explain);
	enum alm_status status = alm_db_enter(context, ALM_DB_READ, &db, err);
	if (status == ALM_OK)
		status = find_subject(request, db, &dataset, &spec, err);
	if (status == ALM_OK)
		status = alm_prepare(context, db, &dataset, &spec, &alm_history_whole, NULL, &data, err);
	if (status == ALM_OK)
		status = make_report(&data, request->explain, &report, err);
	if (status == ALM_OK)
		*out = report;
	else
		alm_windows_report_release(&report);
	alm_prepared_release(&data);
	alm_dataset_release(&dataset);
	alm_db_close(db);
	return status;
}

void alm_windows_report_release(struct alm_windows_report *report)
{
	for (int i = 0; i < report->n_explained; i++) {
		free(report->explained[i].series);
		free(report->explained[i].holidays);
	}
	free(report->explained);
	*report = (struct alm_windows_report){0};
}
