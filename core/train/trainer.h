/*
 * Training: epochs of batches in an order that is a function of the seed, the best weights by validation loss
 * kept, and a guard that goes back to the last good weights when a loss or gradient is not finite, or the
 * loss of an epoch ten times what it was. The result
 * depends on spec, seed and data only; a time budget can end it early but does not steer it.
 */
#ifndef ALM_TRAIN_TRAINER_H
#define ALM_TRAIN_TRAINER_H
#include <stdbool.h>
#include <stdint.h>
#include "base/pool.h"
#include "base/reporter.h"
#include "base/status.h"
#include "nn/network.h"
#include "series/window.h"
#include "train/batch.h"
#include "train/feed.h"
#include "train/optim.h"
#include "train/schedule.h"
#include "train/state.h"

/* Nothing here is owned. */
struct alm_train_options {
	struct alm_objective objective;
	struct alm_optim_spec optimizer;
	const struct alm_schedule *schedule;
	double warmup;       /* share of the planned steps in which the rate rises */
	int schedule_epochs; /* see struct alm_schedule_point */
	double schedule_factor;
	double rate;
	int batch, shard;      /* samples */
	int epochs;            /* at most */
	int64_t epoch_windows; /* samples drawn in one epoch; 0 = all */
	int patience;          /* epochs without a better validation loss; 0 = no limit */
	uint64_t seed;
	double time_budget_s; /* 0 = none */
	struct alm_pool *pool;
	struct alm_reporter *reporter;        /* NULL = silent */
	const struct alm_train_state *resume; /* go on from here, of the same training; NULL = begin */
	struct alm_keeper *keeper;            /* NULL = none */
	const struct alm_moments *
		warm; /* the optimiser's state that belongs to the first weights; NULL = it is at its beginning */
	struct alm_moments *moments; /* gets that of the weights that were kept; NULL = nobody wants it */
};

struct alm_train_outcome {
	int epochs, best_epoch;     /* run (the last may be cut short), and the one that was kept; from 1 */
	int64_t n_steps, n_windows; /* optimiser steps, windows they saw */
	double train_loss, valid_loss; /* of the best epoch, scaled units; NaN without validation windows */
	double seconds;
	bool budget_used, stopped_early;
	int n_restarts; /* times the guard went back */
};

/*
 * Trains network in place, from the weights it has, to the weights of the best epoch, packed. `valid` may hold no
 * window: then the training loss chooses. ALM_DIVERGED names layer, tensor and step. ALM_INTERRUPTED at the wish of the
 * reporter's owner, after the keeper got the state of the last epoch's end. ALM_BAD_DATA when no target of `train` is observed. On failure the weights are unspecified.
 * Allocates before the first step and not again. Going on from a kept state gives the bits of a training that never
 * stopped.
 */
ALM_MUST_CHECK enum alm_status alm_train(struct alm_network *network, const struct alm_feed *feed,
	const struct alm_windows *train, const struct alm_windows *valid,
	const struct alm_train_options *options, struct alm_train_outcome *out, struct alm_error *err);

#endif
