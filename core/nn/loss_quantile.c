/*
 * Several quantiles at once (pinball loss; Koenker and Bassett 1978): for level v and e = target - quantile, v e above and
 * (v - 1) e below, averaged over the levels. They never cross: the output nearest to the median is that quantile, every
 * other one is a step away from its neighbour, softplus(output), up or down.
 */
#include <math.h>
#include "nn/loss.h"
#include "nn/special.h"

/* The level nearest to 1/2. */
static int middle_of(const float *levels, int n)
{
	int middle = 0;
	for (int i = 1; i < n; i++)
		if (fabsf(levels[i] - 0.5f) < fabsf(levels[middle] - 0.5f))
			middle = i;
	return middle;
}

void alm_quantile_levels(const float *output, const float *levels, int n, float *out)
{
	int middle = middle_of(levels, n);
	out[middle] = output[middle];
	for (int i = middle + 1; i < n; i++)
		out[i] = (float)((double)out[i - 1] + alm_softplus((double)output[i]));
	for (int i = middle - 1; i >= 0; i--)
		out[i] = (float)((double)out[i + 1] - alm_softplus((double)output[i]));
}

float alm_quantile_point(const float *output, int width, const float *levels)
{
	return output[middle_of(levels, width)];
}

/* d_quantile [n] in d_output's place -> d_output: a step moves all levels beyond it. */
static void chain(const float *output, int middle, int n, float *d_output)
{
	float above = 0, below = 0;
	for (int i = n - 1; i > middle; i--) {
		above += d_output[i];
		d_output[i] = above * (float)alm_logistic((double)output[i]);
	}
	for (int i = 0; i < middle; i++) {
		below += d_output[i];
		d_output[i] = -below * (float)alm_logistic((double)output[i]);
	}
	d_output[middle] += above + below;
}

double alm_loss_quantile(const struct alm_loss_job *job)
{
	int n = job->width, middle = middle_of(job->levels, n);
	float quantile[ALM_LEVELS_MAX];
	double sum = 0;
	for (int i = 0; i < job->n; i++) {
		const float *output = job->output + (long)i * n;
		float *d_output = job->d_output ? job->d_output + (long)i * n : NULL;
		float gain = alm_loss_gain(job, i);
		bool observed = job->mask[i] != 0;
		alm_quantile_levels(output, job->levels, n, quantile);
		for (int k = 0; k < n; k++) {
			float level = job->levels[k];
			float error = observed ? job->target[i] - gain * quantile[k] : 0;
			float slope = error > 0 ? level : error < 0 ? level - 1 : error;
			sum += (double)(slope * error) / n;
			if (d_output)
				d_output[k] = -slope * gain / (float)n;
		}
		if (d_output)
			chain(output, middle, n, d_output);
	}
	return sum;
}
