#include "prepare/holidays.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/dataset_zone.h"
#include "time/calendar.h"
#include "time/timestamp.h"

#define DAY_MS INT64_C(86400000)

/* Countries that an error lists. */
#define LISTED 20

static int64_t day_of(int64_t time_ms)
{
	return time_ms / DAY_MS - (time_ms % DAY_MS < 0);
}

static int64_t year_of(int64_t day)
{
	struct alm_civil civil;
	alm_civil_of(day * DAY_MS, &civil);
	return civil.year;
}

/* ---- the dataset of dates */

/* Its channels of numbers, and their names here. */
static enum alm_status take_channels(
	struct alm_holidays *holidays, const struct alm_dataset *dates, int *column, struct alm_error *err)
{
	for (int i = 0; i < dates->n_channels; i++)
		if (!alm_dataset_is_category(dates, i))
			column[holidays->n++] = i;
	holidays->listed = holidays->n == 0;
	if (holidays->listed)
		column[holidays->n++] = 0; /* read, but not looked at */
	holidays->names = calloc((size_t)holidays->n, sizeof *holidays->names);
	if (!holidays->names)
		return alm_fail_memory(err, (size_t)holidays->n * sizeof *holidays->names);
	for (int i = 0; i < holidays->n; i++)
		if (asprintf(&holidays->names[i], "%s%s%s", dates->name, holidays->listed ? "" : ".",
			    holidays->listed ? "" : dates->channels[column[i]]) < 0) {
			holidays->names[i] = NULL;
			return alm_fail_memory(err, ALM_NAME_MAX);
		}
	return ALM_OK;
}

static enum alm_status read_dates(
	struct alm_holidays *holidays, struct alm_db *db, const char *name, struct alm_error *err)
{
	struct alm_dataset dates = {0};
	int *column = NULL;
	enum alm_status status = alm_dataset_find(db, name, &dates, err);
	if (status != ALM_OK)
		return status == ALM_NO_INPUT ? alm_fail_in(err, "--holidays") : status;
	column = malloc(((size_t)dates.n_channels + 1) * sizeof *column);
	status = column ? take_channels(holidays, &dates, column, err) : alm_fail_memory(err, 1);
	if (status == ALM_OK)
		status = alm_dataset_read(db, &dates, column, holidays->n, INT64_MAX, &holidays->rows, err);
	if (status == ALM_OK && holidays->rows.n_rows == 0)
		status = alm_fail(err, ALM_NO_INPUT, "--holidays: dataset '%s' has no rows", name);
	snprintf(holidays->dataset, sizeof holidays->dataset, "%s", dates.name);
	free(column);
	alm_dataset_release(&dates);
	return status;
}

enum alm_status alm_holidays_open(struct alm_holidays *holidays, struct alm_db *db,
	const struct alm_spec *spec, const struct alm_dataset *dataset, struct alm_error *err)
{
	struct alm_holidays made = {0};
	char zone[ALM_ZONE_NAME] = "";
	if (*spec->holidays == '\0') {
		*holidays = made;
		return ALM_OK;
	}
	enum alm_status status = read_dates(&made, db, spec->holidays, err);
	if (status == ALM_OK)
		status = alm_dataset_zone_get(db, dataset, zone, err);
	if (status == ALM_OK && *zone != '\0')
		status = alm_zone_open("--tz", zone, &made.zone, err);
	if (status == ALM_OK)
		*holidays = made;
	else
		alm_holidays_release(&made);
	return status;
}

void alm_holidays_release(struct alm_holidays *holidays)
{
	for (int i = 0; holidays->names && i < holidays->n; i++)
		free(holidays->names[i]);
	free(holidays->names);
	alm_dataset_rows_release(&holidays->rows);
	alm_zone_close(holidays->zone);
	*holidays = (struct alm_holidays){0};
}

/* ---- which country a series has */

/* The place of a country among those listed, or -1. */
static int find_country(const struct alm_holidays *holidays, const char *name)
{
	for (int i = 0; i < holidays->rows.n_series; i++)
		if (strcmp(holidays->rows.names[i], name) == 0)
			return i;
	return -1;
}

