/* What the files of the trainer share: its state, and what one asks of another. Internal to train. */
#ifndef ALM_TRAIN_TRAINER_PART_H
#define ALM_TRAIN_TRAINER_PART_H
#include <string.h>
#include "base/arena.h"
#include "train/trainer.h"

struct trainer {
	struct alm_network *network;
	const struct alm_windows *train, *valid;
	const struct alm_train_options *options;
	struct alm_batch batch;
	struct alm_optim optim;
	struct alm_arena arena; /* holds the six below */
	float *best;            /* [n_floats] weights of the best epoch */
	float *best_slots;      /* [n_slots][n_floats] and the optimiser's state with them */
	float *good;            /* [n_floats] weights at the start of the epoch */
	float *good_slots;      /* [alm_optim_slots][n_floats] and the optimiser's state with them */
	struct alm_train_numbers now, good_numbers; /* as training stands, and as it stood with them */
	size_t *index;                              /* [batch] windows of a batch */
	char detail[128];                           /* of the progress line */
	size_t n_samples;                           /* of the training part */
	size_t epoch_windows;                       /* samples of one epoch */
	int64_t planned_steps;
	double start_s; /* when training began, less what it had used before */
	double kept_s;  /* when the keeper last got a state */
	bool stopped_early, budget_used;
};

/* What an epoch came to. */
struct epoch {
	int number;
	struct alm_batch_loss train;
	double first_loss; /* of its first step */
	double valid_loss;
	bool cut; /* by the time budget */
};

static inline size_t n_floats(const struct trainer *trainer)
{
	return trainer->network->params.n_floats;
}

static inline size_t slots_bytes(const struct trainer *trainer)
{
	return (size_t)alm_optim_slots(&trainer->options->optimizer) * n_floats(trainer) * sizeof(float);
}

/* Steps of this training. The optimiser may have come with earlier ones, which its own rule counts on. */
static inline int64_t steps_done(const struct trainer *trainer)
{
	const struct alm_moments *warm = trainer->options->warm;
	return trainer->optim.n_steps - (warm ? warm->steps : 0);
}

static inline double elapsed_s(const struct trainer *trainer)
{
	return alm_monotonic_s() - trainer->start_s;
}

/* Tells the reporter where training stands. */
void alm_trainer_report(struct trainer *trainer, const struct epoch *epoch);

/*
 * One pass over the epoch's windows, then over the validation part. ALM_DIVERGED, of which nothing is undone; ALM_INTERRUPTED;
 * ALM_BAD_DATA when no target is observed.
 */
ALM_MUST_CHECK enum alm_status alm_trainer_epoch(
	struct trainer *trainer, struct epoch *epoch, struct alm_error *err);

/* Room for the weights below. */
ALM_MUST_CHECK enum alm_status alm_trainer_init_kept(struct trainer *trainer, struct alm_error *err);

/* Weights, optimiser and numbers as they stand between two epochs: remembered, taken back, and handed to the keeper. */
void alm_trainer_remember(struct trainer *trainer);
void alm_trainer_take_back(struct trainer *trainer);
void alm_trainer_keep(struct trainer *trainer);
bool alm_trainer_may_keep(const struct trainer *trainer);

/* Begins where a training of the same shape stood. */
void alm_trainer_resume(struct trainer *trainer, const struct alm_train_state *state);

/* Keeps the weights of the best epoch; true when training has gone long enough without a better one. */
bool alm_trainer_keep_best(struct trainer *trainer, const struct epoch *epoch);

/* The weights of the best epoch into the network, and the optimiser's state with them to who wants it. */
void alm_trainer_take_best(struct trainer *trainer);

#endif
