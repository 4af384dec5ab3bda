#include "out/log.h"
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include "out/text.h"

#define TEXT_MAX 1300           /* bytes of an error or a note, with what is before it */
#define ROOM     (8 * TEXT_MAX) /* for every byte of it as \xHH, and what is around it */
#define HIDDEN   "***"

static const char *const forms[] = {[LOG_TEXT] = "text", [LOG_JOURNAL] = "journal", [LOG_JSON] = "json"};
static const char *const levels[] = {[LEVEL_ERROR] = "error",
	[LEVEL_WARNING] = "warning",
	[LEVEL_NOTICE] = "notice",
	[LEVEL_INFO] = "info"};

/* ---- which form */

enum alm_status log_form_parse(const char *text, enum log_form *out, struct alm_error *err)
{
	for (enum log_form form = LOG_TEXT; form <= LOG_JSON; form++) {
		if (strcmp(forms[form], text) != 0)
			continue;
		*out = form;
		return ALM_OK;
	}
	return alm_fail(err, ALM_USAGE, "--log-format: expected text, journal or json, found '%s'", text);
}

enum alm_status log_level_parse(const char *text, enum log_level *out, struct alm_error *err)
{
	for (enum log_level level = LEVEL_ERROR; level <= LEVEL_INFO; level++) {
		if (strcmp(levels[level], text) != 0)
			continue;
		*out = level;
		return ALM_OK;
	}
	return alm_fail(
		err, ALM_USAGE, "--log-level: expected error, warning, notice or info, found '%s'", text);
}

/* Whether $JOURNAL_STREAM, "device:inode", is what standard error is: a service may have been redirected since. */
static bool is_journal(void)
{
	const char *stream = getenv("JOURNAL_STREAM");
	struct stat found;
	uintmax_t device, inode;
	return stream && sscanf(stream, "%" SCNuMAX ":%" SCNuMAX, &device, &inode) == 2 &&
	       fstat(STDERR_FILENO, &found) == 0 && device == (uintmax_t)found.st_dev &&
	       inode == (uintmax_t)found.st_ino;
}

void log_init(struct log *log, char *const *argv)
{
	static const char option[] = "--log-format";
	const size_t length = sizeof option - 1;
	*log = (struct log){.form = is_journal() ? LOG_JOURNAL : LOG_TEXT, .least = LEVEL_INFO};
	for (; *argv && strcmp(*argv, "--") != 0; argv++) {
		const char *value = NULL;
		if (strncmp(*argv, option, length) == 0 && (*argv)[length] == '=')
			value = *argv + length + 1;
		else if (strcmp(*argv, option) == 0)
			value = argv[1]; /* behind the last stands NULL */
		enum log_form form = LOG_TEXT;
		if (value && log_form_parse(value, &form, NULL) == ALM_OK)
			log->form = form;
	}
}

/* ---- what is not shown */

/* What follows "://": user and password, the secret up to the last @, as one that is not escaped may have any of / ? # @. */
static size_t find_in_url(const char *after, size_t *length)
{
	size_t whole = strcspn(after, "'\" \t\n");
	const char *colon = memchr(after, ':', whole), *at = memrchr(after, '@', whole);
	if (!colon || !at || at < colon)
		return 0;
	*length = (size_t)(at - colon) - 1;
	return (size_t)(colon - after) + 1;
}

/* What follows "password=", of a connection string or of a URL's query. */
static size_t find_in_value(const char *value, size_t *length)
{
	if (*value != '\'' && *value != '"') {
		*length = strcspn(value, "&'\" \t\n");
		return 0;
	}
	const char *end = strchr(value + 1, *value);
	*length = end ? (size_t)(end - value) - 1 : strlen(value + 1);
	return 1;
}

/* The secret that the beginning of the text announces: where it is, and its length, 0 = there is none. */
static size_t find_secret(const char *text, size_t *length)
{
	static const char *const keys[] = {"password=", "passwd=", "pwd="};
	*length = 0;
	if (strncmp(text, "://", 3) == 0)
		return 3 + find_in_url(text + 3, length);
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		if (strncasecmp(text, keys[i], strlen(keys[i])) == 0)
			return strlen(keys[i]) + find_in_value(text + strlen(keys[i]), length);
	return 0;
}

