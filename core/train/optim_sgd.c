/* Stochastic gradient descent with momentum as PyTorch has it: v = momentum v + g, w -= rate v. */
#include "train/optim.h"

void alm_optim_sgd(const struct alm_optim_job *job)
{
	float rate = (float)job->rate, momentum = (float)job->momentum, decay = (float)job->decay;
	const float *restrict gradient = job->gradient;
	float *restrict value = job->value, *restrict velocity = job->slot[0];
#pragma omp simd
	for (size_t i = 0; i < job->n; i++) {
		velocity[i] = momentum * velocity[i] + gradient[i] + decay * value[i];
		value[i] -= rate * velocity[i];
	}
}
