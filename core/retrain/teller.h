/* A reporter for work on one series after the other: it says whose a note is, and how far all of them are. */
#ifndef ALM_RETRAIN_TELLER_H
#define ALM_RETRAIN_TELLER_H
#include "base/reporter.h"

struct alm_teller {
	struct alm_reporter base; /* first: what the work on a series is given */
	struct alm_reporter *to;  /* not owned; may be NULL */
	int n;                    /* series in all */
	/* The caller's, before each series: */
	const char *series;
	int number;           /* from 1 */
	double before, share; /* of all the work: what the series before were, and this one is */
	uint64_t n_done;      /* units that the series before came to */
	double began_s;       /* the first of them, on the clock */
	char detail[192];     /* of the progress line */
};

/* It stays where it is while it is used. */
void alm_teller_init(struct alm_teller *teller, struct alm_reporter *to, int n);

#endif
