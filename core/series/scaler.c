#include "series/scaler.h"
#include <float.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* What has been seen of one channel. */
struct seen {
	size_t n;
	double sum, squares, least, most;
};

static void release_series(char **series, int n)
{
	for (int i = 0; series && i < n; i++)
		free(series[i]);
	free(series);
}

static char **copy_series(const char *const *series, int n)
{
	char **made = calloc((size_t)n + 1, sizeof *made);
	for (int i = 0; made && i < n; i++) {
		made[i] = strdup(series[i]);
		if (!made[i]) {
			release_series(made, n);
			return NULL;
		}
	}
	return made;
}

enum alm_status alm_scaler_init(struct alm_scaler *scaler, int n_channels, const char *const *series,
	int n_series, struct alm_error *err)
{
	size_t n = (size_t)n_channels * ((size_t)n_series + 1), n_bytes = n * sizeof(float);
	struct alm_scaler made = {.n_channels = n_channels,
		.n_series = n_series,
		.series = copy_series(series, n_series),
		.center = calloc(1, n_bytes),
		.scale = malloc(n_bytes),
		.inverse = malloc(n_bytes)};
	if (!made.center || !made.scale || !made.inverse || !made.series) {
		alm_scaler_release(&made);
		return alm_fail_memory(err, n_bytes);
	}
	for (size_t i = 0; i < n; i++)
		made.scale[i] = made.inverse[i] = 1;
	*scaler = made;
	return ALM_OK;
}

void alm_scaler_release(struct alm_scaler *scaler)
{
	release_series(scaler->series, scaler->n_series);
	free(scaler->center);
	free(scaler->scale);
	free(scaler->inverse);
	*scaler = (struct alm_scaler){0};
}

void alm_scaler_set_inverse(struct alm_scaler *scaler)
{
	size_t n = (size_t)scaler->n_channels * ((size_t)scaler->n_series + 1);
	for (size_t i = 0; i < n; i++)
		scaler->inverse[i] = 1 / scaler->scale[i];
}

/* Observed values of a channel within a part, in the frames from first to end - 1. */
struct sight {
	const struct alm_panel *panel;
	const struct alm_part *part;
	int first, end;
	int channel;
};

/* Every value in sight; `center` is subtracted before squaring. */
static struct seen look_at(const struct sight *sight, double center)
{
	const struct alm_panel *panel = sight->panel;
	struct seen seen = {.least = INFINITY, .most = -INFINITY};
	for (int i = sight->first; i < sight->end; i++) {
		const struct alm_frame *frame = &panel->frames[i];
		size_t end = alm_frame_row_at(panel, frame, sight->part->to_ms);
		for (size_t row = alm_frame_row_at(panel, frame, sight->part->from_ms); row < end; row++) {
			size_t at = row * (size_t)panel->n_channels + (size_t)sight->channel;
			if (!frame->observed[at])
				continue;
			double value = (double)frame->values[at];
			seen.n++;
			seen.sum += value;
			seen.squares += (value - center) * (value - center);
			seen.least = fmin(seen.least, value);
			seen.most = fmax(seen.most, value);
		}
	}
	return seen;
}

/*
 * Center and scale of what is in sight; two passes, so that a large mean does not eat a small deviation. A constant has
 * scale 1.
 */
static void fit_channel(const struct sight *sight, const struct seen *seen, enum alm_scaling scaling,
	float *center, float *scale)
{
	double middle = 0, width = 1;
	switch (scaling) {
	case ALM_SCALE_ZSCORE:
		middle = seen->sum / (double)seen->n;
		width = sqrt(look_at(sight, middle).squares / (double)seen->n);
		break;
	case ALM_SCALE_MINMAX:
		middle = seen->least;
		width = seen->most - seen->least;
		break;
	case ALM_SCALE_NONE:
		break;
	}
	if (seen->least == seen->most && scaling != ALM_SCALE_NONE) {
		middle = seen->least;
		width = 1;
	}
	*center = (float)middle;
	*scale = (float)width >= FLT_MIN ? (float)width : 1; /* of less there is no inverse */
}

static enum alm_status fit(struct alm_scaler *scaler, const struct alm_panel *panel,
	const struct alm_part *part, enum alm_scaling scaling, struct alm_reporter *reporter,
	struct alm_error *err)
{
	for (int channel = 0; channel < panel->n_channels - panel->n_calendar; channel++) {
		struct sight sight = {
			.panel = panel, .part = part, .end = panel->n_frames, .channel = channel};
		struct seen seen = look_at(&sight, 0);
		if (seen.n == 0)
			return alm_fail(err, ALM_BAD_DATA,
				"channel '%s' has no observed value in the training part; leave it out with "
				"--past or move --valid-from",
				panel->channels[channel]);
		if (alm_panel_is_category(panel, channel))
			continue;
		if (seen.least == seen.most && scaling != ALM_SCALE_NONE)
			alm_note(reporter,
				"channel '%s' is constant (%g) in the training part; it is only centred",
				panel->channels[channel], seen.least);
		fit_channel(&sight, &seen, scaling, &scaler->center[channel], &scaler->scale[channel]);
	}
	return ALM_OK;
}

