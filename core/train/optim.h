/*
 * Optimisers: from the gradients of a batch's shards to new weights. The gradients are added in shard order, in
 * pieces of fixed size that threads share out, so the result does not depend on the number of threads.
 *
 * An optimiser may also keep a moving average of the weights it made (Kingma and Ba, ICLR 2015, 7.2): after step n it is the mean of
 * the weights of steps 1..n, each step counting `average` times as much as the one after it. It is the last slot of the state.
 */
#ifndef ALM_TRAIN_OPTIM_H
#define ALM_TRAIN_OPTIM_H
#include <stddef.h>
#include <stdint.h>
#include "base/arena.h"
#include "base/pool.h"
#include "base/status.h"

#define ALM_OPTIM_SLOTS 2

/* One piece of the weights to be stepped. */
struct alm_optim_job {
	size_t n;
	const float *gradient;        /* [n] */
	float *value;                 /* [n] in, out */
	float *slot[ALM_OPTIM_SLOTS]; /* [n] each: the optimiser's own state, zero before step 1 */
	double rate;
	double decay;    /* of the weights */
	double momentum; /* sgd's */
	int64_t step;    /* 1, 2, ... */
};

/* The rule of an optimiser. Static data. */
struct alm_optim_rule {
	const char *name;
	int n_slots;
	void (*step)(const struct alm_optim_job *job);
};

#define OPTIMIZER(name, slots) void alm_optim_##name(const struct alm_optim_job *job);
#include "train/optim.def"
#undef OPTIMIZER

/* The rule at a place of optim.def (the CHOICE of the spec), or NULL past the end. */
const struct alm_optim_rule *alm_optim_at(int place);

/* Which rule, and how. */
struct alm_optim_spec {
	const struct alm_optim_rule *rule;
	double decay;      /* of the weights: in the gradient, with adamw beside it; 0 = none */
	double momentum;   /* sgd's */
	double clip;       /* largest norm of a gradient; 0 = no limit */
	double clip_value; /* largest size of one element of it, before the norm is taken; 0 = no limit */
	double average;    /* share of the past in the moving average of the weights, below 1; 0 = none */
};

/* Floats of state a weight: the rule's, and the average. */
int alm_optim_slots(const struct alm_optim_spec *spec);

/* An optimiser at work on n_floats weights. */
struct alm_optim {
	struct alm_optim_spec spec;
	struct alm_pool *pool; /* not owned */
	size_t n_floats;
	int64_t n_steps;        /* taken so far */
	struct alm_arena arena; /* holds the rest */
	float *slots;           /* [alm_optim_slots][n_floats] */
	float *gradient;        /* [n_floats] of the last batch, clipped */
	double *squares;        /* [pieces] sums of squares */
};

/* The caller releases. ALM_NO_MEMORY. */
ALM_MUST_CHECK enum alm_status alm_optim_init(struct alm_optim *optim, const struct alm_optim_spec *spec,
	size_t n_floats, struct alm_pool *pool, struct alm_error *err);
void alm_optim_release(struct alm_optim *optim);

/*
 * optim->gradient = scale * the sum of n_shards gradients, [n_shards][n_floats], each element clipped to clip_value;
 * returns its Euclidean norm, which is not finite exactly when the gradient was not. Allocates nothing.
 */
double alm_optim_reduce(struct alm_optim *optim, const float *shards, int n_shards, double scale);

/* Steps the weights by optim->gradient, first shortened to `clip` if its norm is longer, and their average. */
void alm_optim_step(struct alm_optim *optim, float *values, double norm, double rate);

/* The weights to forecast with: their average, or where none is kept the values themselves. */
const float *alm_optim_weights(const struct alm_optim *optim, const float *values);

/* The average takes the place of the values, and they its own, until the same is done again. Nothing without one. */
void alm_optim_exchange(struct alm_optim *optim, float *values);

#endif
