#include "out/preview.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "out/out.h"
#include "out/rows.h"
#include "out/text.h"
#include "out/words.h"
#include "time/timestamp.h"

/* Channels that the first rows are shown with: a terminal is not wide. */
#define CHANNELS_SHOWN 8

static const char *count(uint64_t value, char out[static TEXT_NUMBER])
{
	return text_count((int64_t)value, out);
}

static enum alm_status print_rows(FILE *to, struct rows *rows, struct alm_error *err)
{
	enum alm_status status = rows_status(rows, err);
	if (status == ALM_OK) {
		fputc('\n', to);
		status = out_table(to, NULL, &rows->table, err);
	}
	rows_release(rows);
	return status;
}

static enum alm_status print_columns(FILE *to, const struct alm_preview *preview, struct alm_error *err)
{
	static const struct rows_column columns[] = {{"column", false}, {"type", false}, {"is", false}};
	struct rows rows;
	rows_init(&rows, columns, 3);
	for (int i = 0; i < preview->n_columns; i++) {
		rows_text(&rows, preview->columns[i].name);
		rows_text(&rows, preview->columns[i].type);
		rows_text(&rows, preview->columns[i].role);
	}
	return print_rows(to, &rows, err);
}

static bool is_category(const struct alm_preview *preview, int channel)
{
	return strcmp(preview->columns[preview->channel[channel]].role, "category") == 0;
}

/* What the categories hold, if there are any. */
static enum alm_status print_words(FILE *to, const struct alm_preview *preview, struct alm_error *err)
{
	static const struct rows_column columns[] = {
		{"category", false}, {"words", true}, {"most frequent", false}};
	struct rows rows;
	int n = 0;
	rows_init(&rows, columns, 3);
	for (int i = 0; i < preview->n_channels; i++) {
		char number[TEXT_NUMBER], text[WORDS_TEXT];
		if (!is_category(preview, i))
			continue;
		n++;
		rows_text(&rows, preview->columns[preview->channel[i]].name);
		rows_text(&rows, text_count(alm_tally_distinct(&preview->tally[i]), number));
		rows_text(&rows, words_text(&preview->tally[i], &preview->words, text));
	}
	if (n > 0)
		return print_rows(to, &rows, err);
	rows_release(&rows);
	return ALM_OK;
}

static enum alm_status print_first_rows(FILE *to, const struct alm_preview *preview, struct alm_error *err)
{
	struct rows_column columns[2 + CHANNELS_SHOWN] = {{"time", false}, {"series", false}};
	char text[TEXT_NUMBER];
	bool has_series = preview->n_rows > 0 && *preview->row[0].series != '\0';
	int n = has_series ? 2 : 1, shown = 0;
	for (; shown < preview->n_channels && shown < CHANNELS_SHOWN; shown++)
		columns[n + shown] = (struct rows_column){
			preview->columns[preview->channel[shown]].name, !is_category(preview, shown)};
	struct rows rows;
	rows_init(&rows, columns, n + shown);
	for (int i = 0; i < preview->n_rows; i++) {
		rows_text(&rows, alm_time_print(preview->row[i].time_ms, text));
		if (has_series)
			rows_text(&rows, preview->row[i].series);
		for (int channel = 0; channel < shown; channel++) {
			double value = preview->row[i].values[channel];
			if (isnan(value))
				rows_text(&rows, NULL);
			else
				rows_text(&rows, is_category(preview, channel)
							 ? preview->words.name[(int)value]
							 : text_exact(value, text));
		}
	}
	enum alm_status status = print_rows(to, &rows, err);
	if (status == ALM_OK && shown < preview->n_channels)
		fprintf(to, "and %d more columns of values\n", preview->n_channels - shown);
	return status;
}

static void print_files(FILE *to, const struct alm_preview *preview)
{
	char *file = text_escaped(preview->file);
	fprintf(to, "file      %s: %s, %s%s%s, decimal %s\n", file ? file : "?", preview->kind,
		preview->encoding, strcmp(preview->packing, "none") == 0 ? "" : ", packed with ",
		strcmp(preview->packing, "none") == 0 ? "" : preview->packing,
		preview->decimal == ',' ? "comma" : "point");
	if (preview->summary.n_files > 1)
		fprintf(to, "files     %d, described is the first\n", preview->summary.n_files);
	free(file);
}

static void print_time(FILE *to, const struct alm_preview *preview)
{
	const struct alm_ingest_summary *summary = &preview->summary;
	char first[ALM_TIME_TEXT], last[ALM_TIME_TEXT], step[ALM_FREQ_TEXT];
	char a[TEXT_NUMBER], b[TEXT_NUMBER], c[TEXT_NUMBER];
	char *columns = text_escaped(summary->time_column), *format = text_escaped(summary->time_format);
	fprintf(to, "time      %s, %s\n", columns ? columns : "?", format ? format : "?");
	fprintf(to, "          %s to %s, ", alm_time_print(summary->first_ms, first),
		alm_time_print(summary->last_ms, last));
	if (preview->has_freq)
		fprintf(to, "a row every %s\n", alm_freq_print(&preview->freq, step));
	else
		fputs("no regular step\n", to);
	if (preview->n_gaps > 0)
		fprintf(to, "gaps      %s, %s rows missing; the longest of %s from %s\n",
			count(preview->n_gaps, a), count(preview->n_missing, b),
			count((uint64_t)preview->longest_gap, c),
			alm_time_print(preview->longest_gap_ms, last));
	else if (preview->has_freq)
		fputs("gaps      none\n", to);
	if (preview->n_off_grid > 0)
		fprintf(to, "off grid  %s times\n", count(preview->n_off_grid, a));
	if (preview->n_repeated > 0)
		fprintf(to, "repeated  %s rows, the first of %s\n", count(preview->n_repeated, a),
			alm_time_print(preview->first_repeated_ms, first));
	free(columns);
	free(format);
}

