/* What a model's turn holds on to, for the two files it is in: what the night does, and how a challenger is trained. Internal to run. */
#ifndef ALM_RUN_TURN_PART_H
#define ALM_RUN_TURN_PART_H
#include "retrain/due.h"
#include "retrain/duel.h"
#include "run/turn.h"
#include "store/ledger.h"
#include "store/model.h"

struct turn {
	const struct alm_context *context;
	const struct alm_retrain_request *request;
	double deadline_s;
	struct alm_champion champion; /* loaded: has a forecaster */
	bool loaded;
	struct alm_policy policy;
	struct alm_due due;
	int64_t until_ms;
	int lock;
	struct alm_ledger ledger;
	int n_moments; /* networks of the champion */
	struct alm_moments
		*moments; /* [n_moments] of each, without slots where there are none; owned, with the slots */
	struct alm_history history;
	struct alm_training training;
	struct alm_duel duel;
	struct alm_version version;
	struct alm_retrain_model *out;
};

/* Loads the champion, if there is one and it has not been loaded yet. */
ALM_MUST_CHECK enum alm_status alm_turn_load_champion(struct turn *turn, struct alm_error *err);

/*
 * With the model's lock: trains a challenger from the champion or from nothing, compares both, and commits version, promotion, pruning
 * and the end of the run at once. On failure the run is closed with the error.
 */
ALM_MUST_CHECK enum alm_status alm_turn_train(struct turn *turn, struct alm_error *err);

/* What the training has left in memory. */
void alm_turn_release(struct turn *turn);

#endif
