#include "time/timestamp.h"
#include <stdio.h>
#include <string.h>
#include <time.h>
#include "time/calendar.h"

#define YEAR_MIN 1
#define YEAR_MAX 9999

/* Longest text that goes through strptime, which wants it terminated. */
#define TEXT_MAX 128

/* A text being read: the characters from `at` to `end`. */
struct cursor {
	const char *at, *end;
};

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* A number of least to most digits. */
static bool read_number(struct cursor *cursor, int least, int most, int *value)
{
	int n = 0, sum = 0;
	for (; n < most && cursor->at < cursor->end && is_digit(*cursor->at); n++, cursor->at++)
		sum = sum * 10 + (*cursor->at - '0');
	*value = sum;
	return n >= least;
}

static bool read_char(struct cursor *cursor, char c)
{
	if (cursor->at == cursor->end || *cursor->at != c)
		return false;
	cursor->at++;
	return true;
}

static void skip_blanks(struct cursor *cursor)
{
	while (cursor->at < cursor->end && (*cursor->at == ' ' || *cursor->at == '\t'))
		cursor->at++;
}

/* The instant of a civil time, if there is such a day and time. */
static bool finish(const struct alm_civil *civil, int64_t offset_min, int64_t *time_ms)
{
	if (civil->year < YEAR_MIN || civil->year > YEAR_MAX || civil->month < 1 || civil->month > 12 ||
		civil->day < 1 || civil->day > alm_days_in_month(civil->year, civil->month) ||
		civil->hour > 23 || civil->minute > 59 || civil->second > 59)
		return false;
	*time_ms = alm_time_of_civil(civil) - offset_min * 60000;
	return true;
}

/* ".789123": milliseconds, further digits are dropped. */
static bool read_fraction(struct cursor *cursor, int *ms)
{
	int digits = 0;
	*ms = 0;
	for (; cursor->at < cursor->end && is_digit(*cursor->at); cursor->at++, digits++)
		if (digits < 3)
			*ms = *ms * 10 + (*cursor->at - '0');
	for (int i = digits; i < 3; i++)
		*ms *= 10;
	return digits > 0;
}

/* "Z", "+05:30", "-0800", "+01" or nothing. */
static bool read_offset(struct cursor *cursor, int64_t *minutes)
{
	*minutes = 0;
	if (cursor->at == cursor->end || read_char(cursor, 'Z') || read_char(cursor, 'z'))
		return true;
	int sign = *cursor->at == '-' ? -1 : 1, hours, rest = 0;
	if (!read_char(cursor, '+') && !read_char(cursor, '-'))
		return false;
	if (!read_number(cursor, 2, 2, &hours))
		return false;
	read_char(cursor, ':');
	if (cursor->at < cursor->end && !read_number(cursor, 2, 2, &rest))
		return false;
	*minutes = sign * (hours * 60 + rest);
	return hours < 24 && rest < 60;
}

static bool read_iso(struct cursor *cursor, int64_t *time_ms)
{
	struct alm_civil civil = {.day = 1};
	int year;
	int64_t offset_min = 0;
	if (!read_number(cursor, 4, 4, &year) || !read_char(cursor, '-') ||
		!read_number(cursor, 1, 2, &civil.month))
		return false;
	civil.year = year;
	if (read_char(cursor, '-') && !read_number(cursor, 1, 2, &civil.day))
		return false;
	if (cursor->at < cursor->end) {
		if (!read_char(cursor, 'T') && !read_char(cursor, ' ') && !read_char(cursor, 't'))
			return false;
		if (!read_number(cursor, 1, 2, &civil.hour) || !read_char(cursor, ':') ||
			!read_number(cursor, 2, 2, &civil.minute))
			return false;
		if (read_char(cursor, ':') && !read_number(cursor, 2, 2, &civil.second))
			return false;
		if (read_char(cursor, '.') && !read_fraction(cursor, &civil.ms))
			return false;
		skip_blanks(cursor);
		if (!read_offset(cursor, &offset_min))
			return false;
	}
	return cursor->at == cursor->end && finish(&civil, offset_min, time_ms);
}

/* Unix seconds with an optional sign and fraction, within the years we know. */
static bool read_unix(struct cursor *cursor, int64_t *time_ms)
{
	static const int64_t most_s = INT64_C(253402300799), least_s = INT64_C(-62135596800);
	bool negative = read_char(cursor, '-');
	int64_t seconds = 0;
	int digits = 0, ms = 0;
	for (; cursor->at < cursor->end && is_digit(*cursor->at) && digits < 13; cursor->at++, digits++)
		seconds = seconds * 10 + (*cursor->at - '0');
	if (digits == 0 || (read_char(cursor, '.') && !read_fraction(cursor, &ms)))
		return false;
	*time_ms = (negative ? -1 : 1) * (seconds * 1000 + ms);
	return cursor->at == cursor->end && *time_ms >= least_s * 1000 && *time_ms <= most_s * 1000 + 999;
}

