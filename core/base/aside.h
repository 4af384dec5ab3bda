/*
 * One thread beside the caller's that does one piece of work at a time: what comes next is made ready while what came before
 * is worked on. Signals are left to the caller's thread.
 */
#ifndef ALM_BASE_ASIDE_H
#define ALM_BASE_ASIDE_H
#include "base/status.h"

struct alm_aside;

/* The work, which must share with the caller only what neither changes until alm_aside_wait has returned. */
typedef void alm_aside_work(void *job);

/* With one processor no thread is started, and work is done as it begins. ALM_NO_MEMORY. */
ALM_MUST_CHECK enum alm_status alm_aside_new(struct alm_aside **out, struct alm_error *err);

/* Begins; the work before has been waited for. */
void alm_aside_begin(struct alm_aside *aside, alm_aside_work *work, void *job);

/* Returns when the work is done; at once when there is none. */
void alm_aside_wait(struct alm_aside *aside);

/* Waits and ends the thread. NULL is fine. */
void alm_aside_free(struct alm_aside *aside);

#endif
