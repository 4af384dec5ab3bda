/* Mean squared error: e^2, gradient 2 e. */
#include "nn/loss.h"

double alm_loss_mse(const struct alm_loss_job *job)
{
	double sum = 0;
	for (int i = 0; i < job->n; i++) {
		float error = alm_loss_error(job, i);
		sum += (double)error * (double)error;
		if (job->d_output)
			job->d_output[i] = 2 * alm_loss_gain(job, i) * error;
	}
	return sum;
}
