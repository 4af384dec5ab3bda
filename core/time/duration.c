#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "time/freq.h"

#define UNITS "ms, s, min, h, d, w, bd, mo or y"

/* A unit as written: so many milliseconds, months or business days. Those of a kind from small to large. */
static const struct unit {
	const char *name;
	enum alm_duration_kind kind;
	int64_t size;
} units[] = {
	{"ms", ALM_DURATION_MS, 1},
	{"s", ALM_DURATION_MS, 1000},
	{"min", ALM_DURATION_MS, 60000},
	{"h", ALM_DURATION_MS, 3600000},
	{"d", ALM_DURATION_MS, 86400000},
	{"w", ALM_DURATION_MS, 604800000},
	{"bd", ALM_DURATION_BUSINESS, 1},
	{"mo", ALM_DURATION_MONTHS, 1},
	{"y", ALM_DURATION_MONTHS, 12},
};

#define N_UNITS (int)(sizeof units / sizeof *units)

static const struct unit *find_unit(const char *name)
{
	for (int i = 0; i < N_UNITS; i++)
		if (strcmp(units[i].name, name) == 0)
			return &units[i];
	return NULL;
}

enum alm_status alm_duration_parse(
	const char *option, const char *text, struct alm_duration *out, struct alm_error *err)
{
	char *end;
	errno = 0;
	int64_t count = strtoll(text, &end, 10);
	const struct unit *unit = find_unit(end);
	if (!isdigit((unsigned char)*text) || (*end != '\0' && !unit))
		return alm_fail(err, ALM_USAGE,
			"%s: expected a number of steps or a number with " UNITS ", found '%s'", option,
			text);
	struct alm_duration made = {.kind = ALM_DURATION_STEPS, .count = count};
	if (unit)
		made.kind = unit->kind;
	if (errno != 0 || (unit && __builtin_mul_overflow(count, unit->size, &made.count)))
		return alm_fail(err, ALM_USAGE, "%s: '%s' is too long", option, text);
	*out = made;
	return ALM_OK;
}

/* In the largest unit that divides it. */
static void print_units(int64_t count, enum alm_duration_kind kind, char out[static ALM_FREQ_TEXT])
{
	for (int i = N_UNITS - 1; i >= 0; i--) {
		int64_t size = units[i].size;
		if (units[i].kind != kind || count % size != 0 || (count == 0 && size > 1))
			continue;
		snprintf(out, ALM_FREQ_TEXT, "%" PRId64 "%s", count / size, units[i].name);
		return;
	}
}

const char *alm_duration_print(const struct alm_duration *duration, char out[static ALM_FREQ_TEXT])
{
	if (duration->kind == ALM_DURATION_STEPS)
		snprintf(out, ALM_FREQ_TEXT, "%" PRId64, duration->count);
	else
		print_units(duration->count, duration->kind, out);
	return out;
}

/* How much of a kind the step is; 0 when it is of another kind. */
static int64_t size_of(const struct alm_freq *freq, enum alm_duration_kind kind)
{
	switch (kind) {
	case ALM_DURATION_STEPS:
		return 1;
	case ALM_DURATION_MS:
		return freq->step_ms;
	case ALM_DURATION_MONTHS:
		return freq->months;
	case ALM_DURATION_BUSINESS:
		return freq->business_days;
	}
	return 0;
}

enum alm_status alm_duration_steps(const char *option, const struct alm_duration *duration,
	const struct alm_freq *freq, int64_t *n_steps, struct alm_error *err)
{
	char given[ALM_FREQ_TEXT], step[ALM_FREQ_TEXT];
	if (duration->kind == ALM_DURATION_STEPS) {
		*n_steps = duration->count;
		return ALM_OK;
	}
	int64_t size = size_of(freq, duration->kind);
	alm_duration_print(duration, given);
	alm_freq_print(freq, step);
	if (size == 0)
		return alm_fail(err, ALM_USAGE,
			"%s: %s is no whole number of steps of %s; give a number of steps", option, given,
			step);
	if (duration->count % size != 0)
		return alm_fail(err, ALM_USAGE,
			"%s: %s is no whole number of steps of %s; the nearest are %" PRId64 " and %" PRId64
			" steps",
			option, given, step, duration->count / size, duration->count / size + 1);
	*n_steps = duration->count / size;
	return ALM_OK;
}

enum alm_status alm_freq_parse(
	const char *option, const char *text, struct alm_freq *out, struct alm_error *err)
{
	struct alm_duration duration;
	enum alm_status status = alm_duration_parse(option, text, &duration, err);
	if (status != ALM_OK)
		return status;
	if (duration.kind == ALM_DURATION_STEPS || duration.count == 0)
		return alm_fail(err, ALM_USAGE,
			"%s: expected a step of time such as 1h, 15min or 1mo, found '%s'", option, text);
	if ((duration.kind == ALM_DURATION_MONTHS && duration.count > 1200) ||
		(duration.kind == ALM_DURATION_BUSINESS && duration.count > 26000))
		return alm_fail(err, ALM_USAGE, "%s: '%s' is longer than a hundred years", option, text);
	*out = (struct alm_freq){0};
	if (duration.kind == ALM_DURATION_MONTHS)
		out->months = (int32_t)duration.count;
	else if (duration.kind == ALM_DURATION_BUSINESS)
		out->business_days = (int32_t)duration.count;
	else
		out->step_ms = duration.count;
	return ALM_OK;
}

const char *alm_freq_print(const struct alm_freq *freq, char out[static ALM_FREQ_TEXT])
{
	enum alm_duration_kind kind = freq->months          ? ALM_DURATION_MONTHS
				      : freq->business_days ? ALM_DURATION_BUSINESS
							    : ALM_DURATION_MS;
	print_units(size_of(freq, kind), kind, out);
	return out;
}

int64_t alm_duration_before(const struct alm_duration *duration, const struct alm_freq *freq, int64_t time_ms)
{
	struct alm_freq unit = {0};
	switch (duration->kind) {
	case ALM_DURATION_STEPS:
		unit = *freq;
		break;
	case ALM_DURATION_MS:
		return time_ms - duration->count;
	case ALM_DURATION_MONTHS:
		unit.months = 1;
		break;
	case ALM_DURATION_BUSINESS:
		unit.business_days = 1;
		break;
	}
	return alm_freq_add(&unit, time_ms, -duration->count);
}
