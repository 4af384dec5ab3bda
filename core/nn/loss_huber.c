/* Huber 1964: e^2 / 2 up to delta, delta (|e| - delta / 2) beyond; gradient e clipped to +-delta. */
#include <math.h>
#include "nn/loss.h"

double alm_loss_huber(const struct alm_loss_job *job)
{
	double sum = 0, delta = (double)job->delta;
	for (int i = 0; i < job->n; i++) {
		float error = alm_loss_error(job, i), gain = alm_loss_gain(job, i);
		double size = fabs((double)error);
		sum += size <= delta ? size * size / 2 : delta * (size - delta / 2);
		if (job->d_output)
			job->d_output[i] = gain * (size > delta ? copysignf(job->delta, error) : error);
	}
	return sum;
}
