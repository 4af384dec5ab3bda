/*
 * Closes the process that runs a cell: from then on it may compute, have some memory and write what it found, and nothing
 * else. Three walls: limits of the kernel, no rights on any file (Landlock), and a list of the few system calls that are
 * allowed (seccomp); every other is a SIGSYS, which check/trap.h turns into a finding.
 */
#ifndef ALM_CHECK_SANDBOX_H
#define ALM_CHECK_SANDBOX_H
#include "base/status.h"
#include "check/trap.h"

#define ALM_SANDBOX_BYTES ((size_t)1 << 30) /* address space that a cell may use on top of what is there */

/* Names of this processor's system calls, for the handlers, which must not ask a library. */
void alm_sandbox_call_names(char names[static ALM_TRAP_CALLS][24]);

/*
 * Gives up all rights on files, for this thread and those it starts. Returns the version of Landlock, 0 = this kernel has
 * none; then only the other two walls stand.
 */
int alm_sandbox_leave_files(void);

/*
 * The other two walls, for all threads, for good. The log's descriptor and the standard output and error can be written
 * to, the doors read and mapped; seconds is of processor time. ALM_NO_SANDBOX when the system has no seccomp.
 */
ALM_MUST_CHECK enum alm_status alm_sandbox_close(
	const struct alm_trap_options *options, int seconds, struct alm_error *err);

#endif
