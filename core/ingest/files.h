/* The files that the user's paths and patterns name. Internal to ingest. */
#ifndef ALM_INGEST_FILES_H
#define ALM_INGEST_FILES_H
#include "base/status.h"

struct alm_files {
	int n, room;
	char **path; /* [n]; owned */
};

/*
 * A path that is there, or "-", is itself; any other with *, ? or [ in it is a pattern (glob(7)) for files, in the order of
 * their names. ALM_NO_INPUT: a path that is not there, a pattern without a file; ALM_USAGE: standard input twice. Release.
 */
ALM_MUST_CHECK enum alm_status alm_files_find(
	struct alm_files *files, const char *const *paths, int n_paths, struct alm_error *err);
void alm_files_release(struct alm_files *files);

#endif