enum alm_status out_preview_text(FILE *to, const struct alm_preview *preview, struct alm_error *err)
{
	const struct alm_ingest_summary *summary = &preview->summary;
	char a[TEXT_NUMBER], b[TEXT_NUMBER], c[TEXT_NUMBER];
	print_files(to, preview);
	print_time(to, preview);
	fprintf(to, "rows      %s of %d series; %s values missing, %s rows skipped\n",
		count(summary->n_rows, a), summary->n_series, count(summary->n_nulls, b),
		count(summary->n_skipped, c));
	enum alm_status status = print_columns(to, preview, err);
	if (status == ALM_OK)
		status = print_words(to, preview, err);
	if (status == ALM_OK)
		status = print_first_rows(to, preview, err);
	if (status == ALM_OK)
		fputs("\nnothing was written\n", to);
	return status;
}

static void add_columns(struct alm_json *json, const struct alm_preview *preview)
{
	alm_json_array(json, "columns");
	for (int i = 0; i < preview->n_columns; i++) {
		alm_json_object(json, NULL);
		alm_json_text(json, "name", preview->columns[i].name);
		alm_json_text(json, "type", preview->columns[i].type);
		alm_json_text(json, "role", preview->columns[i].role);
		alm_json_close(json);
	}
	alm_json_close(json);
}

static void add_rows(struct alm_json *json, const struct alm_preview *preview)
{
	char text[ALM_TIME_TEXT];
	alm_json_array(json, "first_rows");
	for (int i = 0; i < preview->n_rows; i++) {
		const struct alm_preview_row *row = &preview->row[i];
		alm_json_object(json, NULL);
		alm_json_text(json, "series", row->series);
		alm_json_text(json, "time", alm_time_print(row->time_ms, text));
		alm_json_object(json, "values");
		for (int channel = 0; channel < preview->n_channels; channel++) {
			const char *name = preview->columns[preview->channel[channel]].name;
			double value = row->values[channel];
			if (is_category(preview, channel))
				alm_json_text(
					json, name, isnan(value) ? NULL : preview->words.name[(int)value]);
			else
				alm_json_real(json, name, value);
		}
		alm_json_close(json);
		alm_json_close(json);
	}
	alm_json_close(json);
}

static void add_categories(struct alm_json *json, const struct alm_preview *preview)
{
	alm_json_array(json, "categories");
	for (int i = 0; i < preview->n_channels; i++) {
		if (!is_category(preview, i))
			continue;
		alm_json_object(json, NULL);
		alm_json_text(json, "channel", preview->columns[preview->channel[i]].name);
		words_json(json, &preview->tally[i], &preview->words);
		alm_json_close(json);
	}
	alm_json_close(json);
}

static void add_grid(struct alm_json *json, const struct alm_preview *preview)
{
	char text[ALM_TIME_TEXT], step[ALM_FREQ_TEXT];
	alm_json_text(json, "freq", preview->has_freq ? alm_freq_print(&preview->freq, step) : NULL);
	alm_json_integer(json, "gaps", (int64_t)preview->n_gaps);
	alm_json_integer(json, "missing_rows", (int64_t)preview->n_missing);
	alm_json_integer(json, "longest_gap", preview->longest_gap);
	alm_json_text(json, "longest_gap_from",
		preview->longest_gap > 0 ? alm_time_print(preview->longest_gap_ms, text) : NULL);
	alm_json_integer(json, "off_grid", (int64_t)preview->n_off_grid);
	alm_json_integer(json, "repeated", (int64_t)preview->n_repeated);
	alm_json_text(json, "first_repeated",
		preview->n_repeated > 0 ? alm_time_print(preview->first_repeated_ms, text) : NULL);
}

enum alm_status out_preview_json(FILE *to, const struct alm_preview *preview, struct alm_error *err)
{
	const struct alm_ingest_summary *summary = &preview->summary;
	const char decimal[] = {preview->decimal, '\0'};
	char text[ALM_TIME_TEXT];
	struct alm_json *json;
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(json, NULL);
	alm_json_text(json, "file", preview->file);
	alm_json_integer(json, "files", summary->n_files);
	alm_json_text(json, "kind", preview->kind);
	alm_json_text(json, "packing", preview->packing);
	alm_json_text(json, "encoding", preview->encoding);
	alm_json_text(json, "decimal", decimal);
	alm_json_text(json, "time_columns", summary->time_column);
	alm_json_text(json, "time_format", summary->time_format);
	alm_json_text(json, "first", alm_time_print(summary->first_ms, text));
	alm_json_text(json, "last", alm_time_print(summary->last_ms, text));
	alm_json_integer(json, "rows", (int64_t)summary->n_rows);
	alm_json_integer(json, "series", summary->n_series);
	alm_json_integer(json, "nulls", (int64_t)summary->n_nulls);
	alm_json_integer(json, "skipped", (int64_t)summary->n_skipped);
	add_grid(json, preview);
	add_columns(json, preview);
	add_categories(json, preview);
	add_rows(json, preview);
	alm_json_close(json);
	status = out_json_text(to, json, err);
	alm_json_free(json);
	return status;
}
