/* The step that Adam and AdamW share; they differ in where weight decay goes. Internal to train. */
#ifndef ALM_TRAIN_ADAM_H
#define ALM_TRAIN_ADAM_H
#include "train/optim.h"

/* Adam with `decay` times the weight in the gradient. */
void alm_adam_step(const struct alm_optim_job *job, float decay);

#endif
