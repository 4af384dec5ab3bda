/* RMSprop (Tieleman and Hinton, Coursera lecture 6.5, 2012) with PyTorch's defaults. */
#include <math.h>
#include "train/optim.h"

#define ALPHA   0.99f
#define EPSILON 1e-8f

void alm_optim_rmsprop(const struct alm_optim_job *job)
{
	float rate = (float)job->rate, decay = (float)job->decay;
	const float *restrict gradient = job->gradient;
	float *restrict value = job->value, *restrict square = job->slot[0];
#pragma omp simd
	for (size_t i = 0; i < job->n; i++) {
		float g = gradient[i] + decay * value[i];
		square[i] = ALPHA * square[i] + (1 - ALPHA) * g * g;
		value[i] -= rate * g / (sqrtf(square[i]) + EPSILON);
	}
}
