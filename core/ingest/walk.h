/*
 * All rows of all files in order, given to a sink: the dataset, or what a dry run counts. Bad rows are skipped as far as
 * options allow. Internal to ingest.
 */
#ifndef ALM_INGEST_WALK_H
#define ALM_INGEST_WALK_H
#include "ingest/files.h"
#include "ingest/input.h"
#include "ingest/local.h"

struct alm_ingest {
	const struct alm_ingest_options *options; /* not owned */
	struct alm_files files;
	struct alm_input first; /* its rows can be walked once */
	struct alm_local_times local;
};

/* First member of what takes rows, which happens on a thread of its own while the next ones are read. */
struct alm_sink {
	/* Before the rows of each file, on the caller's thread. */
	enum alm_status (*begin)(
		struct alm_sink *sink, const struct alm_layout *layout, struct alm_error *err);
	/*
	 * Leaves the row's instant in the reading. ALM_BAD_DATA "file:line: ..." for a row that may be skipped; nothing has
	 * been taken of it then.
	 */
	enum alm_status (*take)(struct alm_sink *sink, const struct alm_layout *layout,
		struct alm_reading *reading, struct alm_error *err);
};

/*
 * Fills in the files, rows, missing values, first and last time of the summary, and its list of bad rows. ALM_BAD_DATA also
 * for a file without a good row; ALM_INTERRUPTED. err is not NULL.
 */
ALM_MUST_CHECK enum alm_status alm_walk(struct alm_ingest *ingest, struct alm_sink *sink,
	struct alm_reporter *reporter, struct alm_ingest_summary *summary, struct alm_error *err);

#endif
