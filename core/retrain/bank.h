/*
 * The networks of a training with one for each series, as they are done: weights, scales, the optimiser's states and
 * checkpoints of each, until they are a model's.
 */
#ifndef ALM_RETRAIN_BANK_H
#define ALM_RETRAIN_BANK_H
#include "model/trained.h"
#include "retrain/keeper.h"

struct alm_bank {
	size_t n_floats, n_channels;
	int n, room;                 /* networks */
	struct alm_finished *done;   /* [n]; views of the weights below, and of the moments; owned */
	struct alm_moments *moments; /* [n]; owned, and so are the slots */
	float *networks;             /* [n][n_floats]; owned */
	float *center, *scale;       /* [n][n_channels]; owned */
	int n_kept;                  /* how many have their checkpoint */
};

/* Room for one network a series. ALM_NO_MEMORY. The caller releases, also after a failure. */
ALM_MUST_CHECK enum alm_status alm_bank_init(
	struct alm_bank *bank, int room, size_t n_floats, size_t n_channels, struct alm_error *err);
void alm_bank_release(struct alm_bank *bank);

/*
 * Adds the network of a series: copies weights [n_floats], which the scaler's row belongs to. finished says the rest but for
 * values and slots. Takes the moments' slots, which may be NULL. The name of the series must outlive the bank.
 */
void alm_bank_add(struct alm_bank *bank, const struct alm_finished *finished, const float *weights,
	const struct alm_scaler *scaler, int row, struct alm_moments moments);

/*
 * Writes the checkpoints that are lacking in one short transaction; those that were never trained, with epoch 0, have none. On
 * failure none is written.
 */
ALM_MUST_CHECK enum alm_status alm_bank_keep(
	struct alm_bank *bank, struct alm_db *db, int64_t model_id, int64_t run_id, struct alm_error *err);

/* The model gets networks and scaler of the bank, which keeps the moments. ALM_NO_MEMORY; then nothing has changed. */
ALM_MUST_CHECK enum alm_status alm_bank_give(
	struct alm_bank *bank, struct alm_trained *trained, struct alm_error *err);

#endif
