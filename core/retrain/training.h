/*
 * One training, from rows to weights: what train and retrain have in common. Whoever trains decides on which part of the
 * history, from which weights, and what becomes of the result.
 */
#ifndef ALM_RETRAIN_TRAINING_H
#define ALM_RETRAIN_TRAINING_H
#include "retrain/bank.h"
#include "retrain/lesson.h"
#include "store/drift.h"

struct alm_training {
	struct alm_training_options options;
	struct alm_cell_folders folders;
	int64_t data_to_ms; /* of the newest observation there was */
	struct alm_prepared data;
	struct alm_trained trained;
	struct alm_pool *pool;
	int resumed_after; /* epochs that an earlier run had done */
	struct alm_train_outcome
		outcome; /* with a network for each series, sums; of losses the means over windows */
	struct alm_moments moments;             /* of the weights that were kept; the slots are owned */
	struct alm_bank bank;                   /* with a network for each series, the same of them all */
	struct alm_pairs left_out;              /* series without a network of their own, and why */
	struct alm_drift_references references; /* that drift is found by; owned */
};

/*
 * Everything that can be wrong with data, spec and cell, before anything is written: reads the data, builds the network with
 * its first weights and fits the scaler (those of each series when it is its turn). Release the training, also after a failure.
 */
ALM_MUST_CHECK enum alm_status alm_training_prepare(struct alm_training *training,
	const struct alm_training_options *options, const struct alm_spec *spec,
	const struct alm_history *history, struct alm_error *err);

/*
 * Whether a network of the spec can begin with the weights of an earlier version: all settings are the same but those of how it is
 * trained. *key is NULL when it can, otherwise the first setting that differs (static). ALM_NO_MEMORY.
 */
ALM_MUST_CHECK enum alm_status alm_training_differs(
	const struct alm_spec *spec, const struct alm_spec *before, const char **key, struct alm_error *err);

/*
 * Trains; checkpoints name the run. Errors of alm_train; of a network for each series only when none could be trained, and else
 * the data are attached to the result.
 */
ALM_MUST_CHECK enum alm_status alm_training_run(
	struct alm_training *training, int64_t run_id, struct alm_error *err);

/*
 * Writes the result as a version that is not champion, with the optimiser's state, and drops the checkpoint; in the caller's
 * transaction. parent_id: the version of options.parent. The version is to be unsaved (alm_trained_unsave) also on failure.
 */
ALM_MUST_CHECK enum alm_status alm_training_store(struct alm_training *training, int64_t run_id,
	int64_t parent_id, struct alm_version *version, struct alm_error *err);

/* Appends what the run row says of it: epochs, losses, seconds, series without a network. */
ALM_MUST_CHECK enum alm_status alm_training_facts(
	const struct alm_training *training, struct alm_pairs *facts, struct alm_error *err);

void alm_training_release(struct alm_training *training);

#endif
