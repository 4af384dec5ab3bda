/* Mean squared error: e^2, gradient 2 e. */
#include <stddef.h>
#include "nn/loss.h"

double alm_loss_mse(const struct alm_loss_job *job)
{
	double sum = 0;
	for (int i = 0; i < job->n; i++) {
		float error = job->mask[i] != 0 ? job->prediction[i] - job->target[i] : 0;
		sum += (double)error * (double)error;
		if (job->d_prediction)
			job->d_prediction[i] = 2 * error;
	}
	return sum;
}
