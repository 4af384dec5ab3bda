#include "out/ingest.h"
#include <stdlib.h>
#include <string.h>
#include "out/out.h"
#include "out/text.h"
#include "time/timestamp.h"

static const char *count(uint64_t value, char out[static TEXT_NUMBER])
{
	return text_count((int64_t)value, out);
}

void out_ingest_text(FILE *to, const struct alm_ingest_summary *summary)
{
	char a[TEXT_NUMBER], b[TEXT_NUMBER], c[TEXT_NUMBER];
	char first[ALM_TIME_TEXT], last[ALM_TIME_TEXT];
	char *dataset = text_escaped(summary->dataset), *column = text_escaped(summary->time_column);
	char *format = text_escaped(summary->time_format);
	fprintf(to, "dataset   %s%s, %d channel%s, %d series\n", dataset ? dataset : "?",
		summary->created ? " (new)" : "", summary->n_channels, summary->n_channels == 1 ? "" : "s",
		summary->n_series);
	if (summary->n_files > 1)
		fprintf(to, "files     %d\n", summary->n_files);
	if (summary->n_rows > 0)
		fprintf(to, "time      %s to %s (%s %s, %s)\n", alm_time_print(summary->first_ms, first),
			alm_time_print(summary->last_ms, last),
			strchr(summary->time_column, ' ') ? "time" : "column", column ? column : "?",
			format ? format : "?");
	fprintf(to, "rows      %s read in %s", count(summary->n_rows, a), text_seconds(summary->seconds, b));
	if (summary->seconds > 0)
		fprintf(to, ", %s a second",
			text_count((int64_t)((double)summary->n_rows / summary->seconds), c));
	fprintf(to, "\n          %s new, %s changed, %s as they were\n", count(summary->n_inserted, a),
		count(summary->n_updated, b), count(summary->n_unchanged, c));
	if (summary->n_duplicates + summary->n_nulls + summary->n_skipped > 0)
		fprintf(to, "          %s of a time seen before, %s values missing, %s rows skipped\n",
			count(summary->n_duplicates, a), count(summary->n_nulls, b),
			count(summary->n_skipped, c));
	free(dataset);
	free(column);
	free(format);
}

enum alm_status out_ingest_json(FILE *to, const struct alm_ingest_summary *summary, struct alm_error *err)
{
	struct alm_json *json;
	char first[ALM_TIME_TEXT], last[ALM_TIME_TEXT];
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	bool any = summary->n_rows > 0;
	alm_json_object(json, NULL);
	alm_json_text(json, "dataset", summary->dataset);
	alm_json_bool(json, "created", summary->created);
	alm_json_integer(json, "files", summary->n_files);
	alm_json_integer(json, "channels", summary->n_channels);
	alm_json_integer(json, "series", summary->n_series);
	alm_json_integer(json, "rows", (int64_t)summary->n_rows);
	alm_json_integer(json, "inserted", (int64_t)summary->n_inserted);
	alm_json_integer(json, "updated", (int64_t)summary->n_updated);
	alm_json_integer(json, "unchanged", (int64_t)summary->n_unchanged);
	alm_json_integer(json, "duplicates", (int64_t)summary->n_duplicates);
	alm_json_integer(json, "nulls", (int64_t)summary->n_nulls);
	alm_json_integer(json, "skipped", (int64_t)summary->n_skipped);
	alm_json_text(json, "first", any ? alm_time_print(summary->first_ms, first) : NULL);
	alm_json_text(json, "last", any ? alm_time_print(summary->last_ms, last) : NULL);
	alm_json_text(json, "time_column", summary->time_column);
	alm_json_text(json, "time_format", summary->time_format);
	alm_json_real(json, "seconds", summary->seconds);
	alm_json_array(json, "bad");
	for (int i = 0; i < summary->n_bad; i++)
		alm_json_text(json, NULL, summary->bad[i]);
	alm_json_close(json);
	alm_json_close(json);
	status = out_json_text(to, json, err);
	alm_json_free(json);
	return status;
}
