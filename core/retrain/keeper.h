/*
 * Checkpoints of a training in the database: written between epochs, found again by the next training of the same model
 * when settings, data, cells and kernel are the same to the last byte.
 */
#ifndef ALM_RETRAIN_KEEPER_H
#define ALM_RETRAIN_KEEPER_H
#include <stdbool.h>
#include "base/reporter.h"
#include "prepare/prepare.h"
#include "store/checkpoint.h"
#include "train/state.h"

struct alm_database_keeper {
	struct alm_keeper base; /* first: what the trainer holds */
	struct alm_db *db;      /* not owned */
	int64_t model_id, run_id;
	const char *series; /* whose network; "" = the one of all. Not owned */
	char fingerprint[ALM_HASH_TEXT];
	void *buffer; /* [n_bytes] a state as it is stored; owned */
	size_t n_bytes;
	bool found;    /* a state to go on from */
	bool finished; /* and it is the end: values and slots are those to keep, best ones there are not */
	bool anew;     /* there was one that is damaged, or of another training, and is left out */
	struct alm_train_state state; /* views of buffer; valid until the next is kept */
	int64_t n_kept;               /* epochs in the newest checkpoint; 0 = none */
};

/* The network of a series that is done, in a training that has others to do. Nothing here is owned. */
struct alm_finished {
	const char *series;
	char fingerprint[ALM_HASH_TEXT]; /* its keeper's */
	struct alm_train_numbers numbers;
	size_t n_values, n_slots;
	const float *values, *slots; /* those that were kept: [n_values], [n_slots] */
};

/*
 * Takes the fingerprint and, unless `fresh`, looks for a checkpoint to go on from; one that is damaged, or of another
 * training, is noted and left out. `trained` has the weights that training begins with, `warm` the optimiser's state (NULL =
 * none), n_slots floats of it. Release the result.
 */
ALM_MUST_CHECK enum alm_status alm_database_keeper_init(struct alm_database_keeper *keeper, struct alm_db *db,
	int64_t model_id, const char *series, const struct alm_prepared *data,
	const struct alm_trained *trained, const struct alm_moments *warm, size_t n_slots, double every_s,
	bool fresh, struct alm_reporter *reporter, struct alm_error *err);
void alm_database_keeper_release(struct alm_database_keeper *keeper);

/* Takes the place of the checkpoint of that network. In the caller's transaction. */
ALM_MUST_CHECK enum alm_status alm_finished_keep(struct alm_db *db, int64_t model_id, int64_t run_id,
	const struct alm_finished *finished, struct alm_error *err);

#endif
