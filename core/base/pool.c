#include "base/pool.h"
#include <pthread.h>
#include <sched.h>
#include <stdbool.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#define THREADS_MAX 256

/* Looks at a counter this often before going to sleep: a training step waits some tens of microseconds. */
#define SPINS 4000

struct helper {
	struct alm_pool *pool;
	int worker;
	pthread_t thread;
};

struct alm_pool {
	int n_threads, spins;
	struct helper *helpers; /* [n_threads - 1]; owned */
	pthread_mutex_t mutex;  /* guards sleeping, not the tasks */
	pthread_cond_t work_there, all_done;
	atomic_uint_fast64_t round; /* counts runs; a change wakes the helpers */
	atomic_int n_running;       /* helpers still in this round */
	atomic_int next_task;
	bool stop; /* read after a change of round */
	int n_tasks;
	alm_task *run;
	void *job;
};

static inline void relax(void)
{
#if defined(__x86_64__) || defined(__i386__)
	__builtin_ia32_pause();
#endif
}

static void take_tasks(struct alm_pool *pool, int worker)
{
	int task;
	while ((task = atomic_fetch_add(&pool->next_task, 1)) < pool->n_tasks)
		pool->run(pool->job, task, worker);
}

/* Waits until the round is not `seen` any more and returns the new one. */
static uint_fast64_t await_round(struct alm_pool *pool, uint_fast64_t seen)
{
	for (int spin = 0; spin < pool->spins; spin++) {
		uint_fast64_t round = atomic_load(&pool->round);
		if (round != seen)
			return round;
		relax();
	}
	pthread_mutex_lock(&pool->mutex);
	while (atomic_load(&pool->round) == seen)
		pthread_cond_wait(&pool->work_there, &pool->mutex);
	pthread_mutex_unlock(&pool->mutex);
	return atomic_load(&pool->round);
}

static void leave_round(struct alm_pool *pool)
{
	if (atomic_fetch_sub(&pool->n_running, 1) != 1)
		return;
	pthread_mutex_lock(&pool->mutex);
	pthread_cond_signal(&pool->all_done);
	pthread_mutex_unlock(&pool->mutex);
}

static void *help(void *argument)
{
	struct helper *helper = argument;
	struct alm_pool *pool = helper->pool;
	uint_fast64_t seen = 0;
	for (;;) {
		seen = await_round(pool, seen);
		if (pool->stop)
			return NULL;
		take_tasks(pool, helper->worker);
		leave_round(pool);
	}
}

/* Begins a round for all helpers; what they read of the pool has been written before. */
static void begin_round(struct alm_pool *pool)
{
	pthread_mutex_lock(&pool->mutex);
	atomic_fetch_add(&pool->round, 1);
	pthread_cond_broadcast(&pool->work_there);
	pthread_mutex_unlock(&pool->mutex);
}

static void await_helpers(struct alm_pool *pool)
{
	for (int spin = 0; spin < pool->spins; spin++) {
		if (atomic_load(&pool->n_running) == 0)
			return;
		relax();
	}
	pthread_mutex_lock(&pool->mutex);
	while (atomic_load(&pool->n_running) > 0)
		pthread_cond_wait(&pool->all_done, &pool->mutex);
	pthread_mutex_unlock(&pool->mutex);
}

void alm_pool_run(struct alm_pool *pool, int n_tasks, alm_task *run, void *job)
{
	if (pool->n_threads == 1 || n_tasks <= 1) {
		for (int task = 0; task < n_tasks; task++)
			run(job, task, 0);
		return;
	}
	pool->run = run;
	pool->job = job;
	pool->n_tasks = n_tasks;
	atomic_store(&pool->next_task, 0);
	atomic_store(&pool->n_running, pool->n_threads - 1);
	begin_round(pool);
	take_tasks(pool, 0);
	await_helpers(pool);
}

/* Ends the first n helpers. */
static void join(struct alm_pool *pool, int n)
{
	pool->stop = true;
	begin_round(pool);
	for (int i = 0; i < n; i++)
		pthread_join(pool->helpers[i].thread, NULL);
}

static void destroy(struct alm_pool *pool)
{
	pthread_mutex_destroy(&pool->mutex);
	pthread_cond_destroy(&pool->work_there);
	pthread_cond_destroy(&pool->all_done);
	free(pool->helpers);
	free(pool);
}

enum alm_status alm_pool_new(int n_threads, struct alm_pool **out, struct alm_error *err)
{
	if (n_threads < 1 || n_threads > THREADS_MAX)
		return alm_fail(
			err, ALM_USAGE, "--threads: expected 1..%d, found %d", THREADS_MAX, n_threads);
	struct alm_pool *pool = calloc(1, sizeof *pool);
	struct helper *helpers = calloc((size_t)n_threads, sizeof *helpers);
	if (!pool || !helpers) {
		free(pool);
		free(helpers);
		return alm_fail_memory(err, (size_t)n_threads * sizeof *helpers);
	}
	pool->n_threads = n_threads;
	pool->spins = n_threads <= alm_pool_processors() ? SPINS : 0;
	pool->helpers = helpers;
	pthread_mutex_init(&pool->mutex, NULL);
	pthread_cond_init(&pool->work_there, NULL);
	pthread_cond_init(&pool->all_done, NULL);
	for (int i = 0; i < n_threads - 1; i++) {
		helpers[i] = (struct helper){.pool = pool, .worker = i + 1};
		int code = pthread_create(&helpers[i].thread, NULL, help, &helpers[i]);
		if (code != 0) {
			join(pool, i);
			destroy(pool);
			return alm_fail(err, ALM_NO_MEMORY,
				"cannot start thread %d of %d: %s; use fewer --threads", i + 2, n_threads,
				strerror(code));
		}
	}
	*out = pool;
	return ALM_OK;
}

int alm_pool_threads(const struct alm_pool *pool)
{
	return pool->n_threads;
}

void alm_pool_free(struct alm_pool *pool)
{
	if (!pool)
		return;
	join(pool, pool->n_threads - 1);
	destroy(pool);
}

int alm_pool_processors(void)
{
	cpu_set_t set;
	if (sched_getaffinity(0, sizeof set, &set) != 0)
		return 1;
	int n = CPU_COUNT(&set);
	return n > 0 ? n : 1;
}
