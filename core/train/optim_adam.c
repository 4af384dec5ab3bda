/* Adam (Kingma and Ba, ICLR 2015) with PyTorch's defaults and order of operations; decay is part of the gradient. */
#include <math.h>
#include "train/adam.h"

#define BETA1   0.9
#define BETA2   0.999
#define EPSILON 1e-8f

void alm_adam_step(const struct alm_optim_job *job, float decay)
{
	float step_size = (float)(job->rate / (1 - pow(BETA1, (double)job->step)));
	float root = (float)sqrt(1 - pow(BETA2, (double)job->step));
	const float *restrict gradient = job->gradient;
	float *restrict value = job->value, *restrict mean = job->slot[0], *restrict square = job->slot[1];
#pragma omp simd
	for (size_t i = 0; i < job->n; i++) {
		float g = gradient[i] + decay * value[i];
		mean[i] = (float)BETA1 * mean[i] + (float)(1 - BETA1) * g;
		square[i] = (float)BETA2 * square[i] + (float)(1 - BETA2) * g * g;
		value[i] -= step_size * mean[i] / (sqrtf(square[i]) / root + EPSILON);
	}
}

void alm_optim_adam(const struct alm_optim_job *job)
{
	alm_adam_step(job, (float)job->decay);
}