/* "AM" or "PM" in any case. */
static bool read_half(struct cursor *cursor, bool *afternoon)
{
	if (cursor->end - cursor->at < 2 || (cursor->at[1] | 32) != 'm')
		return false;
	*afternoon = (cursor->at[0] | 32) == 'p';
	bool morning = (cursor->at[0] | 32) == 'a';
	cursor->at += 2;
	return *afternoon || morning;
}

/* What a pattern has found so far. */
struct found {
	struct alm_civil civil;
	bool has_half, afternoon;
};

/* One conversion of a pattern; only those that `is_simple` lets through. */
static bool read_conversion(struct cursor *cursor, char conversion, struct found *found)
{
	struct alm_civil *civil = &found->civil;
	int year;
	switch (conversion) {
	case 'Y':
		if (!read_number(cursor, 4, 4, &year))
			return false;
		civil->year = year;
		return true;
	case 'y': /* POSIX: 69..99 are in the twentieth century */
		if (!read_number(cursor, 2, 2, &year))
			return false;
		civil->year = year + (year < 69 ? 2000 : 1900);
		return true;
	case 'm':
		return read_number(cursor, 1, 2, &civil->month);
	case 'd':
		return read_number(cursor, 1, 2, &civil->day);
	case 'H':
		return read_number(cursor, 1, 2, &civil->hour);
	case 'I':
		return read_number(cursor, 1, 2, &civil->hour) && civil->hour >= 1 && civil->hour <= 12;
	case 'M':
		return read_number(cursor, 1, 2, &civil->minute);
	case 'S':
		return read_number(cursor, 1, 2, &civil->second);
	default: /* 'p' */
		found->has_half = true;
		return read_half(cursor, &found->afternoon);
	}
}

/* Asked for every row, so without calls. */
static bool is_simple(const char *pattern)
{
	for (; *pattern != '\0'; pattern++) {
		if (*pattern != '%')
			continue;
		switch (*++pattern) {
		case 'Y':
		case 'y':
		case 'm':
		case 'd':
		case 'H':
		case 'I':
		case 'M':
		case 'S':
		case 'p':
			break;
		default:
			return false;
		}
	}
	return true;
}

static bool read_simple(const char *pattern, struct cursor *cursor, int64_t *time_ms)
{
	struct found found = {.civil = {.month = 1, .day = 1}};
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == ' ')
			skip_blanks(cursor);
		else if (*pattern == '%' ? !read_conversion(cursor, *++pattern, &found)
					 : !read_char(cursor, *pattern))
			return false;
	}
	if (found.has_half)
		found.civil.hour = found.civil.hour % 12 + (found.afternoon ? 12 : 0);
	return cursor->at == cursor->end && finish(&found.civil, 0, time_ms);
}

static bool read_strptime(const char *pattern, const struct cursor *cursor, int64_t *time_ms)
{
	char text[TEXT_MAX];
	size_t length = (size_t)(cursor->end - cursor->at);
	if (length >= sizeof text || memchr(cursor->at, '\0', length))
		return false;
	memcpy(text, cursor->at, length);
	text[length] = '\0';
	struct tm tm = {.tm_mday = 1};
	const char *end = strptime(text, pattern, &tm);
	if (!end || *end != '\0')
		return false;
	struct alm_civil civil = {.year = tm.tm_year + 1900,
		.month = tm.tm_mon + 1,
		.day = tm.tm_mday,
		.hour = tm.tm_hour,
		.minute = tm.tm_min,
		.second = tm.tm_sec};
	return finish(&civil, tm.tm_gmtoff / 60, time_ms);
}

bool alm_time_read(const struct alm_time_format *format, const char *text, size_t length, int64_t *time_ms)
{
	struct cursor cursor = {text, text + length};
	int64_t read_ms = 0;
	bool ok = false;
	skip_blanks(&cursor);
	while (cursor.end > cursor.at && (cursor.end[-1] == ' ' || cursor.end[-1] == '\t'))
		cursor.end--;
	switch (format->kind) {
	case ALM_TIME_ISO:
		ok = read_iso(&cursor, &read_ms);
		break;
	case ALM_TIME_UNIX:
		ok = read_unix(&cursor, &read_ms);
		break;
	case ALM_TIME_PATTERN:
		ok = is_simple(format->pattern) ? read_simple(format->pattern, &cursor, &read_ms)
						: read_strptime(format->pattern, &cursor, &read_ms);
		break;
	}
	if (ok)
		*time_ms = read_ms;
	return ok;
}

enum alm_status alm_time_format_parse(const char *text, struct alm_time_format *out, struct alm_error *err)
{
	struct alm_time_format format = {0};
	if (strcmp(text, "iso") == 0)
		format.kind = ALM_TIME_ISO;
	else if (strcmp(text, "unix") == 0)
		format.kind = ALM_TIME_UNIX;
	else if (strchr(text, '%') && strlen(text) < sizeof format.pattern && !strstr(text, "%s"))
		format.kind = ALM_TIME_PATTERN;
	else
		return alm_fail(err, ALM_USAGE,
			"--time-format: expected iso, unix or a strptime format of at most %zu bytes such as "
			"'%%m/%%d/%%Y %%H:%%M', found '%s'",
			sizeof format.pattern - 1, text);
	if (format.kind == ALM_TIME_PATTERN)
		memcpy(format.pattern, text, strlen(text) + 1);
	*out = format;
	return ALM_OK;
}

