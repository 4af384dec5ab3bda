/*
 * A fixed set of threads that share out numbered tasks. Which worker gets which task is not defined; what a
 * task computes must not depend on it. One run at a time per pool.
 */
#ifndef ALM_BASE_POOL_H
#define ALM_BASE_POOL_H
#include "base/status.h"

struct alm_pool;

/* One task of a run: `task` counts from 0, `worker` is below alm_pool_threads and owned until return. */
typedef void alm_task(void *job, int task, int worker);

/* Starts n_threads - 1 threads (the caller is worker 0). n_threads 1..256, else ALM_USAGE. */
ALM_MUST_CHECK enum alm_status alm_pool_new(int n_threads, struct alm_pool **out, struct alm_error *err);

/* Runs tasks 0..n_tasks-1 and returns when all are done. Allocates nothing. */
void alm_pool_run(struct alm_pool *pool, int n_tasks, alm_task *run, void *job);

int alm_pool_threads(const struct alm_pool *pool);

/* Joins the threads. NULL is fine. */
void alm_pool_free(struct alm_pool *pool);

/* Processors this process may use (sched_getaffinity), at least 1. */
int alm_pool_processors(void);

#endif
