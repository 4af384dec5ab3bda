#ifndef ALM_RUN_CELL_NEW_H
#define ALM_RUN_CELL_NEW_H
#include <limits.h>
#include "base/status.h"
#include "cell/cell.h"

/* almanac cell new: the files of a cell that works, from templates/cell/. */
#define ALM_CELL_FILES_MAX 4
struct alm_cell_new_request {
	const char *name; /* of the cell */
	const char
		*folder; /* made when it is not there; NULL = called as the cell, in the working directory */
};
struct alm_cell_new_result {
	char folder[PATH_MAX]; /* as given */
	int n_files;
	char files[ALM_CELL_FILES_MAX][ALM_CELL_NAME + 8]; /* names in the folder, what to edit first */
};
/* Overwrites nothing; on error nothing is left behind. ALM_CANT_CREATE: a file is there already, or no folder can be. */
ALM_MUST_CHECK enum alm_status alm_run_cell_new(
	const struct alm_cell_new_request *request, struct alm_cell_new_result *out, struct alm_error *err);

#endif
