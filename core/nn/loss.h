/*
 * Losses over the targets that were observed. Each gives the sum over them and its gradient; the caller
 * divides both by the number of observed targets of the whole batch.
 */
#ifndef ALM_NN_LOSS_H
#define ALM_NN_LOSS_H

struct alm_loss_job {
	int n;                   /* values */
	const float *prediction; /* [n] */
	const float *target;     /* [n]; anything where the mask is 0 */
	const float *mask;       /* [n] 1 = observed, 0 = missing */
	float delta;             /* huber's */
	float *d_prediction;     /* [n] out; 0 where the mask is 0; NULL = not wanted */
};

struct alm_loss {
	const char *name;
	double (*apply)(const struct alm_loss_job *job); /* the sum; touches no other memory */
};

#define LOSS(name) double alm_loss_##name(const struct alm_loss_job *job);
#include "nn/loss.def"
#undef LOSS

/* The loss at a place of loss.def (the CHOICE of the spec), or NULL past the end. */
const struct alm_loss *alm_loss_at(int place);

#endif
