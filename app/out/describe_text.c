#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "out/describe.h"
#include "out/out.h"
#include "out/rows.h"
#include "out/sparkline.h"
#include "out/text.h"
#include "out/words.h"
#include "run/describe.h"
#include "time/timestamp.h"

/* Lines of one kind; of more channels than these only the number is told. */
#define LINES 8

static void print_name(const char *name)
{
	char *shown = text_escaped(name);
	fputs(shown ? shown : "?", stdout);
	free(shown);
}

/* "2020-01-01 00:00:00 in 'north'". */
static void print_place(const struct alm_place *place)
{
	char when[ALM_TIME_TEXT];
	fputs(alm_time_print(place->time_ms, when), stdout);
	if (*place->series == '\0')
		return;
	fputs(" in '", stdout);
	print_name(place->series);
	putchar('\'');
}

static void print_rows(double n)
{
	char text[TEXT_NUMBER];
	printf("%s row%s", text_count((int64_t)n, text), n == 1 ? "" : "s");
}

/* "first PLACE (12.5), last PLACE (13.0)"; what is missing has no value. */
static void print_examples(const struct alm_finding *finding)
{
	const struct alm_place *place[] = {&finding->first, &finding->last};
	for (int i = 0; i < (finding->n > 1 ? 2 : 1); i++) {
		fputs(finding->n == 1 ? "at " : i == 0 ? "first " : ", last ", stdout);
		print_place(place[i]);
		if (!isnan(place[i]->value))
			printf(" (%.7g)", place[i]->value); /* as many digits as float32 holds */
	}
	putchar('\n');
}

static void print_head(const struct alm_description *description)
{
	const struct alm_profile *profile = &description->profile;
	char a[TEXT_NUMBER], b[TEXT_NUMBER], first[ALM_TIME_TEXT], last[ALM_TIME_TEXT], step[ALM_FREQ_TEXT];
	int n_channels = description->dataset.n_channels;
	fputs("dataset   ", stdout);
	print_name(description->dataset.name);
	printf(", %d channel%s, %s series, %s rows\n", n_channels, n_channels == 1 ? "" : "s",
		text_count(profile->n_series, a), text_count(profile->n_rows, b));
	printf("time      %s to %s", alm_time_print(description->first_ms, first),
		alm_time_print(description->last_ms, last));
	if (description->has_freq)
		printf(", a row every %s (%s)\n", alm_freq_print(&description->freq, step),
			description->freq_given ? "as given" : "inferred");
	else
		printf("\n          no grid step: %s\n", description->no_freq.text);
	if (*description->zone != '\0')
		printf("zone      %s when it was ingested; all times here are UTC\n", description->zone);
	if (profile->n_series == 1)
		return;
	fputs("series    ", stdout);
	print_rows(profile->shortest.value);
	if (profile->shortest.value == profile->longest.value) {
		puts(" each");
		return;
	}
	fputs(" in '", stdout);
	print_name(profile->shortest.series);
	fputs("' to ", stdout);
	print_rows(profile->longest.value);
	fputs(" in '", stdout);
	print_name(profile->longest.series);
	fputs("'\n", stdout);
}

/* Prints a table that has rows, and an empty line before it; releases it. */
static enum alm_status print_table(struct rows *rows, struct alm_error *err)
{
	enum alm_status status = rows_status(rows, err);
	if (status == ALM_OK && rows->table.n_rows > 0) {
		putchar('\n');
		status = out_table(stdout, NULL, &rows->table, err);
	}
	rows_release(rows);
	return status;
}

static enum alm_status print_channels(const struct alm_description *description, struct alm_error *err)
{
	static const struct rows_column columns[] = {{"channel", false}, {"values", true}, {"missing", true},
		{"zeros", true}, {"min", true}, {"median", true}, {"mean", true}, {"max", true},
		{"outliers", true}};
	const struct alm_profile *profile = &description->profile;
	struct rows rows;
	rows_init(&rows, columns, (int)(sizeof columns / sizeof *columns));
	for (int i = 0; i < description->dataset.n_channels; i++) {
		const struct alm_channel_profile *channel = &profile->channel[i];
		char text[TEXT_NUMBER];
		if (alm_dataset_is_category(&description->dataset, i))
			continue;
		int decimals = text_decimals(fmax(fabs(channel->least), fabs(channel->most)));
		rows_text(&rows, description->dataset.channels[i]);
		rows_text(&rows, text_count(channel->n, text));
		rows_text(&rows, text_count(channel->missing.n, text));
		rows_text(&rows, text_count(channel->n_zeros, text));
		rows_real(&rows, channel->least, decimals);
		rows_real(&rows, profile->n_series == 1 ? channel->median : NAN, decimals);
		rows_real(&rows, channel->n ? channel->sum / (double)channel->n : NAN, decimals);
		rows_real(&rows, channel->most, decimals);
		rows_text(&rows, text_count(channel->outliers.n, text));
	}
	return print_table(&rows, err);
}

