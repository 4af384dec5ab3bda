/*
 * One network learns: its first weights and scales, its training, the checkpoints of it. A training is one lesson, or with a
 * network for each series one after the other.
 */
#ifndef ALM_RETRAIN_LESSON_H
#define ALM_RETRAIN_LESSON_H
#include "base/context.h"
#include "base/pool.h"
#include "retrain/keeper.h"
#include "prepare/prepare.h"
#include "train/trainer.h"

/* Of a whole training. Nothing here is owned; all must outlive the training. */
struct alm_training_options {
	const struct alm_context *context;
	struct alm_db *db;
	int64_t model_id; /* checkpoints are kept under it; 0 = it is not known yet, and set before the run */
	const char *model;
	const struct alm_dataset *dataset;
	double time_budget_s;             /* 0 = none; what an earlier run used of it counts */
	double checkpoint_s;              /* least time from one checkpoint to the next */
	struct alm_duration drift_window; /* of the policy */
	bool fresh;                       /* do not go on from a checkpoint */
	const struct alm_trained
		*parent; /* begin with its weights, scales and vocabulary; NULL = with random ones */
	const struct alm_moments *
		warm; /* and with the optimiser's state of each of its networks, those without slots at the beginning; NULL = with none */
};

/* Nothing here is owned but the moments. */
struct alm_lesson {
	const struct alm_training_options *options;
	struct alm_prepared *data;   /* what is learned from; its frames are attached to the model */
	struct alm_trained *trained; /* whose network learns, and gets the scaler */
	int parent;                  /* number of the network of options->parent to begin with; -1 = none */
	const char *series;          /* whose network; "" = the one of all */
	double time_budget_s;        /* 0 = none */
	struct alm_pool *pool;
	struct alm_reporter *reporter;
	struct alm_reporter *earlier; /* is told what becomes of an earlier run's checkpoint */
	bool finished;     /* out: an earlier run had come to its end, and there was nothing to do */
	bool anew;         /* out: there was a checkpoint, but of another training */
	int64_t n_kept;    /* out: epochs in the newest checkpoint, also after a failure; 0 = there is none */
	int resumed_after; /* out: epochs that an earlier run had done */
	char fingerprint[ALM_HASH_TEXT];  /* out: of its checkpoints */
	struct alm_train_outcome outcome; /* out */
	struct alm_moments moments;       /* out: of the weights that were kept; the slots are owned */
};

/* A warm training is a quarter of a cold one, at a quarter of its rate. */
void alm_lesson_shorten(struct alm_spec *spec);

/*
 * First weights, of the seed in the data's spec or the parent's, and the scales: fitted, or the parent's. ALM_BAD_DATA: a channel
 * without a value, or one that is not finite once scaled. ALM_BAD_CONFIG: the parent has another layout.
 */
ALM_MUST_CHECK enum alm_status alm_lesson_begin(struct alm_lesson *lesson, struct alm_error *err);

/* Trains; checkpoints name the run. Errors of alm_train. Release the lesson, also after a failure. */
ALM_MUST_CHECK enum alm_status alm_lesson_run(
	struct alm_lesson *lesson, int64_t run_id, struct alm_error *err);
void alm_lesson_release(struct alm_lesson *lesson);

#endif
