/* Huber 1964: e^2 / 2 up to delta, delta (|e| - delta / 2) beyond; gradient e clipped to +-delta. */
#include <math.h>
#include <stddef.h>
#include "nn/loss.h"

double alm_loss_huber(const struct alm_loss_job *job)
{
	double sum = 0, delta = (double)job->delta;
	for (int i = 0; i < job->n; i++) {
		float error = job->mask[i] != 0 ? job->prediction[i] - job->target[i] : 0;
		double size = fabs((double)error);
		sum += size <= delta ? size * size / 2 : delta * (size - delta / 2);
		if (job->d_prediction)
			job->d_prediction[i] = size > delta ? copysignf(job->delta, error) : error;
	}
	return sum;
}
