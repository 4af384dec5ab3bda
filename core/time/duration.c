#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "time/freq.h"

#define UNITS "ms, s, min, h, d, w, mo or y"

/* A unit as written: so many milliseconds or months. From small to large. */
static const struct unit {
	const char *name;
	int64_t ms, months;
} units[] = {
	{"ms", 1, 0},
	{"s", 1000, 0},
	{"min", 60000, 0},
	{"h", 3600000, 0},
	{"d", 86400000, 0},
	{"w", 604800000, 0},
	{"mo", 0, 1},
	{"y", 0, 12},
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
		made.kind = unit->months ? ALM_DURATION_MONTHS : ALM_DURATION_MS;
	if (errno != 0 ||
		(unit && __builtin_mul_overflow(count, unit->months ? unit->months : unit->ms, &made.count)))
		return alm_fail(err, ALM_USAGE, "%s: '%s' is too long", option, text);
	*out = made;
	return ALM_OK;
}

/* In the largest unit that divides it. */
static void print_units(int64_t count, bool months, char out[static ALM_FREQ_TEXT])
{
	for (int i = N_UNITS - 1; i >= 0; i--) {
		int64_t size = months ? units[i].months : units[i].ms;
		if (size == 0 || count % size != 0 || (count == 0 && size > 1))
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
		print_units(duration->count, duration->kind == ALM_DURATION_MONTHS, out);
	return out;
}

enum alm_status alm_duration_steps(const char *option, const struct alm_duration *duration,
	const struct alm_freq *freq, int64_t *n_steps, struct alm_error *err)
{
	char given[ALM_FREQ_TEXT], step[ALM_FREQ_TEXT];
	if (duration->kind == ALM_DURATION_STEPS) {
		*n_steps = duration->count;
		return ALM_OK;
	}
	bool months = duration->kind == ALM_DURATION_MONTHS;
	int64_t size = months ? freq->months : freq->step_ms;
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
	if (duration.kind == ALM_DURATION_MONTHS && duration.count > 1200)
		return alm_fail(err, ALM_USAGE, "%s: '%s' is longer than a hundred years", option, text);
	*out = (struct alm_freq){0};
	if (duration.kind == ALM_DURATION_MONTHS)
		out->months = (int32_t)duration.count;
	else
		out->step_ms = duration.count;
	return ALM_OK;
}

const char *alm_freq_print(const struct alm_freq *freq, char out[static ALM_FREQ_TEXT])
{
	print_units(freq->months ? freq->months : freq->step_ms, freq->months > 0, out);
	return out;
}
