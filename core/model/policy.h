/*
 * The policy of a model: when it is trained again, how, and what a challenger must achieve to become champion. Kept as texts
 * beside the spec, read by a table of fields (policy.def).
 */
#ifndef ALM_MODEL_POLICY_H
#define ALM_MODEL_POLICY_H
#include <stdbool.h>
#include <stdint.h>
#include "base/status.h"
#include "store/model.h"
#include "time/freq.h"

enum alm_start { ALM_START_AUTO, ALM_START_WARM, ALM_START_COLD };

typedef struct alm_duration alm_policy_DURATION; /* count -1 = not given */
typedef int64_t alm_policy_COUNT;
typedef double alm_policy_SHARE; /* 0.1 for 10%; negative = not given */
typedef double alm_policy_REAL;  /* negative = not given */
typedef bool alm_policy_FLAG;
typedef enum alm_start alm_policy_START;

struct alm_policy {
#define POLICY(kind, member, key, value, fallback, help) alm_policy_##kind member;
#include "model/policy.def"
#undef POLICY
};

/* Every field at its default. */
void alm_policy_init(struct alm_policy *policy);

/* Sets one field from text. ALM_USAGE, naming the option: unknown, or a bad value. */
ALM_MUST_CHECK enum alm_status alm_policy_set(
	struct alm_policy *policy, const char *key, const char *text, struct alm_error *err);

/* Sets every pair on top of what is there. */
ALM_MUST_CHECK enum alm_status alm_policy_apply(
	struct alm_policy *policy, const struct alm_pairs *pairs, struct alm_error *err);

/* The policy of a model as it is kept, with what is given now (NULL = nothing) over it. */
ALM_MUST_CHECK enum alm_status alm_policy_read(struct alm_db *db, int64_t model_id,
	const struct alm_pairs *given, struct alm_policy *out, struct alm_error *err);

/* "warm", "cold" or "auto". Static. */
const char *alm_start_name(enum alm_start start);

#endif