void log_mask(const char *text, char *out, size_t size)
{
	size_t used = 0;
	while (*text != '\0' && used + 1 < size) {
		size_t length, before = find_secret(text, &length);
		if (length == 0) {
			out[used++] = *text++;
			continue;
		}
		int n = snprintf(out + used, size - used, "%.*s%s", (int)before, text, HIDDEN);
		used = n < 0 || (size_t)n >= size - used ? size - 1 : used + (size_t)n;
		text += before + length;
	}
	out[used] = '\0';
}

/* ---- a line */

/* It is written at once: lines of several processes are not mixed, and whoever reads a pipe gets a whole one. */
struct line {
	enum log_level level;
	const struct alm_about *about;
	const char *prefix; /* of a line that people read */
	bool ended;         /* it is the outcome: */
	int code;
	size_t used;
	char whole[ROOM];
};

__attribute__((format(printf, 2, 3))) static void put(struct line *line, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	int n = vsnprintf(line->whole + line->used, sizeof line->whole - line->used, format, args);
	va_end(args);
	size_t room = sizeof line->whole - line->used - 1;
	line->used += n < 0 ? 0 : (size_t)n < room ? (size_t)n : room;
}

/* "2026-11-25T03:00:01.123Z" (RFC 3339). */
static void put_now(struct line *line)
{
	struct timespec now;
	struct tm parts;
	char seconds[32];
	clock_gettime(CLOCK_REALTIME, &now);
	gmtime_r(&now.tv_sec, &parts);
	strftime(seconds, sizeof seconds, "%Y-%m-%dT%H:%M:%S", &parts);
	put(line, "{\"time\":\"%s.%03ldZ\"", seconds, now.tv_nsec / 1000000);
}

/* A string of JSON (RFC 8259, section 7), or null. The text is valid UTF-8 without control characters: text_escape made it. */
static void put_text(struct line *line, const char *key, const char *text)
{
	put(line, ",\"%s\":", key);
	if (!text || *text == '\0') {
		put(line, "null");
		return;
	}
	put(line, "\"");
	while (*text != '\0') {
		int plain = (int)strcspn(text, "\"\\");
		put(line, "%.*s", plain, text);
		text += plain;
		if (*text != '\0')
			put(line, "\\%c", *text++);
	}
	put(line, "\"");
}

static void put_number(struct line *line, const char *key, bool known, int64_t value)
{
	if (known)
		put(line, ",\"%s\":%" PRId64, key, value);
	else
		put(line, ",\"%s\":null", key);
}

static void put_json(struct line *line, const char *verb, const char *text)
{
	char model[4 * sizeof line->about->model + 1];
	text_escape(line->about->model, model, sizeof model);
	put_now(line);
	put_text(line, "level", levels[line->level]);
	put_text(line, "verb", verb);
	put_text(line, "model", model);
	put_number(line, "run", line->about->run_id != 0, line->about->run_id);
	put_number(line, "code", line->ended, line->code);
	put_text(line, "message", text);
	put(line, "}\n");
}

static void tell(const struct log *log, struct line *line, const char *text)
{
	char plain[TEXT_MAX], shown[4 * TEXT_MAX];
	if (line->level > log->least)
		return;
	log_mask(text, plain, sizeof plain);
	text_escape(plain, shown, sizeof shown);
	line->about = line->about ? line->about : &log->about;
	if (log->form == LOG_JSON)
		put_json(line, log->verb, shown);
	else if (log->form == LOG_JOURNAL)
		put(line, "<%d>%s%s\n", (int)line->level, line->prefix, shown);
	else
		put(line, "%s%s\n", line->prefix, shown);
	fwrite(line->whole, 1, line->used, stderr);
}

void log_write(const struct log *log, enum log_level level, const struct alm_about *about, const char *text)
{
	struct line line = {.level = level, .about = about, .prefix = ""};
	tell(log, &line, text);
}

void log_status(
	const struct log *log, enum alm_status status, const struct alm_about *about, const char *text)
{
	bool done = status == ALM_UNCHANGED || status == ALM_DEGRADED || status == ALM_DRIFTED;
	struct line line = {.level = done ? LEVEL_WARNING : LEVEL_ERROR,
		.about = about,
		.prefix = "almanac: ",
		.ended = true,
		.code = alm_exit_code(status)};
	tell(log, &line, text);
}

void log_warning(const struct log *log, const struct alm_about *about, const char *text)
{
	struct line line = {.level = LEVEL_WARNING, .about = about, .prefix = "almanac: "};
	tell(log, &line, text);
}
