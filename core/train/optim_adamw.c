/* AdamW (Loshchilov and Hutter, ICLR 2019): decay shrinks the weights themselves and leaves the gradient alone. */
#include "train/adam.h"

void alm_optim_adamw(const struct alm_optim_job *job)
{
	float kept = (float)(1 - job->rate * job->decay);
	for (size_t i = 0; i < job->n; i++)
		job->value[i] *= kept;
	alm_adam_step(job, 0);
}
