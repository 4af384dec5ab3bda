#include "cron.h"
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static const struct field {
	const char *name;
	int least, most;
	const char *words; /* three letters each, from `least` on; NULL = none */
} fields[] = {
	{"minute", 0, 59, NULL},
	{"hour", 0, 23, NULL},
	{"day of the month", 1, 31, NULL},
	{"month", 1, 12, "janfebmaraprmayjunjulaugsepoctnovdec"},
	{"day of the week", 0, 7, "sunmontuewedthufrisat"},
};

#define N_FIELDS (sizeof fields / sizeof *fields)

/* A number or a word at *at, which is moved behind it; -1 when there is none that is allowed. */
static int read_value(const struct field *field, const char **at)
{
	char *end;
	if (field->words && isalpha((unsigned char)**at)) {
		for (int i = 0; field->words[3 * i] != '\0'; i++)
			if (strncasecmp(*at, field->words + 3 * i, 3) == 0) {
				*at += 3;
				return field->least + i;
			}
		return -1;
	}
	if (!isdigit((unsigned char)**at))
		return -1;
	long value = strtol(*at, &end, 10);
	*at = end;
	return value >= field->least && value <= field->most ? (int)value : -1;
}

/* "*", "3", "1-5", each with "/step" but a single number. */
static bool skip_range(const struct field *field, const char **at)
{
	bool single = false;
	if (**at == '*') {
		++*at;
	} else {
		int first = read_value(field, at), last = first;
		single = **at != '-';
		if (!single) {
			++*at;
			last = read_value(field, at);
		}
		if (first < 0 || last < first)
			return false;
	}
	if (**at != '/')
		return true;
	++*at;
	if (single || !isdigit((unsigned char)**at))
		return false;
	char *end;
	long step = strtol(*at, &end, 10);
	*at = end;
	return step >= 1 && step <= field->most;
}

static bool skip_field(const struct field *field, const char **at)
{
	while (skip_range(field, at)) {
		if (**at != ',')
			return **at == '\0' || **at == ' ' || **at == '\t';
		++*at;
	}
	return false;
}

enum alm_status cron_check(const char *text, struct alm_error *err)
{
	const char *at = text;
	for (size_t i = 0; i < N_FIELDS; i++) {
		at += strspn(at, " \t");
		if (!skip_field(&fields[i], &at))
			return alm_fail(err, ALM_USAGE,
				"--cron: '%s' has no %s of %d..%d; expected minute, hour, day, month and day "
				"of "
				"the week as in crontab(5), such as '0 3 * * *'",
				text, fields[i].name, fields[i].least, fields[i].most);
	}
	if (at[strspn(at, " \t")] != '\0')
		return alm_fail(err, ALM_USAGE, "--cron: '%s' has more than five fields", text);
	return ALM_OK;
}

bool cron_daily(const char *text, int *hour, int *minute)
{
	int end = 0;
	return sscanf(text, "%2d %2d * * * %n", minute, hour, &end) == 2 && end > 0 && text[end] == '\0';
}
