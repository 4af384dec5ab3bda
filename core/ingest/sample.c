#include "ingest/sample.h"
#include <stdlib.h>
#include <string.h>

/* Memory for a copy of a row. */
static size_t row_bytes(const struct alm_csv_row *row)
{
	size_t n_bytes = sizeof *row;
	for (int i = 0; i < row->n; i++)
		n_bytes += sizeof(char *) + sizeof(size_t) + row->length[i] + 1;
	return n_bytes;
}

enum alm_status alm_row_copy(const struct alm_csv_row *row, struct alm_csv_row **out, struct alm_error *err)
{
	size_t n = (size_t)row->n;
	struct alm_csv_row *copy = malloc(row_bytes(row));
	if (!copy)
		return alm_fail_memory(err, row_bytes(row));
	const char **field = (const char **)(copy + 1);
	size_t *length = (size_t *)(field + n);
	char *text = (char *)(length + n);
	for (size_t i = 0; i < n; i++) {
		memcpy(text, row->field[i], row->length[i] + 1);
		field[i] = text;
		length[i] = row->length[i];
		text += row->length[i] + 1;
	}
	*copy = (struct alm_csv_row){row->n, field, length, row->line};
	*out = copy;
	return ALM_OK;
}

enum alm_status alm_sample_read(struct alm_sample *sample, struct alm_csv *csv, struct alm_error *err)
{
	struct alm_sample made = {.row = calloc(ALM_SAMPLE_ROWS, sizeof *made.row)};
	enum alm_status status = made.row ? ALM_OK : alm_fail_memory(err, ALM_SAMPLE_ROWS * sizeof *made.row);
	size_t n_bytes = 0;
	while (status == ALM_OK && made.n < ALM_SAMPLE_ROWS && n_bytes < ALM_SAMPLE_BYTES) {
		const struct alm_csv_row *row;
		status = alm_csv_next(csv, &row, err);
		if (status != ALM_OK || !row)
			break;
		status = alm_row_copy(row, &made.row[made.n], err);
		made.n += status == ALM_OK;
		n_bytes += row_bytes(row);
	}
	if (status == ALM_OK)
		*sample = made;
	else
		alm_sample_release(&made);
	return status;
}

void alm_sample_release(struct alm_sample *sample)
{
	for (int i = 0; i < sample->n; i++)
		free(sample->row[i]);
	free(sample->row);
	*sample = (struct alm_sample){0};
}
