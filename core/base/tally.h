/* How often each of things numbered from 0 was seen. */
#ifndef ALM_BASE_TALLY_H
#define ALM_BASE_TALLY_H
#include <stdint.h>
#include "base/status.h"

struct alm_tally {
	int n, room;    /* one more than the greatest number seen */
	int64_t *count; /* [n]; owned */
};

ALM_MUST_CHECK enum alm_status alm_tally_add(struct alm_tally *tally, int number, struct alm_error *err);
void alm_tally_release(struct alm_tally *tally);

/* How many different ones were seen. */
int alm_tally_distinct(const struct alm_tally *tally);

/* The numbers seen most often into out [most], of equal ones the lower first. Returns how many there are. */
int alm_tally_top(const struct alm_tally *tally, int most, int *out);

#endif
