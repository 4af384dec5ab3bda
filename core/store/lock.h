/*
 * Locks on single bytes of `<database>-almanac-lock`: byte `model id` for who trains a model, byte ALM_LOCK_RUNS + `run id`
 * for whose run it is. They are open-file-description locks, so they end with their process, however that ends, and are not
 * lost when another descriptor of the file is closed. Internal to store.
 */
#ifndef ALM_STORE_LOCK_H
#define ALM_STORE_LOCK_H
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/status.h"
#include "store/db.h"

#define ALM_LOCK_RUNS (INT64_C(1) << 62)

/* The file's path. ALM_CANT_CREATE: too long. */
ALM_MUST_CHECK enum alm_status alm_lock_path(
	struct alm_db *db, char out[static PATH_MAX], struct alm_error *err);

/* Opens the file, creating it, and takes one byte, which the descriptor holds until it is closed. *taken: got it. */
ALM_MUST_CHECK enum alm_status alm_lock_take(
	struct alm_db *db, int64_t byte, int *fd, bool *taken, struct alm_error *err);

/* Takes one more byte for as long as the connection is open. */
ALM_MUST_CHECK enum alm_status alm_lock_keep(struct alm_db *db, int64_t byte, struct alm_error *err);

/* Whether somebody, this process too, holds the byte. Creates nothing: without a file nobody does. */
ALM_MUST_CHECK enum alm_status alm_lock_held(
	struct alm_db *db, int64_t byte, bool *held, struct alm_error *err);

#endif