static bool reads_all(const struct alm_time_format *format, const char *const *texts, size_t n)
{
	int64_t time_ms;
	for (size_t i = 0; i < n; i++)
		if (!alm_time_read(format, texts[i], strlen(texts[i]), &time_ms))
			return false;
	return n > 0;
}

static const char *const clocks[] = {
	"", " %H:%M", " %H:%M:%S", " %I:%M %p", " %I:%M:%S %p", "T%H:%M:%S", " %H", " %I %p"};

#define N_CLOCKS (sizeof clocks / sizeof *clocks)

/* Tries "<a><separator><b><separator><c><clock>" for every separator and clock. */
static bool try_dates(const char *a, const char *b, const char *c, const char *const *texts, size_t n,
	struct alm_time_format *out)
{
	/* A blank where year, month and day had columns of their own. */
	for (const char *separator = "/.- "; *separator != '\0'; separator++)
		for (size_t clock = 0; clock < N_CLOCKS && n > 0 && strchr(texts[0], *separator); clock++) {
			struct alm_time_format format = {.kind = ALM_TIME_PATTERN};
			snprintf(format.pattern, sizeof format.pattern, "%s%c%s%c%s%s", a, *separator, b,
				*separator, c, clocks[clock]);
			if (reads_all(&format, texts, n)) {
				*out = format;
				return true;
			}
		}
	return false;
}

/* Digits only: a year, a year and a month, or a day as eight digits, with any clock. */
static bool try_digits(const char *const *texts, size_t n, struct alm_time_format *out)
{
	struct alm_time_format format = {.kind = ALM_TIME_PATTERN, .pattern = "%Y"};
	bool found = reads_all(&format, texts, n);
	if (!found && n > 0 && strchr(texts[0], ' ')) {
		snprintf(format.pattern, sizeof format.pattern, "%%Y %%m");
		found = reads_all(&format, texts, n);
	}
	for (size_t clock = 0; clock < N_CLOCKS && !found; clock++) {
		snprintf(format.pattern, sizeof format.pattern, "%%Y%%m%%d%s", clocks[clock]);
		found = reads_all(&format, texts, n);
	}
	if (found)
		*out = format;
	return found;
}

enum alm_status alm_time_format_recognise(
	const char *const *texts, size_t n, struct alm_time_format *out, struct alm_error *err)
{
	struct alm_time_format iso = {.kind = ALM_TIME_ISO}, unix_s = {.kind = ALM_TIME_UNIX};
	struct alm_time_format month_first, day_first;
	if (reads_all(&iso, texts, n)) {
		*out = iso;
		return ALM_OK;
	}
	if (try_digits(texts, n, out) || try_dates("%Y", "%m", "%d", texts, n, out))
		return ALM_OK;
	if (reads_all(&unix_s, texts, n)) {
		*out = unix_s;
		return ALM_OK;
	}
	bool by_month = try_dates("%m", "%d", "%Y", texts, n, &month_first) ||
			try_dates("%m", "%d", "%y", texts, n, &month_first);
	bool by_day = try_dates("%d", "%m", "%Y", texts, n, &day_first) ||
		      try_dates("%d", "%m", "%y", texts, n, &day_first);
	if (by_month && by_day)
		return alm_fail(err, ALM_BAD_DATA,
			"'%s' can be read month-first or day-first; say which with --time-format '%s' or "
			"--time-format '%s'",
			texts[0], month_first.pattern, day_first.pattern);
	if (!by_month && !by_day)
		return alm_fail(err, ALM_BAD_DATA,
			"'%s' and the times after it are in no format that is recognised; give --time-format",
			n ? texts[0] : "");
	*out = by_month ? month_first : day_first;
	return ALM_OK;
}

const char *alm_time_print(int64_t time_ms, char out[static ALM_TIME_TEXT])
{
	struct alm_civil civil;
	alm_civil_of(time_ms, &civil);
	int n = snprintf(out, ALM_TIME_TEXT, "%04d-%02u-%02u %02u:%02u:%02u", (int)civil.year % 100000,
		(unsigned)civil.month % 100, (unsigned)civil.day % 100, (unsigned)civil.hour % 100,
		(unsigned)civil.minute % 100, (unsigned)civil.second % 100);
	if (civil.ms)
		snprintf(out + n, ALM_TIME_TEXT - (size_t)n, ".%03u", (unsigned)civil.ms % 1000);
	return out;
}

enum alm_status alm_time_option(const char *option, const char *text, int64_t *time_ms, struct alm_error *err)
{
	struct alm_time_format iso = {.kind = ALM_TIME_ISO};
	if (alm_time_read(&iso, text, strlen(text), time_ms))
		return ALM_OK;
	return alm_fail(err, ALM_USAGE,
		"%s: expected a time such as 2017-01-31 or '2017-01-31 04:00', found '%s'", option, text);
}
