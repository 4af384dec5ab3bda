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
	struct piece {
		alm_aside_work *work;
		void *job;
	} queue[ALM_ASIDE_MOST]; /* a ring */
	int first, n;            /* those that are not done, the first of them perhaps being worked on */
};

static void *help(void *argument)
{
	struct alm_aside *aside = argument;
	pthread_mutex_lock(&aside->mutex);
	while (!aside->stop || aside->n > 0) {
		if (aside->n == 0) {
			pthread_cond_wait(&aside->changed, &aside->mutex);
			continue;
		}
		struct piece piece = aside->queue[aside->first];
		pthread_mutex_unlock(&aside->mutex);
		piece.work(piece.job);
		pthread_mutex_lock(&aside->mutex);
		aside->first = (aside->first + 1) % ALM_ASIDE_MOST;
		aside->n--;
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
	alm_aside_wait(aside, ALM_ASIDE_MOST - 1);
	pthread_mutex_lock(&aside->mutex);
	aside->queue[(aside->first + aside->n) % ALM_ASIDE_MOST] = (struct piece){work, job};
	aside->n++;
	pthread_cond_signal(&aside->changed);
	pthread_mutex_unlock(&aside->mutex);
}

void alm_aside_wait(struct alm_aside *aside, int most)
{
	pthread_mutex_lock(&aside->mutex);
	while (aside->n > most)
		pthread_cond_wait(&aside->changed, &aside->mutex);
	pthread_mutex_unlock(&aside->mutex);
}

void alm_aside_free(struct alm_aside *aside)
{
	if (!aside)
		return;
	pthread_mutex_lock(&aside->mutex);
	aside->stop = true;
	pthread_cond_signal(&aside->changed);
	pthread_mutex_unlock(&aside->mutex);
	if (!aside->alone)
		pthread_join(aside->thread, NULL);
	destroy(aside);
}
