/*
 * The process that runs a cell, and nothing but it: closes itself off, loads the cell, and puts it through every check.
 * Whoever started it (check/watch.h) reads what it found, and must expect it to end in any way.
 */
#ifndef ALM_CHECK_CHILD_H
#define ALM_CHECK_CHILD_H
#include <stdint.h>

/* The open descriptors it starts with. Standard input is empty, standard output and error are one pipe. */
enum alm_child_fd {
	ALM_CHILD_LOG = 3,  /* where records are written */
	ALM_CHILD_CELL = 4, /* the cell's file */
	ALM_CHILD_PEER = 5, /* the file of a cell to compare its speed with; closed = none */
};

#define ALM_CHILD_NO_SANDBOX 71 /* exit code: the cell was not loaded; the last record says why */

struct alm_child_options {
	const char *shown; /* the file's own name, "gru.so" */
	uint64_t seed;     /* of the first round of checks */
	int n_seeds;       /* rounds, each with the next seed */
	int seconds;       /* limit on processor time of all threads together */
};

/* Never returns. */
_Noreturn void alm_check_child(const struct alm_child_options *options);

#endif
