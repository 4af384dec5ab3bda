#include <errno.h>
#include <stdlib.h>
#include "out/out.h"

enum alm_status out_json_text(FILE *to, struct alm_json *json, struct alm_error *err)
{
	const char *text;
	enum alm_status status = alm_json_finish(json, &text, err);
	if (status == ALM_OK)
		fprintf(to, "%s\n", text);
	return status;
}

/* A number of a numeric column stays the number it was. */
static void add_number(struct alm_json *json, const char *key, const char *text)
{
	char *end;
	errno = 0;
	long long whole = strtoll(text, &end, 10);
	if (*end == '\0' && errno == 0)
		alm_json_integer(json, key, whole);
	else
		alm_json_real(json, key, strtod(text, NULL));
}

static void add_row(struct alm_json *json, const struct alm_text_table *rows, int row)
{
	alm_json_object(json, NULL);
	for (int i = 0; i < rows->n_columns; i++) {
		const char *cell = rows->cells[(size_t)row * (size_t)rows->n_columns + (size_t)i];
		if (cell && rows->numeric[i])
			add_number(json, rows->columns[i], cell);
		else
			alm_json_text(json, rows->columns[i], cell);
	}
	alm_json_close(json);
}

enum alm_status out_json(
	FILE *to, const char *title, const struct alm_text_table *rows, struct alm_error *err)
{
	struct alm_json *json;
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(json, NULL);
	alm_json_array(json, title);
	for (int i = 0; i < rows->n_rows; i++)
		add_row(json, rows, i);
	alm_json_close(json);
	alm_json_close(json);
	status = out_json_text(to, json, err);
	alm_json_free(json);
	return status;
}
