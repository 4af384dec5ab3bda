#include "ingest/source.h"
#include <string.h>

static const struct alm_source_kind *const kinds[] = {
#define SOURCE(name) &alm_source_##name,
#include "ingest/source.def"
#undef SOURCE
};

#define N_KINDS (sizeof kinds / sizeof *kinds)

static const struct alm_source_kind *recognise(const char *path, const struct alm_lines *lines)
{
	const char *head, *slash = strrchr(path, '/');
	size_t n = alm_lines_peek(lines, &head), kind = 0;
	while (kind + 1 < N_KINDS && !kinds[kind]->claims(slash ? slash + 1 : path, head, n))
		kind++;
	return kinds[kind];
}

enum alm_status alm_source_open(
	const struct alm_source_options *options, struct alm_source **out, struct alm_error *err)
{
	struct alm_lines *lines = NULL;
	struct alm_source *source = NULL;
	enum alm_status status = alm_lines_open(options->path, options->encoding, &lines, err);
	if (status != ALM_OK)
		return status;
	const struct alm_source_kind *kind = recognise(options->path, lines);
	status = kind->open(lines, options, &source, err);
	if (status != ALM_OK) {
		alm_lines_close(lines);
		return status;
	}
	source->kind = kind;
	source->lines = lines;
	*out = source;
	return ALM_OK;
}

void alm_source_close(struct alm_source *source)
{
	if (!source)
		return;
	struct alm_lines *lines = source->lines;
	source->kind->close(source);
	alm_lines_close(lines);
}

const char *alm_source_name(const struct alm_source *source)
{
	return alm_lines_name(source->lines);
}

enum alm_status alm_source_next(struct alm_source *source, const struct alm_row **row, struct alm_error *err)
{
	return source->kind->next(source, row, err);
}
