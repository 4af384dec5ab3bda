#include "base/aside.h"
#include <pthread.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include "base/pool.h"

struct alm_aside {
	bool alone; /* there is no thread */
	pthread_t thread;
	pthread_mutex_t mutex; /* guards all below */
	pthread_cond_t changed;
	bool stop;
	alm_aside_work *work; /* NULL = none, or it is done */
	void *job;
};

static void *help(void *argument)
{
	struct alm_aside *aside = argument;
	pthread_mutex_lock(&aside->mutex);
	while (!aside->stop) {
		if (!aside->work) {
			pthread_cond_wait(&aside->changed, &aside->mutex);
			continue;
		}
		alm_aside_work *work = aside->work;
		void *job = aside->job;
		pthread_mutex_unlock(&aside->mutex);
		work(job);
		pthread_mutex_lock(&aside->mutex);
		aside->work = NULL;
		pthread_cond_signal(&aside->changed);
	}
	pthread_mutex_unlock(&aside->mutex);
	return NULL;
}

/* A thread takes over the signals that are blocked where it is started. */
static int start(struct alm_aside *aside)
{
	sigset_t all, before;
	sigfillset(&all);
	pthread_sigmask(SIG_SETMASK, &all, &before);
	int code = pthread_create(&aside->thread, NULL, help, aside);
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return code;
}

static void destroy(struct alm_aside *aside)
{
	pthread_mutex_destroy(&aside->mutex);
	pthread_cond_destroy(&aside->changed);
	free(aside);
}

enum alm_status alm_aside_new(struct alm_aside **out, struct alm_error *err)
{
	struct alm_aside *aside = calloc(1, sizeof *aside);
	if (!aside)
		return alm_fail_memory(err, sizeof *aside);
	aside->alone = alm_pool_processors() == 1;
	pthread_mutex_init(&aside->mutex, NULL);
	pthread_cond_init(&aside->changed, NULL);
	int code = aside->alone ? 0 : start(aside);
	if (code != 0) {
		destroy(aside);
		return alm_fail(err, ALM_NO_MEMORY, "cannot start a second thread: %s", strerror(code));
	}
	*out = aside;
	return ALM_OK;
}

void alm_aside_begin(struct alm_aside *aside, alm_aside_work *work, void *job)
{
	if (aside->alone) {
		work(job);
		return;
	}
	pthread_mutex_lock(&aside->mutex);
	aside->work = work;
	aside->job = job;
	pthread_cond_signal(&aside->changed);
	pthread_mutex_unlock(&aside->mutex);
}

void alm_aside_wait(struct alm_aside *aside)
{
	pthread_mutex_lock(&aside->mutex);
	while (aside->work)
		pthread_cond_wait(&aside->changed, &aside->mutex);
	pthread_mutex_unlock(&aside->mutex);
}

void alm_aside_free(struct alm_aside *aside)
{
	if (!aside)
		return;
	alm_aside_wait(aside);
	pthread_mutex_lock(&aside->mutex);
	aside->stop = true;
	pthread_cond_signal(&aside->changed);
	pthread_mutex_unlock(&aside->mutex);
	if (!aside->alone)
		pthread_join(aside->thread, NULL);
	destroy(aside);
}
