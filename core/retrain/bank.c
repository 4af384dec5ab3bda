#include "retrain/bank.h"
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"

enum alm_status alm_bank_init(
	struct alm_bank *bank, int room, size_t n_floats, size_t n_channels, struct alm_error *err)
{
	size_t n = (size_t)room, n_bytes = 0;
	*bank = (struct alm_bank){.n_floats = n_floats, .n_channels = n_channels, .room = room};
	if (!alm_mul_size(n, n_floats * sizeof(float), &n_bytes))
		return alm_fail_memory(err, SIZE_MAX);
	bank->done = calloc(n, sizeof *bank->done);
	bank->moments = calloc(n, sizeof *bank->moments);
	bank->networks = malloc(n_bytes);
	bank->center = malloc(n * n_channels * sizeof(float));
	bank->scale = malloc(n * n_channels * sizeof(float));
	if (bank->done && bank->moments && bank->networks && bank->center && bank->scale)
		return ALM_OK;
	return alm_fail_memory(err, n_bytes);
}

void alm_bank_release(struct alm_bank *bank)
{
	for (int i = 0; i < bank->n; i++)
		free(bank->moments[i].slots);
	free(bank->done);
	free(bank->moments);
	free(bank->networks);
	free(bank->center);
	free(bank->scale);
	*bank = (struct alm_bank){0};
}

void alm_bank_add(struct alm_bank *bank, const struct alm_finished *finished, const float *weights,
	const struct alm_scaler *scaler, int row, struct alm_moments moments)
{
	size_t n = (size_t)bank->n, n_channels = bank->n_channels, at = (size_t)row * n_channels;
	float *values = bank->networks + n * bank->n_floats;
	memcpy(values, weights, bank->n_floats * sizeof(float));
	memcpy(bank->center + n * n_channels, scaler->center + at, n_channels * sizeof(float));
	memcpy(bank->scale + n * n_channels, scaler->scale + at, n_channels * sizeof(float));
	bank->moments[n] = moments;
	bank->done[n] = *finished;
	bank->done[n].n_values = bank->n_floats;
	bank->done[n].values = values;
	bank->done[n].n_slots = moments.n_slots;
	bank->done[n].slots = moments.slots;
	bank->n++;
}

enum alm_status alm_bank_keep(
	struct alm_bank *bank, struct alm_db *db, int64_t model_id, int64_t run_id, struct alm_error *err)
{
	enum alm_status status = alm_db_begin(db, err);
	if (status != ALM_OK)
		return status;
	for (int i = bank->n_kept; i < bank->n && status == ALM_OK; i++)
		if (bank->done[i].numbers.epoch > 0)
			status = alm_finished_keep(db, model_id, run_id, &bank->done[i], err);
	if (status == ALM_OK)
		status = alm_db_commit(db, err);
	if (status == ALM_OK)
		bank->n_kept = bank->n;
	else
		alm_db_rollback(db);
	return status;
}

enum alm_status alm_bank_give(struct alm_bank *bank, struct alm_trained *trained, struct alm_error *err)
{
	size_t n_bytes = ((size_t)bank->n + 1) * sizeof(char *);
	struct alm_scaler scaler;
	const char **series = malloc(n_bytes);
	if (!series)
		return alm_fail_memory(err, n_bytes);
	for (int i = 0; i < bank->n; i++)
		series[i] = bank->done[i].series;
	enum alm_status status = alm_scaler_init(&scaler, (int)bank->n_channels, series, bank->n, err);
	free(series);
	if (status != ALM_OK)
		return status;
	n_bytes = (size_t)bank->n * bank->n_channels * sizeof(float);
	memcpy(scaler.center + bank->n_channels, bank->center, n_bytes); /* row 0 is nobody's */
	memcpy(scaler.scale + bank->n_channels, bank->scale, n_bytes);
	alm_scaler_set_inverse(&scaler);
	alm_scaler_release(&trained->scaler);
	trained->scaler = scaler;
	trained->networks = bank->networks;
	bank->networks = NULL;
	return ALM_OK;
}
