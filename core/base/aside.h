/*
 * One thread beside the caller's that does pieces of work in the order in which they are begun, while the caller makes the
 * next ones ready. Signals are left to the caller's thread.
 */
#ifndef ALM_BASE_ASIDE_H
#define ALM_BASE_ASIDE_H
#include "base/status.h"

struct alm_aside;

#define ALM_ASIDE_MOST 8 /* pieces that are begun and not done */

/* The work, which must share with the caller only what neither changes until alm_aside_wait has told that it is done. */
typedef void alm_aside_work(void *job);

/* With one processor no thread is started, and work is done as it begins. ALM_NO_MEMORY. */
ALM_MUST_CHECK enum alm_status alm_aside_new(struct alm_aside **out, struct alm_error *err);

/* Begins, when what was begun before is done; waits while ALM_ASIDE_MOST are not. */
void alm_aside_begin(struct alm_aside *aside, alm_aside_work *work, void *job);

/* Returns when all but the last `most` that were begun are done; 0 = all. */
void alm_aside_wait(struct alm_aside *aside, int most);

/* Waits for all and ends the thread. NULL is fine. */
void alm_aside_free(struct alm_aside *aside);

#endif
