/*
 * Layer normalisation (Ba, Kiros and Hinton, arXiv 1607.06450) of one vector of D values:
 *
 *      n = (x - mean(x)) / sqrt(var(x) + 1e-5)        y = gain * n + bias
 */
#ifndef ALM_NN_NORM_H
#define ALM_NN_NORM_H
#include "base/status.h"
#include "nn/params.h"

struct alm_norm {
	int n;             /* D */
	size_t gain, bias; /* offsets into the parameter block, [D] each */
};

/* Declares "<prefix>.norm.gain" and "<prefix>.norm.bias". */
ALM_MUST_CHECK enum alm_status alm_norm_init(
	struct alm_norm *norm, int n, const char *prefix, struct alm_params *params, struct alm_error *err);

/* gain one, bias zero. */
void alm_norm_initialise(const struct alm_norm *norm, float *params);

/* values [D] in place; normal [D + 1] keeps n and 1 / deviation for backward, NULL when only forecasting. */
void alm_norm_forward(const struct alm_norm *norm, const float *params, float *values, float *normal);

/* d_values [D] in place, from the gradient of y to that of x; adds those of gain and bias to grads. */
void alm_norm_backward(
	const struct alm_norm *norm, const float *params, const float *normal, float *d_values, float *grads);

#endif
