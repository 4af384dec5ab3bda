#include "ingest/input.h"
#include <stdlib.h>
#include "ingest/row.h"

static enum alm_status read_header(struct alm_input *input, struct alm_error *err)
{
	const struct alm_row *row;
	enum alm_status status = alm_source_next(input->source, &row, err);
	if (status != ALM_OK)
		return status;
	if (!row)
		return alm_fail(err, ALM_BAD_DATA, "'%s' is empty", alm_source_name(input->source));
	return alm_row_copy(row, &input->header, err);
}

enum alm_status alm_input_open(struct alm_input *input, const struct alm_ingest_options *options,
	const char *path, const struct alm_layout *first, struct alm_error *err)
{
	struct alm_input made = {0};
	struct alm_source_options source = {.path = path,
		.encoding = options->encoding,
		.delimiter = options->delimiter,
		.no_header = options->no_header};
	enum alm_status status = alm_source_open(&source, &made.source, err);
	if (status == ALM_OK && !options->no_header)
		status = read_header(&made, err);
	if (status == ALM_OK)
		status = alm_sample_read(&made.sample, made.source, err);
	if (status == ALM_OK && made.sample.n == 0)
		status = alm_fail(err, ALM_BAD_DATA,
			made.header ? "'%s' has a header and no rows" : "'%s' is empty",
			alm_source_name(made.source));
	if (status == ALM_OK) {
		struct alm_layout_of of = {alm_source_name(made.source), made.header, &made.sample, first};
		status = alm_layout_find(&made.layout, options, &of, err);
	}
	if (status == ALM_OK)
		*input = made;
	else
		alm_input_close(&made);
	return status;
}

void alm_input_close(struct alm_input *input)
{
	alm_layout_release(&input->layout);
	alm_sample_release(&input->sample);
	free(input->header);
	alm_source_close(input->source);
	*input = (struct alm_input){0};
}

enum alm_status alm_input_next(struct alm_input *input, const struct alm_row **row, struct alm_error *err)
{
	if (input->sample_at == input->sample.n)
		return alm_source_next(input->source, row, err);
	*row = input->sample.row[input->sample_at++];
	return ALM_OK;
}
