/*
 * Signal handlers of the process that runs a cell: a system call that the sandbox refuses, or a crash, becomes a finding
 * that says in which phase, what was tried, or which buffer was overrun; then the process ends. One log a process.
 */
#ifndef ALM_CHECK_TRAP_H
#define ALM_CHECK_TRAP_H
#include "base/pool.h"
#include "base/status.h"
#include "probe/log.h"

#define ALM_TRAP_EXIT  3 /* exit code of a process whose handler wrote the last record */
#define ALM_DOORS_MAX  2
#define ALM_TRAP_CALLS 512 /* system calls with a larger number have no name */

/*
 * An open library that the dynamic loader may map. Its openat of `path` is refused by the sandbox like every other, and
 * answered by the handler with `fd`: so no file is ever opened, whatever is asked for.
 */
struct alm_door {
	int fd;
	char path[32]; /* "/proc/self/fd/4" */
};

struct alm_trap_options {
	struct alm_check_log *log; /* must live until the process ends */
	struct alm_door doors[ALM_DOORS_MAX];
	int n_doors;
	struct alm_pool *pool;        /* whose threads get a stack for the handlers */
	const char (*call_names)[24]; /* [ALM_TRAP_CALLS]; must live as well */
};

/* Installs the handlers, each with a stack of its own on every thread. ALM_NO_MEMORY. */
ALM_MUST_CHECK enum alm_status alm_trap_init(const struct alm_trap_options *options, struct alm_error *err);

/* From now on what is let pass is put down to the cell: not what the cell to compare with did before. */
void alm_trap_begin(void);

/*
 * Writes what the handlers let pass, because it says more once it has come to its end: signals blocked, other libraries
 * looked for. Passed when there was none.
 */
void alm_trap_report(void);

#endif
