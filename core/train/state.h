/*
 * Where a training stands between two epochs: what it takes to go on as if it had never stopped, bit for bit. The trainer
 * hands it to a keeper from time to time; who keeps it, and where, is not the trainer's business.
 */
#ifndef ALM_TRAIN_STATE_H
#define ALM_TRAIN_STATE_H
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"

/* Plain numbers of eight bytes each, so that a copy of the struct has no padding. */
struct alm_train_numbers {
	int64_t epoch;       /* completed */
	int64_t optim_steps; /* the optimiser counts: back to those of the last good weights after a fault */
	int64_t n_steps, n_windows; /* taken in all, and the samples they saw */
	int64_t best_epoch;
	int64_t best_steps; /* of the optimiser, at the best weights */
	int64_t n_worse;    /* epochs without a better loss since the best one or the last plateau */
	int64_t plateaus;   /* see struct alm_schedule_point */
	int64_t n_restarts;
	double rate; /* base rate, halved by the guard */
	double best_loss;
	double train_loss, valid_loss; /* of the best epoch */
	double seconds, valid_s;       /* in training, and the last validation's */
};

struct alm_train_state {
	struct alm_train_numbers numbers;
	size_t n_values, n_slots; /* weights; floats of the optimiser's state */
	/* [n_values], [n_slots]: as training stands, and at its best weights. The trainer's, or whoever's resumes it. */
	float *values, *slots;
	float *best, *best_slots;
};

/* The state of an optimiser between two trainings. */
struct alm_moments {
	int64_t steps; /* it has taken */
	size_t n_slots;
	float *slots; /* [n_slots] floats; the caller's */
};

struct alm_keeper {
	double every_s; /* at least so long from one to the next; 0 = after every epoch */

	/* Called between epochs by the thread that trains. An error is noted, and training goes on. */
	enum alm_status (*keep)(
		struct alm_keeper *self, const struct alm_train_state *state, struct alm_error *err);
};

#endif
