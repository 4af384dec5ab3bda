/*
 * What a check of a cell finds, as the process that runs the cell tells it: a record for every check that passed
 * or failed, and before each the phase that begins, so that a process that dies is known to have died in it. Records
 * are of fixed size and written with one call each, so that a reader never sees half of one.
 */
#ifndef ALM_PROBE_LOG_H
#define ALM_PROBE_LOG_H
#include <stdint.h>

enum alm_check_kind {
	ALM_CHECK_PHASE,  /* `name` begins */
	ALM_CHECK_PASSED, /* `name` holds; detail says over what it was tried */
	ALM_CHECK_FAILED, /* `name` does not; detail says where, expected and found; advice the likely cause */
	ALM_CHECK_FACT,   /* `name` is `detail`: facts of the cell and figures, neither good nor bad */
	ALM_CHECK_END,    /* the process has done all it wanted to */
};

/* Texts are one line each, lower case, without a full stop. */
struct alm_check_record {
	int32_t kind;
	char name[64];    /* "backward: d_pre of gate f" */
	char detail[320]; /* "units 5, row 1, unit 3: expected 0.125, found -0.125" */
	char advice[200]; /* "wrong sign" ... ""; only of what failed */
};

struct alm_check_log {
	int fd;                        /* a pipe; -1 = nowhere */
	int n_failed;                  /* records of that kind so far */
	struct alm_check_record phase; /* the last that began */
};

/* The phase that begins, for the eye of who reads that the process died: "backward, units 5". */
void alm_check_phase(struct alm_check_log *log, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

void alm_check_passed(struct alm_check_log *log, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* advice may be "". Safe in a signal handler as long as the format has no %f and the like. */
void alm_check_failed(struct alm_check_log *log, const char *name, const char *advice, const char *format,
	...) __attribute__((format(printf, 4, 5)));

void alm_check_fact(struct alm_check_log *log, const char *name, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

void alm_check_end(struct alm_check_log *log);

#endif
