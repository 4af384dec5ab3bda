/*
 * The pool's threads, for ThreadSanitizer: rounds back to back, rounds after a pause that puts the helpers to
 * sleep, more threads than processors, and pools that end while their helpers have just begun. What tasks write
 * without atomics must be seen by the caller after the run, and by the tasks of the next one.
 */
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include "base/pool.h"

enum { N_TASKS = 37, N_ROUNDS = 2000 };

struct job {
	long sums[N_TASKS]; /* task i adds to its neighbour's as the round before left it */
	long before[N_TASKS];
};

static void add(void *data, int task, int worker)
{
	struct job *job = data;
	(void)worker;
	job->sums[task] = job->before[(task + 1) % N_TASKS] + 1;
}

static void rest(int round)
{
	if (round % 500 == 0)
		nanosleep(&(struct timespec){.tv_nsec = 5000000}, NULL);
}

static int fails(int n_threads)
{
	struct alm_pool *pool;
	struct job job = {0};
	int n_wrong = 0;
	if (alm_pool_new(n_threads, &pool, NULL) != ALM_OK)
		return 1;
	for (int round = 0; round < N_ROUNDS; round++) {
		rest(round);
		alm_pool_run(pool, N_TASKS, add, &job);
		for (int task = 0; task < N_TASKS; task++) {
			n_wrong += job.sums[task] != round + 1;
			job.before[task] = job.sums[task];
		}
	}
	alm_pool_free(pool);
	return n_wrong;
}

static int fails_when_short_lived(void)
{
	for (int i = 0; i < 200; i++) {
		struct alm_pool *pool;
		struct job job = {0};
		if (alm_pool_new(1 + i % 4, &pool, NULL) != ALM_OK)
			return 1;
		if (i % 2)
			alm_pool_run(pool, N_TASKS, add, &job);
		alm_pool_free(pool);
	}
	return 0;
}

int main(void)
{
	for (int n_threads = 1; n_threads <= 5; n_threads++) {
		int n_wrong = fails(n_threads);
		if (n_wrong) {
			printf("%d threads: %d sums are wrong\n", n_threads, n_wrong);
			return EXIT_FAILURE;
		}
	}
	return fails_when_short_lived() ? EXIT_FAILURE : EXIT_SUCCESS;
}
