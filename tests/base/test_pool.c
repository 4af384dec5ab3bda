#include <criterion/criterion.h>
#include <stdatomic.h>
#include <string.h>
#include "base/pool.h"

enum { N = 1000 };

struct job {
	atomic_int times[N];
	int n_threads;
	atomic_int bad_worker;
};

static void count(void *data, int task, int worker)
{
	struct job *job = data;
	atomic_fetch_add(&job->times[task], 1);
	if (worker < 0 || worker >= job->n_threads)
		atomic_store(&job->bad_worker, 1);
}

Test(pool, every_task_runs_once_in_every_run)
{
	for (int threads = 1; threads <= 5; threads++) {
		struct alm_pool *pool;
		static struct job job;
		memset(&job, 0, sizeof job);
		job.n_threads = threads;
		cr_assert_eq(alm_pool_new(threads, &pool, NULL), ALM_OK);
		cr_assert_eq(alm_pool_threads(pool), threads);
		for (int run = 0; run < 50; run++)
			alm_pool_run(pool, run % 2 ? N : 3, count, &job);
		for (int task = 0; task < N; task++)
			cr_assert_eq(atomic_load(&job.times[task]), task < 3 ? 50 : 25, "task %d", task);
		cr_assert_eq(atomic_load(&job.bad_worker), 0);
		alm_pool_free(pool);
	}
}

Test(pool, no_task_is_fine)
{
	struct alm_pool *pool;
	cr_assert_eq(alm_pool_new(2, &pool, NULL), ALM_OK);
	alm_pool_run(pool, 0, count, NULL);
	alm_pool_free(pool);
	alm_pool_free(NULL);
}

Test(pool, a_number_of_threads_that_cannot_be_is_refused)
{
	struct alm_pool *pool = NULL;
	struct alm_error err;
	cr_assert_eq(alm_pool_new(0, &pool, &err), ALM_USAGE);
	cr_assert_eq(alm_pool_new(257, &pool, &err), ALM_USAGE);
	cr_assert(strstr(err.text, "257"));
	cr_assert_geq(alm_pool_processors(), 1);
}
