/* Mean absolute error: |e|, gradient sign(e), 0 at 0. */
#include <math.h>
#include "nn/loss.h"

double alm_loss_mae(const struct alm_loss_job *job)
{
	double sum = 0;
	for (int i = 0; i < job->n; i++) {
		float error = alm_loss_error(job, i), gain = alm_loss_gain(job, i);
		sum += fabs((double)error);
		if (job->d_output)
			job->d_output[i] = error == error ? gain * (float)((error > 0) - (error < 0)) : error;
	}
	return sum;
}
