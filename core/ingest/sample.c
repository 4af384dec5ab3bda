#include "ingest/sample.h"
#include <stdlib.h>
#include "ingest/row.h"

enum alm_status alm_sample_read(struct alm_sample *sample, struct alm_source *source, struct alm_error *err)
{
	struct alm_sample made = {.row = calloc(ALM_SAMPLE_ROWS, sizeof *made.row)};
	enum alm_status status = made.row ? ALM_OK : alm_fail_memory(err, ALM_SAMPLE_ROWS * sizeof *made.row);
	size_t n_bytes = 0;
	while (status == ALM_OK && made.n < ALM_SAMPLE_ROWS && n_bytes < ALM_SAMPLE_BYTES) {
		const struct alm_row *row;
		status = alm_source_next(source, &row, err);
		if (status != ALM_OK || !row)
			break;
		status = alm_row_copy(row, &made.row[made.n], err);
		made.n += status == ALM_OK;
		n_bytes += alm_row_bytes(row);
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
