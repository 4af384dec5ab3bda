/* Mean absolute error: |e|, gradient sign(e), 0 at 0. */
#include <math.h>
#include <stddef.h>
#include "nn/loss.h"

double alm_loss_mae(const struct alm_loss_job *job)
{
	double sum = 0;
	for (int i = 0; i < job->n; i++) {
		float error = job->mask[i] != 0 ? job->prediction[i] - job->target[i] : 0;
		sum += fabs((double)error);
		if (job->d_prediction)
			job->d_prediction[i] = error == error ? (float)((error > 0) - (error < 0)) : error;
	}
	return sum;
}
