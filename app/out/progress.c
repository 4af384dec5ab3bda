#include "out/progress.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include "out/text.h"

#define REDRAW_S 0.1
#define LINE_S   5.0
#define BAR      24 /* columns of the bar at most: the text goes first */
#define BAR_MIN  4  /* a shorter one tells nothing */
#define CYAN     "\033[36m"
#define PLAIN    "\033[0m"

static int columns_of_terminal(void)
{
	struct winsize size;
	if (ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0)
		return size.ws_col;
	return 80;
}

static void wipe(struct progress *progress)
{
	if (progress->drawn)
		fputs("\r\033[K", stderr);
	progress->drawn = false;
}

static void note(struct alm_reporter *reporter, const char *line)
{
	struct progress *progress = (struct progress *)reporter;
	wipe(progress);
	log_write(progress->log, LEVEL_NOTICE, &reporter->about, line);
}

/* "42 % epoch 3/8  loss 0.1432 8,123 windows/s 12 s left", as far as it is known. */
static void describe(const struct alm_progress *at, char *out, size_t size)
{
	char number[TEXT_NUMBER], detail[256];
	size_t used = 0;
	text_escape(at->detail ? at->detail : "", detail, sizeof detail);
	if (at->fraction >= 0)
		used += (size_t)snprintf(out + used, size - used, "%3.0f %% ", floor(100 * at->fraction));
	if (*detail != '\0')
		used += (size_t)snprintf(out + used, size - used, "%s ", detail);
	else
		used += (size_t)snprintf(
			out + used, size - used, "%s %s ", text_count((int64_t)at->done, number), at->unit);
	used += (size_t)snprintf(
		out + used, size - used, "%s %s/s", text_count(llround(at->rate_per_s), number), at->unit);
	if (at->left_s >= 0)
		snprintf(out + used, size - used, " %s left", text_seconds(at->left_s, number));
}

/* Cuts text to a number of columns; ours is plain but for what escaping let through. */
static void cut(char *text, int columns)
{
	size_t length = strlen(text);
	while (length > 0 && text_width(text) > columns) {
		do
			length--;
		while (length > 0 && ((unsigned char)text[length] & 0xc0) == 0x80);
		text[length] = '\0';
	}
}

static void draw_bar(const struct progress *progress, double fraction, int columns)
{
	int full = (int)(fmin(fmax(fraction, 0), 1) * columns);
	if (progress->colour)
		fputs(CYAN, stderr);
	for (int i = 0; i < columns; i++)
		fputs(i < full ? (progress->utf8 ? "\u2588" : "#") : (progress->utf8 ? "\u2591" : "."),
			stderr);
	if (progress->colour)
		fputs(PLAIN, stderr);
}

static void draw(struct progress *progress, const struct alm_progress *at)
{
	char text[512];
	int room = columns_of_terminal() - (int)strlen(at->stage) - 2;
	wipe(progress);
	if (room < 10)
		return;
	describe(at, text, sizeof text);
	cut(text, room);
	fprintf(stderr, "%s ", at->stage);
	int bar = room - text_width(text) - 1;
	if (bar >= BAR_MIN) {
		draw_bar(progress, at->fraction, bar < BAR ? bar : BAR);
		fputc(' ', stderr);
	}
	fputs(text, stderr);
	fflush(stderr);
	progress->drawn = true;
}

static void show(struct alm_reporter *reporter, const struct alm_progress *at)
{
	struct progress *progress = (struct progress *)reporter;
	double now = alm_monotonic_s();
	if (now - progress->last_s < (progress->terminal ? REDRAW_S : LINE_S))
		return;
	progress->last_s = now;
	if (progress->terminal) {
		draw(progress, at);
		return;
	}
	char text[512], line[600];
	describe(at, text, sizeof text);
	snprintf(line, sizeof line, "%s: %s", at->stage, text + strspn(text, " "));
	log_write(progress->log, LEVEL_INFO, &reporter->about, line);
}

void progress_init(
	struct progress *progress, bool quiet, const volatile sig_atomic_t *stop, const struct log *log)
{
	const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
	bool terminal = log->form == LOG_TEXT && isatty(STDERR_FILENO) && term && strcmp(term, "dumb") != 0;
	*progress = (struct progress){.reporter = {.stop = stop},
		.log = log,
		.terminal = terminal,
		.colour = terminal && (!no_colour || *no_colour == '\0'),
		.utf8 = text_is_utf8(),
		.last_s = alm_monotonic_s()};
	if (quiet)
		return;
	progress->reporter.note = note;
	progress->reporter.progress = show;
}

void progress_quiet(struct progress *progress)
{
	progress->reporter.note = NULL;
	progress->reporter.progress = NULL;
}

void progress_end(struct progress *progress)
{
	wipe(progress);
	fflush(stderr);
}
