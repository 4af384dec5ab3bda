/* The state of the optimiser that belongs to the weights of a version's network: what a warm training begins with. */
#ifndef ALM_STORE_OPTIMIZER_STATE_H
#define ALM_STORE_OPTIMIZER_STATE_H
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"
#include "store/db.h"

struct alm_optimizer_state {
	int64_t version_id;
	const char *series; /* whose network; "" = the one of all. Lent */
	int64_t steps;      /* that the optimiser has taken */
	size_t n_slots;     /* floats, slot after slot */
	float *slots;       /* [n_slots]; lent where it is put, owned where it was found */
};

/* In the caller's transaction. ALM_BUG when a value is not finite. */
ALM_MUST_CHECK enum alm_status alm_optimizer_state_put(
	struct alm_db *db, const struct alm_optimizer_state *state, struct alm_error *err);

/*
 * n_slots 0 and slots NULL when the version has none for that network. ALM_BAD_DATA when its SHA-256 differs. The caller frees
 * slots; series stays the caller's.
 */
ALM_MUST_CHECK enum alm_status alm_optimizer_state_find(struct alm_db *db, int64_t version_id,
	const char *series, struct alm_optimizer_state *out, struct alm_error *err);

#endif
