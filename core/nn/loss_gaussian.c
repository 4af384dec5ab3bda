/*
 * Negative log likelihood of a normal distribution: mean and, through softplus, deviation.
 *
 *      m = gain o0    s = gain (softplus(o1) + FLOOR)    -log p = log s + ((y - m) / s)^2 / 2 + log(2 pi) / 2
 */
#include <math.h>
#include "nn/loss.h"
#include "nn/special.h"

/* Least deviation, in units of output: no target can be hit so well that the likelihood has no bound. */
#define FLOOR 1e-3

void alm_gaussian_quantiles(const float *output, const float *levels, int n, float *out)
{
	double deviation = alm_softplus((double)output[1]) + FLOOR;
	for (int i = 0; i < n; i++)
		out[i] = (float)((double)output[0] + deviation * alm_normal_quantile((double)levels[i]));
}

double alm_loss_gaussian(const struct alm_loss_job *job)
{
	double sum = 0;
	for (int i = 0; i < job->n; i++) {
		const float *output = job->output + (long)i * 2;
		bool observed = job->mask[i] != 0;
		double gain = (double)alm_loss_gain(job, i);
		double s = gain * (alm_softplus((double)output[1]) + FLOOR);
		double z = ((double)job->target[i] - gain * (double)output[0]) / s;
		if (observed)
			sum += log(s) + z * z / 2 + log(2 * M_PI) / 2;
		if (!job->d_output)
			continue;
		float *d_output = job->d_output + (long)i * 2;
		d_output[0] = observed ? (float)(-gain * z / s) : 0;
		d_output[1] =
			observed ? (float)(gain * (1 - z * z) / s * alm_logistic((double)output[1])) : 0;
	}
	return sum;
}
