#include "out/export.h"
#include <errno.h>
#include <math.h>
#include <string.h>
#include "out/text.h"
#include "run/export.h"
#include "time/calendar.h"
#include "time/timestamp.h"

#define TIME_ROOM 48

/*
 * A field of CSV (RFC 4180). What begins or ends with a blank is quoted too: readers cut blanks off otherwise. The empty text
 * is "", unlike a missing value.
 */
static void print_csv(const struct export *export, const char *text)
{
	size_t n = strlen(text);
	bool formula = export->safe && n > 0 && strchr("=+-@\t\r", *text);
	bool plain = n > 0 && !strpbrk(text, ",\"\r\n\t") && *text != ' ' && text[n - 1] != ' ';
	if (plain) {
		fprintf(export->to, "%s%s", formula ? "'" : "", text);
		return;
	}
	fputs(formula ? "\"'" : "\"", export->to);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', export->to);
		fputc(*text, export->to);
	}
	fputc('"', export->to);
}

static void print_json(const struct export *export, const char *text)
{
	fputc('"', export->to);
	for (; *text != '\0'; text++) {
		if (*text == '"' || *text == '\\')
			fprintf(export->to, "\\%c", *text);
		else if ((unsigned char)*text < 0x20)
			fprintf(export->to, "\\u%04x", (unsigned)*text);
		else
			fputc(*text, export->to);
	}
	fputc('"', export->to);
}

/* ISO 8601 with the offset from UTC, so that no other word is needed to read it. */
static const char *instant(const struct export *export, int64_t time_ms, char out[static TIME_ROOM])
{
	const struct alm_zone *zone = export->head.zone;
	char text[ALM_TIME_TEXT];
	int offset_s = zone ? alm_zone_offset(zone, time_ms) : 0;
	if (offset_s % 60 != 0) /* before there were zones: ISO 8601 has no seconds in its offsets */
		offset_s = 0;
	alm_time_print(time_ms + INT64_C(1000) * offset_s, text);
	text[10] = 'T';
	int minutes = offset_s < 0 ? -offset_s / 60 : offset_s / 60;
	if (offset_s == 0)
		snprintf(out, TIME_ROOM, "%sZ", text);
	else
		snprintf(out, TIME_ROOM, "%s%c%02d:%02d", text, offset_s < 0 ? '-' : '+', minutes / 60,
			minutes % 60);
	return out;
}

static enum alm_status check(const struct export *export, struct alm_error *err)
{
	if (!ferror(export->to))
		return ALM_OK;
	return alm_fail(err, ALM_IO, "cannot write to %s: %s", export->name, strerror(errno));
}

enum alm_status export_begin(void *to, const struct alm_export_head *head, struct alm_error *err)
{
	struct export *export = to;
	export->head = *head;
	if (export->format == EXPORT_JSONL)
		return ALM_OK;
	if (head->has_series)
		fputs("series,", export->to);
	fputs("time", export->to);
	for (int i = 0; i < head->dataset->n_channels; i++) {
		fputc(',', export->to);
		print_csv(export, head->dataset->channels[i]);
	}
	fputc('\n', export->to);
	return check(export, err);
}

/* The text of a value that is there. */
static void print_value(const struct export *export, const struct alm_scan_row *row, int channel)
{
	char number[TEXT_NUMBER];
	double value = row->values[channel];
	if (!alm_dataset_is_category(export->head.dataset, channel))
		fputs(text_exact(value, number), export->to);
	else if (export->format == EXPORT_CSV)
		print_csv(export, row->words->name[(int)value]);
	else
		print_json(export, row->words->name[(int)value]);
}

static void print_csv_row(const struct export *export, const struct alm_scan_row *row)
{
	char when[TIME_ROOM];
	if (export->head.has_series) {
		print_csv(export, row->series);
		fputc(',', export->to);
	}
	fputs(instant(export, row->time_ms, when), export->to);
	for (int i = 0; i < export->head.dataset->n_channels; i++) {
		fputc(',', export->to);
		if (!isnan(row->values[i]))
			print_value(export, row, i);
	}
	fputc('\n', export->to);
}

static void print_json_row(const struct export *export, const struct alm_scan_row *row)
{
	char when[TIME_ROOM];
	fputc('{', export->to);
	if (export->head.has_series) {
		fputs("\"series\":", export->to);
		print_json(export, row->series);
		fputc(',', export->to);
	}
	fprintf(export->to, "\"time\":\"%s\"", instant(export, row->time_ms, when));
	for (int i = 0; i < export->head.dataset->n_channels; i++) {
		fputc(',', export->to);
		print_json(export, export->head.dataset->channels[i]);
		fputc(':', export->to);
		if (isnan(row->values[i]))
			fputs("null", export->to);
		else
			print_value(export, row, i);
	}
	fputs("}\n", export->to);
}

enum alm_status export_take(void *to, const struct alm_scan_row *row, struct alm_error *err)
{
	const struct export *export = to;
	if (export->format == EXPORT_CSV)
		print_csv_row(export, row);
	else
		print_json_row(export, row);
	return check(export, err);
}
