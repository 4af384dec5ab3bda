/*
 * Models and their trained versions. A spec is kept as named texts, parameters as
 * little-endian float32 tensors, each with a SHA-256 over name, shape and payload.
 */
#ifndef ALM_STORE_MODEL_H
#define ALM_STORE_MODEL_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/hash.h"
#include "base/status.h"
#include "store/dataset.h"
#include "store/db.h"

struct alm_pair {
	char *key, *value; /* owned by the list they are in */
};

struct alm_pairs {
	int n;
	struct alm_pair *pair; /* owned */
};

/* Appends copies. ALM_NO_MEMORY. */
ALM_MUST_CHECK enum alm_status alm_pairs_add(
	struct alm_pairs *pairs, const char *key, const char *value, struct alm_error *err);
/* The same, in place of a value that is there. */
ALM_MUST_CHECK enum alm_status alm_pairs_set(
	struct alm_pairs *pairs, const char *key, const char *value, struct alm_error *err);
const char *alm_pairs_get(const struct alm_pairs *pairs, const char *key); /* NULL when missing */
void alm_pairs_release(struct alm_pairs *pairs);

struct alm_model {
	int64_t id;
	char name[ALM_NAME_MAX + 1];
	int64_t dataset_id;
	char dataset[ALM_NAME_MAX + 1];
	int64_t champion_id;   /* version that forecasts; 0 = none yet */
	struct alm_pairs spec; /* owned */
};

/* ALM_NO_INPUT when there is none of that name (lists those there are). Release the result. */
ALM_MUST_CHECK enum alm_status alm_model_find(
	struct alm_db *db, const char *name, struct alm_model *out, struct alm_error *err);
void alm_model_release(struct alm_model *model);

/* Makes the model, or changes its dataset and spec. In the caller's transaction. ALM_USAGE: a bad name. */
ALM_MUST_CHECK enum alm_status alm_model_put(struct alm_db *db, const char *name, int64_t dataset_id,
	const struct alm_pairs *spec, int64_t *id, struct alm_error *err);

#define ALM_TENSOR_DIMS 3

/* A named array as it goes in and comes out. */
struct alm_tensor_row {
	char name[64];
	int n_dims;
	int64_t shape[ALM_TENSOR_DIMS];
	const float *values; /* product of shape; on load owned by the version */
};

struct alm_version {
	int64_t id, model_id, run_id;
	int number; /* 1, 2, ... within its model */
	int64_t created_ms;
	int64_t parent_id;      /* version whose weights its training began with; 0 = none */
	int64_t data_to_ms;     /* last instant of the data it was made from; INT64_MIN = not known */
	struct alm_pairs spec;  /* as trained; owned */
	struct alm_pairs facts; /* cell names, versions, paths' hashes, kernel, seed, data range ...; owned */
	int n_tensors;
	struct alm_tensor_row *tensors; /* owned on load; order is kept */
	float *values;                  /* all tensors' payload; owned on load */
};

/*
 * Writes the version with its tensors, in the caller's transaction; it is a challenger until it is promoted. Every value
 * must be finite (ALM_BUG names the tensor otherwise). id and number are filled in.
 */
ALM_MUST_CHECK enum alm_status alm_version_put(
	struct alm_db *db, struct alm_version *version, struct alm_error *err);

/*
 * Reads a version: the champion (number 0) or the given number of a model. Sizes are checked with overflow
 * before anything is allocated, hashes after reading: ALM_BAD_DATA names version and tensor. ALM_NO_INPUT: no such.
 * Release the result.
 */
ALM_MUST_CHECK enum alm_status alm_version_load(struct alm_db *db, const struct alm_model *model, int number,
	struct alm_version *out, struct alm_error *err);
void alm_version_release(struct alm_version *version);

#endif
