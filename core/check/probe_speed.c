/* How long a training step of a layer takes with the cell, and with another: medians of turns that alternate. */
#include <stdio.h>
#include <time.h>
#include "check/probe.h"
#include "check/rig.h"

static const struct alm_rig_shape shape = {.inputs = 64, .units = 64, .steps = 24, .rows = 32};
enum { MOST_TURNS = 25 };
static const double budget_s = 0.2; /* of both cells together */

static double now_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double turn_s(struct alm_rig *rig)
{
	double begin = now_s();
	alm_rig_forward(rig, 0, shape.rows, rig->out);
	alm_rig_backward(rig);
	return now_s() - begin;
}

/* Keeps a rising order. */
static void insert(double times[MOST_TURNS], int n, double time)
{
	int at = n;
	for (; at > 0 && times[at - 1] > time; at--)
		times[at] = times[at - 1];
	times[at] = time;
}

/* Medians of both; the first turn of each only warms the caches. */
static void time_both(struct alm_rig *rig, struct alm_rig *peer, double *median_s, double *peer_median_s)
{
	double times[MOST_TURNS] = {0}, peer_times[MOST_TURNS] = {0}, end = now_s() + budget_s;
	int n = 0;
	turn_s(rig);
	if (peer)
		turn_s(peer);
	while (n < MOST_TURNS && (n < 3 || now_s() < end)) {
		insert(times, n, turn_s(rig));
		insert(peer_times, n, peer ? turn_s(peer) : 0);
		n++;
	}
	*median_s = times[n / 2];
	*peer_median_s = peer_times[n / 2];
}

void alm_check_speed(const struct alm_check_subject *subject, const struct almanac_cell *peer)
{
	struct alm_rig rig, beside = {0};
	double median_s, peer_median_s;
	double to_us = 1e6 / shape.steps;
	alm_check_phase(subject->log, "speed: units %d, rows %d", shape.units, shape.rows);
	if (alm_rig_new(&rig, subject->cell, &shape, subject->seed, NULL) != ALM_OK)
		return;
	if (peer && alm_rig_new(&beside, peer, &shape, subject->seed, NULL) != ALM_OK)
		peer = NULL;
	time_both(&rig, peer ? &beside : NULL, &median_s, &peer_median_s);
	alm_check_fact(subject->log, "speed", "%.0f us a step of %d rows, forward and backward, at %d units",
		to_us * median_s, shape.rows, shape.units);
	if (peer) {
		char name[64];
		snprintf(name, sizeof name, "speed beside %s", peer->name);
		alm_check_fact(subject->log, name, "%.2f x its time of %.0f us", median_s / peer_median_s,
			to_us * peer_median_s);
	}
	alm_rig_free(&rig);
	alm_rig_free(&beside);
}