enum alm_status alm_scaler_fit(struct alm_scaler *scaler, const struct alm_panel *panel,
	const struct alm_part *part, enum alm_scaling scaling, struct alm_reporter *reporter,
	struct alm_error *err)
{
	struct alm_scaler made;
	enum alm_status status = alm_scaler_init(&made, panel->n_channels, NULL, 0, err);
	if (status != ALM_OK)
		return status;
	status = fit(&made, panel, part, scaling, reporter, err);
	if (status != ALM_OK) {
		alm_scaler_release(&made);
		return status;
	}
	alm_scaler_set_inverse(&made);
	*scaler = made;
	return ALM_OK;
}

/* What does not change in a series says something only beside other series: its scale is that of all. */
static bool is_static(const struct alm_panel *panel, int channel)
{
	int first_known = panel->n_channels - panel->n_known;
	return channel < first_known && channel >= first_known - panel->n_static;
}

/* One series' row, row 0's values where it has none; whether that happened. */
static bool fit_one(struct alm_scaler *scaler, int row, const struct sight *of, enum alm_scaling scaling)
{
	size_t n = (size_t)scaler->n_channels;
	float *center = scaler->center + (size_t)row * n, *scale = scaler->scale + (size_t)row * n;
	bool lacks = false;
	memcpy(center, scaler->center, n * sizeof(float));
	memcpy(scale, scaler->scale, n * sizeof(float));
	for (int channel = 0; channel < of->panel->n_channels - of->panel->n_calendar; channel++) {
		struct sight sight = *of;
		if (is_static(of->panel, channel) || alm_panel_is_category(of->panel, channel))
			continue;
		sight.channel = channel;
		struct seen seen = look_at(&sight, 0);
		if (seen.n > 0)
			fit_channel(&sight, &seen, scaling, &center[channel], &scale[channel]);
		lacks |= seen.n == 0;
	}
	return lacks;
}

enum alm_status alm_scaler_fit_series(struct alm_scaler *scaler, const struct alm_panel *panel,
	const struct alm_part *part, enum alm_scaling scaling, struct alm_reporter *reporter,
	struct alm_error *err)
{
	struct alm_scaler made;
	size_t n_bytes = (size_t)panel->n_channels * sizeof(float);
	int n_lacking = 0;
	enum alm_status status = alm_scaler_init(
		&made, panel->n_channels, (const char *const *)panel->series, panel->n_series, err);
	if (status != ALM_OK)
		return status;
	memcpy(made.center, scaler->center, n_bytes);
	memcpy(made.scale, scaler->scale, n_bytes);
	struct sight sight = {.panel = panel, .part = part};
	for (int i = 0; i < panel->n_series; i++, sight.first = sight.end) {
		while (sight.end < panel->n_frames && panel->frames[sight.end].series == panel->series[i])
			sight.end++;
		n_lacking += fit_one(&made, 1 + i, &sight, scaling);
	}
	if (n_lacking > 0)
		alm_note(reporter,
			"%d of %d series lack a channel in the training part: there the scale of all series "
			"is "
			"theirs",
			n_lacking, panel->n_series);
	alm_scaler_set_inverse(&made);
	alm_scaler_release(scaler);
	*scaler = made;
	return ALM_OK;
}

/* The place of a name among n texts in pointers, and which one it is. */
struct named {
	const char *name;
	int row;
};

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct named *)a)->name, ((const struct named *)b)->name);
}

/* The rows of series in the order of their names; the caller frees. */
static enum alm_status sort_rows(const struct alm_scaler *scaler, struct named **out, struct alm_error *err)
{
	size_t n = (size_t)scaler->n_series, n_bytes = (n + 1) * sizeof(struct named);
	struct named *rows = malloc(n_bytes);
	if (!rows)
		return alm_fail_memory(err, n_bytes);
	for (size_t i = 0; i < n; i++)
		rows[i] = (struct named){scaler->series[i], 1 + (int)i};
	qsort(rows, n, sizeof *rows, by_name);
	*out = rows;
	return ALM_OK;
}

/* The row of a series, 0 when it has none of its own. */
static int find_row(const struct alm_scaler *scaler, const struct named *rows, const char *series)
{
	const struct named wanted = {series, 0};
	const struct named *found = bsearch(&wanted, rows, (size_t)scaler->n_series, sizeof *rows, by_name);
	return found ? found->row : 0;
}

enum alm_status alm_scaler_attach(
	const struct alm_scaler *scaler, struct alm_panel *panel, struct alm_error *err)
{
	struct named *rows = NULL;
	enum alm_status status = sort_rows(scaler, &rows, err);
	for (int i = 0; i < panel->n_frames && status == ALM_OK; i++)
		panel->frames[i].scale_row = find_row(scaler, rows, panel->frames[i].series);
	free(rows);
	return status;
}

enum alm_status alm_scaler_leave_out(
	const struct alm_scaler *scaler, struct alm_panel *panel, struct alm_error *err)
{
	struct named *rows = NULL;
	enum alm_status status = sort_rows(scaler, &rows, err);
	for (int i = 0; i < panel->n_frames && status == ALM_OK; i++)
		panel->frames[i].left_out |= find_row(scaler, rows, panel->frames[i].series) == 0;
	free(rows);
	return status;
}
