/*
 * Losses over the targets that were observed. Each gives the sum over them and its gradient; the caller
 * divides both by the number of observed targets of the whole batch. A loss also says what the outputs mean: a point
 * forecast and, where it knows more than a point, quantiles.
 *
 * N values, W outputs for each of them. A value is forecast as gain * output, so that a network may work in units of its
 * window's own scale while the loss is taken in those of the target.
 */
#ifndef ALM_NN_LOSS_H
#define ALM_NN_LOSS_H
#include <stdbool.h>
#include <stddef.h>

struct alm_loss_job {
	int n, width;        /* N, W */
	const float *output; /* [N][W] of the network */
	const float *target; /* [N]; anything where the mask is 0 */
	const float *mask;   /* [N] 1 = observed, 0 = missing */
	const float *gain;   /* [N] units of the target in one of output, > 0; NULL = 1 everywhere */
	float delta;         /* huber's, units of the target */
	const float *levels; /* [W] quantile's: rising, in (0, 1) */
	float *d_output;     /* [N][W] out; 0 where the mask is 0; NULL = not wanted */
};

/* Static data. Its functions touch no other memory and may run on several threads. */
struct alm_loss {
	const char *name;
	int width;                                       /* W; 0 = one a level */
	double (*apply)(const struct alm_loss_job *job); /* the sum */

	/* What the W outputs of one value say, in their own units: the point forecast. */
	float (*point)(const float *output, int width, const float *levels);

	/* And its quantiles at n rising levels in (0, 1), rising; a loss with one output a level takes its own levels only.
	 * NULL when it knows but a point. */
	void (*quantiles)(const float *output, const float *levels, int n, float *out);
};

/* Most levels of one network. */
#define ALM_LEVELS_MAX 32

#define LOSS(name, width, point, quantiles) double alm_loss_##name(const struct alm_loss_job *job);
#include "nn/loss.def"
#undef LOSS

/* The point forecast of losses whose first output is the value itself. */
float alm_loss_first(const float *output, int width, const float *levels);

/* What the outputs of the others say: the functions `point` and `quantiles` of loss.def. */
float alm_quantile_point(const float *output, int width, const float *levels);
void alm_quantile_levels(const float *output, const float *levels, int n, float *out);
void alm_gaussian_quantiles(const float *output, const float *levels, int n, float *out);
void alm_student_t_quantiles(const float *output, const float *levels, int n, float *out);

/* The loss at a place of loss.def (the CHOICE of the spec), or NULL past the end. */
const struct alm_loss *alm_loss_at(int place);

/* Outputs for one value with n_levels levels. */
int alm_loss_width(const struct alm_loss *loss, int n_levels);

/* The gain of a value. */
static inline float alm_loss_gain(const struct alm_loss_job *job, int value)
{
	return job->gain ? job->gain[value] : 1;
}

/* For losses with one output: the forecast minus the target, 0 where that is missing. */
static inline float alm_loss_error(const struct alm_loss_job *job, int value)
{
	return job->mask[value] != 0 ? alm_loss_gain(job, value) * job->output[value] - job->target[value]
				     : 0;
}

#endif
