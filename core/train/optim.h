/*
 * Optimisers: from the gradients of a batch's shards to new weights. The gradients are added in shard order, in
 * pieces of fixed size that threads share out, so the result does not depend on the number of threads.
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
};

/* An optimiser at work on n_floats weights. */
struct alm_optim {
	struct alm_optim_spec spec;
	struct alm_pool *pool; /* not owned */
	size_t n_floats;
	int64_t n_steps;        /* taken so far */
	struct alm_arena arena; /* holds the rest */
	float *slots;           /* [n_slots][n_floats] */
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

/* Steps the weights by optim->gradient, first shortened to `clip` if its norm is longer. */
void alm_optim_step(struct alm_optim *optim, float *values, double norm, double rate);

#endif