/* The static category of that name, or -1. */
static int find_channel(const struct alm_panel *panel, const char *name)
{
	int end = panel->n_channels - panel->n_known;
	for (int i = end - panel->n_static; i < end; i++)
		if (alm_panel_is_category(panel, i) && strcmp(panel->channels[i], name) == 0)
			return i;
	return -1;
}

static enum alm_status no_country(
	const struct alm_holidays *holidays, const char *name, struct alm_error *err)
{
	char list[400] = "";
	size_t used = 0;
	int n = holidays->rows.n_series;
	for (int i = 0; i < n && i < LISTED && used < sizeof list - 1; i++)
		used += (size_t)snprintf(list + used, sizeof list - used, "%s%s", i ? ", " : "",
			*holidays->rows.names[i] ? holidays->rows.names[i] : "''");
	if (*name == '\0')
		return alm_fail(err, ALM_USAGE,
			"--country: dataset '%s' has holidays of %d countries (%s); name one, or a static "
			"category that says which each series has",
			holidays->dataset, n, list);
	return alm_fail(err, ALM_USAGE,
		"--country: '%s' is neither a country of dataset '%s' (%s) nor a static category of the "
		"model",
		name, holidays->dataset, list);
}

/* What a frame is filled with. */
struct filling {
	const struct alm_holidays *holidays;
	struct alm_panel *panel;
	bool ends;    /* rows bear the time of their end */
	int country;  /* of every series; -1 = */
	int channel;  /* the static category that says it */
	size_t n_out; /* rows of years that are not listed; of the first of them: */
	int out_country;
	int64_t out_ms;
};

static enum alm_status choose_country(struct filling *filling, const char *name, struct alm_error *err)
{
	const struct alm_holidays *holidays = filling->holidays;
	filling->channel = *name == '\0' ? -1 : find_channel(filling->panel, name);
	filling->country = -1;
	if (filling->channel >= 0)
		return ALM_OK;
	if (*name == '\0' && holidays->rows.n_series == 1)
		filling->country = 0;
	else if (*name != '\0')
		filling->country = find_country(holidays, name);
	return filling->country >= 0 ? ALM_OK : no_country(holidays, name, err);
}

static enum alm_status country_of(const struct filling *filling, const struct alm_frame *frame,
	char *const *words, int *country, struct alm_error *err)
{
	*country = filling->country;
	if (*country >= 0)
		return ALM_OK;
	const char *word = words[(int)frame->values[filling->channel]];
	*country = find_country(filling->holidays, word);
	return *country >= 0 ? ALM_OK : alm_frame_blame(frame, no_country(filling->holidays, word, err), err);
}

/* ---- the days of a row */

struct days {
	int64_t first, last;
};

/* The day of an instant: local, but for midnights of UTC on a grid of days, which were given as dates. */
static int64_t local_day(const struct filling *filling, bool on_days, int64_t time_ms)
{
	const struct alm_zone *zone = filling->holidays->zone;
	if (zone && !(on_days && day_of(time_ms) * DAY_MS == time_ms))
		time_ms += alm_zone_offset(zone, time_ms) * INT64_C(1000);
	return day_of(time_ms);
}

static struct days days_of(const struct filling *filling, const struct alm_frame *frame, int64_t row)
{
	const struct alm_panel *panel = filling->panel;
	const struct alm_freq *freq = &panel->freq;
	int64_t time_ms = alm_frame_time(panel, frame, row);
	bool on_days = freq->months > 0 || freq->business_days || freq->step_ms >= DAY_MS;
	struct days days;
	if (filling->ends) {
		days.last = local_day(filling, false, time_ms - 1);
		days.first =
			on_days ? local_day(filling, true, alm_frame_time(panel, frame, row - 1)) : days.last;
		return days;
	}
	days.first = days.last = local_day(filling, on_days, time_ms);
	if (on_days && !freq->business_days)
		days.last = local_day(filling, on_days, alm_frame_time(panel, frame, row + 1)) - 1;
	return days;
}

