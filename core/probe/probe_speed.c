/*
 * How long a training step of a layer takes with the cell, and with another: the fastest of turns that alternate, for what
 * disturbs only adds, and on a busy machine it disturbs one more than the other.
 */
#include <math.h>
#include <stdio.h>
#include <time.h>
#include "probe/probe.h"
#include "probe/rig.h"

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

/* The first turn of each only warms the caches. */
static void time_both(struct alm_rig *rig, struct alm_rig *peer, double *fastest_s, double *peer_fastest_s)
{
	double end = now_s() + budget_s;
	*fastest_s = *peer_fastest_s = INFINITY;
	turn_s(rig);
	if (peer)
		turn_s(peer);
	for (int turn = 0; turn < MOST_TURNS && (turn < 3 || now_s() < end); turn++) {
		*fastest_s = fmin(*fastest_s, turn_s(rig));
		if (peer)
			*peer_fastest_s = fmin(*peer_fastest_s, turn_s(peer));
	}
}

void alm_check_speed(const struct alm_check_subject *subject, const struct almanac_cell *peer)
{
	struct alm_rig rig, beside = {0};
	double fastest_s, peer_fastest_s;
	double to_us = 1e6 / shape.steps;
	alm_check_phase(subject->log, "speed: units %d, rows %d", shape.units, shape.rows);
	if (alm_rig_new(&rig, subject->cell, &shape, subject->seed, NULL) != ALM_OK)
		return;
	if (peer && alm_rig_new(&beside, peer, &shape, subject->seed, NULL) != ALM_OK)
		peer = NULL;
	time_both(&rig, peer ? &beside : NULL, &fastest_s, &peer_fastest_s);
	alm_check_fact(subject->log, "speed", "%.0f us a step of %d rows, forward and backward, at %d units",
		to_us * fastest_s, shape.rows, shape.units);
	if (peer) {
		char name[64];
		snprintf(name, sizeof name, "speed beside %s", peer->name);
		alm_check_fact(subject->log, name, "%.2f x its time of %.0f us", fastest_s / peer_fastest_s,
			to_us * peer_fastest_s);
	}
	alm_rig_free(&rig);
	alm_rig_free(&beside);
}