static enum alm_status print_categories(const struct alm_description *description, struct alm_error *err)
{
	static const struct rows_column columns[] = {{"category", false}, {"values", true}, {"missing", true},
		{"words", true}, {"most frequent", false}};
	struct rows rows;
	rows_init(&rows, columns, (int)(sizeof columns / sizeof *columns));
	for (int i = 0; i < description->dataset.n_channels; i++) {
		const struct alm_channel_profile *channel = &description->profile.channel[i];
		char text[TEXT_NUMBER], words[WORDS_TEXT];
		if (!alm_dataset_is_category(&description->dataset, i))
			continue;
		rows_text(&rows, description->dataset.channels[i]);
		rows_text(&rows, text_count(channel->n, text));
		rows_text(&rows, text_count(channel->missing.n, text));
		rows_text(&rows, text_count(alm_tally_distinct(&channel->words), text));
		rows_text(&rows, words_text(&channel->words, &description->words, words));
	}
	return print_table(&rows, err);
}

static void print_gaps(const struct alm_profile *profile)
{
	char text[TEXT_NUMBER];
	if (profile->gaps.n == 0) {
		puts("gaps      none");
	} else {
		printf("gaps      %s, ", text_count(profile->gaps.n, text));
		print_rows((double)profile->n_missing_rows);
		fputs(" in all, the longest ", stdout);
		print_rows(profile->longest_gap.value);
		fputs(" from ", stdout);
		print_place(&profile->longest_gap);
		fputs("\n          ", stdout);
		print_examples(&profile->gaps);
	}
	if (profile->off_grid.n == 0) {
		puts("off grid  none");
	} else {
		fputs("off grid  ", stdout);
		print_rows((double)profile->off_grid.n);
		fputs(", ", stdout);
		print_examples(&profile->off_grid);
	}
}

/* A line for each channel in which something was found; `which` picks it. */
static void print_findings(const struct alm_description *description, const char *label,
	const struct alm_finding *(*which)(const struct alm_channel_profile *))
{
	int n = 0;
	char text[TEXT_NUMBER];
	for (int i = 0; i < description->dataset.n_channels; i++) {
		const struct alm_finding *finding = which(&description->profile.channel[i]);
		if (finding->n == 0 || n++ >= LINES)
			continue;
		printf("%-10s", n == 1 ? label : "");
		print_name(description->dataset.channels[i]);
		printf(": %s, ", text_count(finding->n, text));
		print_examples(finding);
	}
	if (n == 0)
		printf("%-10snone\n", label);
	if (n > LINES)
		printf("          and in %d more channels\n", n - LINES);
}

static const struct alm_finding *missing_of(const struct alm_channel_profile *channel)
{
	return &channel->missing;
}

static const struct alm_finding *outliers_of(const struct alm_channel_profile *channel)
{
	return &channel->outliers;
}

static void print_seasons(const struct alm_description *description)
{
	char length[ALM_FREQ_TEXT], count[TEXT_NUMBER];
	for (int i = 0, n = 0; i < description->n_seasons; i++) {
		const struct alm_seasons *seasons = &description->seasons[i];
		if (alm_dataset_is_category(&description->dataset, i))
			continue;
		printf("%-10s", n++ == 0 ? "seasons" : "");
		print_name(description->dataset.channels[i]);
		fputs(seasons->n == 0 ? ": none" : ": ", stdout);
		for (int s = 0; s < seasons->n; s++) {
			const struct alm_season *season = &seasons->season[s];
			const char *name = alm_season_name(&description->freq, season->steps);
			printf("%s%s rows, %s%s%s (%.2f)", s ? "; " : "", text_count(season->steps, count),
				alm_season_length(&description->freq, season->steps, length),
				name ? ", " : "", name ? name : "", season->correlation);
		}
		putchar('\n');
	}
	if (description->n_seasons < description->dataset.n_channels && description->has_freq)
		printf("          looked for in the first %d channels only\n", description->n_seasons);
}

static enum alm_status print_strips(const struct alm_description *description, struct alm_error *err)
{
	const struct alm_profile *profile = &description->profile;
	int width = profile->options.strip_width, label = 0;
	char count[TEXT_NUMBER], *line = malloc(SPARKLINE_TEXT(width));
	if (!line)
		return alm_fail_memory(err, SPARKLINE_TEXT(width));
	for (int i = 0; i < profile->n_strips; i++) {
		char *name = text_escaped(profile->strip[i].series);
		int columns = name ? text_width(name) : 0;
		label = columns > label ? columns : label;
		free(name);
	}
	if (profile->n_strips > 0)
		puts("\nwhat is there of each series over the time range, blank = nothing:");
	for (int i = 0; i < profile->n_strips; i++) {
		char *name = text_escaped(profile->strip[i].series);
		const char *shown = name ? name : "";
		printf("%s%*s", shown, label - text_width(shown) + (label > 0 ? 2 : 0), "");
		free(name);
		printf("[%s]\n", sparkline_shares(profile->strip[i].share, width, text_is_utf8(), line));
	}
	if (profile->n_series > profile->n_strips && profile->n_strips > 0)
		printf("and %s more series\n", text_count(profile->n_series - profile->n_strips, count));
	free(line);
	return ALM_OK;
}

enum alm_status describe_text(const struct alm_description *description, struct alm_error *err)
{
	print_head(description);
	enum alm_status status = print_channels(description, err);
	if (status == ALM_OK)
		status = print_categories(description, err);
	if (status != ALM_OK)
		return status;
	putchar('\n');
	if (description->has_freq)
		print_gaps(&description->profile);
	print_findings(description, "missing", missing_of);
	print_findings(description, "outliers", outliers_of);
	print_seasons(description);
	return print_strips(description, err);
}