/* The first row of a country that is not before a day. */
static size_t row_from(const struct alm_dataset_rows *rows, int country, int64_t day)
{
	size_t low = rows->first[country], high = rows->first[country + 1];
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (day_of(rows->times_ms[middle]) < day)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

static bool is_covered(const struct alm_dataset_rows *rows, int country, const struct days *days)
{
	int64_t first = day_of(rows->times_ms[rows->first[country]]),
		last = day_of(rows->times_ms[rows->first[country + 1] - 1]);
	return year_of(days->first) >= year_of(first) && year_of(days->last) <= year_of(last);
}

/* The values of a row: the largest of its days that are listed. */
static void fill_row(const struct alm_holidays *holidays, int country, const struct days *days, float *to)
{
	const struct alm_dataset_rows *rows = &holidays->rows;
	size_t n = (size_t)holidays->n, end = rows->first[country + 1];
	for (size_t i = 0; i < n; i++)
		to[i] = 0;
	for (size_t row = row_from(rows, country, days->first);
		row < end && day_of(rows->times_ms[row]) <= days->last; row++)
		for (size_t i = 0; i < n; i++) {
			float value = holidays->listed ? 1 : rows->values[row * n + i];
			if (!isnan(value) && value > to[i])
				to[i] = value;
		}
}

static void print_years(const struct alm_dataset_rows *rows, int country, char *out, size_t n_bytes)
{
	int64_t first = year_of(day_of(rows->times_ms[rows->first[country]])),
		last = year_of(day_of(rows->times_ms[rows->first[country + 1] - 1]));
	if (first == last)
		snprintf(out, n_bytes, "%lld", (long long)first);
	else
		snprintf(out, n_bytes, "%lld to %lld", (long long)first, (long long)last);
}

static enum alm_status not_listed(
	const struct alm_holidays *holidays, int country, int64_t time_ms, struct alm_error *err)
{
	char years[64], when[ALM_TIME_TEXT];
	const char *name = holidays->rows.names[country];
	print_years(&holidays->rows, country, years, sizeof years);
	return alm_fail(err, ALM_NO_INPUT,
		"--holidays: dataset '%s' lists holidays%s%s for %s and not for %s, which is to be forecast; "
		"ingest those of that year",
		holidays->dataset, *name ? " of " : "", name, years, alm_time_print(time_ms, when));
}

static enum alm_status fill_frame(
	struct filling *filling, struct alm_frame *frame, int country, struct alm_error *err)
{
	const struct alm_holidays *holidays = filling->holidays;
	const struct alm_panel *panel = filling->panel;
	size_t n_channels = (size_t)panel->n_channels, first = n_channels - (size_t)holidays->n;
	for (size_t row = 0; row < frame->n_rows + frame->n_ahead; row++) {
		struct days days = days_of(filling, frame, (int64_t)row);
		int64_t time_ms = alm_frame_time(panel, frame, (int64_t)row);
		bool covered = is_covered(&holidays->rows, country, &days);
		if (!covered && row >= frame->n_rows)
			return alm_frame_blame(frame, not_listed(holidays, country, time_ms, err), err);
		if (!covered && filling->n_out++ == 0) {
			filling->out_country = country;
			filling->out_ms = time_ms;
		}
		fill_row(holidays, country, &days, frame->values + row * n_channels + first);
		memset(frame->observed + row * n_channels + first, 1, (size_t)holidays->n);
	}
	return ALM_OK;
}

enum alm_status alm_holidays_fill(const struct alm_holidays *holidays, const struct alm_spec *spec,
	struct alm_panel *panel, char *const *words, struct alm_reporter *reporter, struct alm_error *err)
{
	struct filling filling = {.holidays = holidays, .panel = panel, .ends = *spec->resample != '\0'};
	char years[64], when[ALM_TIME_TEXT];
	if (holidays->n == 0)
		return ALM_OK;
	enum alm_status status = choose_country(&filling, spec->country, err);
	for (int i = 0; i < panel->n_frames && status == ALM_OK; i++) {
		int country;
		status = country_of(&filling, &panel->frames[i], words, &country, err);
		if (status == ALM_OK)
			status = fill_frame(&filling, &panel->frames[i], country, err);
	}
	if (status != ALM_OK || filling.n_out == 0)
		return status;
	print_years(&holidays->rows, filling.out_country, years, sizeof years);
	alm_note(reporter,
		"dataset '%s' lists holidays for %s: %zu row%s of other years, the first %s, ha%s none",
		holidays->dataset, years, filling.n_out, filling.n_out == 1 ? "" : "s",
		alm_time_print(filling.out_ms, when), filling.n_out == 1 ? "s" : "ve");
	return ALM_OK;
}
