/* What a check of a database finds: which rule is violated, by what. A list that ends early says how much it left out. */
#ifndef ALM_STORE_VIOLATION_H
#define ALM_STORE_VIOLATION_H
#include <stdint.h>
#include "base/status.h"

#define ALM_VIOLATIONS_OF_A_RULE 20 /* that are listed; the others are counted */

struct alm_violation {
	char id[4];   /* the rule, as in docs/reliability.md: "C1" */
	char *detail; /* what violates it, in words; owned */
};

struct alm_violations {
	int n;
	struct alm_violation *item; /* [n]; owned */
	int64_t n_all;              /* with those that are not listed */
};

/* Adds one. Formats. ALM_NO_MEMORY. */
ALM_MUST_CHECK enum alm_status alm_violations_add(struct alm_violations *violations, const char *id,
	struct alm_error *err, const char *format, ...) __attribute__((format(printf, 4, 5)));

/* How many of a rule are listed. */
int alm_violations_of(const struct alm_violations *violations, const char *id);
void alm_violations_release(struct alm_violations *violations);

#endif
