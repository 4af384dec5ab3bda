#include "train/optim.h"
#include <math.h>
#include "base/subnormal.h"

/* Floats of one piece: large enough to be worth a task, small enough to stay in a first-level cache. */
#define PIECE 4096

static const struct alm_optim_rule rules[] = {
#define OPTIMIZER(name, slots) {#name, slots, alm_optim_##name},
#include "train/optim.def"
#undef OPTIMIZER
};

const struct alm_optim_rule *alm_optim_at(int place)
{
	return place >= 0 && place < (int)(sizeof rules / sizeof *rules) ? &rules[place] : NULL;
}

int alm_optim_slots(const struct alm_optim_spec *spec)
{
	return spec->rule->n_slots + (spec->average > 0);
}

static int n_pieces(const struct alm_optim *optim)
{
	return (int)((optim->n_floats + PIECE - 1) / PIECE);
}

enum alm_status alm_optim_init(struct alm_optim *optim, const struct alm_optim_spec *spec, size_t n_floats,
	struct alm_pool *pool, struct alm_error *err)
{
	struct alm_optim made = {.spec = *spec, .pool = pool, .n_floats = n_floats};
	size_t slots = (size_t)alm_optim_slots(spec) * n_floats, pieces = (size_t)n_pieces(&made);
	enum alm_status status = alm_arena_init(&made.arena,
		alm_arena_cost(slots * sizeof(float)) + alm_arena_cost(n_floats * sizeof(float)) +
			alm_arena_cost(pieces * sizeof(double)),
		err);
	if (status != ALM_OK)
		return status;
	made.slots = alm_arena_floats(&made.arena, slots);
	made.gradient = alm_arena_floats(&made.arena, n_floats);
	made.squares = alm_arena_take(&made.arena, pieces * sizeof(double));
	*optim = made;
	return ALM_OK;
}

void alm_optim_release(struct alm_optim *optim)
{
	alm_arena_release(&optim->arena);
	*optim = (struct alm_optim){0};
}

/* What the tasks of one pass share. */
struct pass {
	struct alm_optim *optim;
	const float *shards;
	int n_shards;
	float scale;
	float *values;
	double rate;
};

static size_t piece_floats(const struct alm_optim *optim, size_t first)
{
	size_t left = optim->n_floats - first;
	return left < PIECE ? left : PIECE;
}

static void reduce_piece(void *job, int task, int worker)
{
	(void)worker;
	const struct pass *pass = job;
	struct alm_optim *optim = pass->optim;
	size_t first = (size_t)task * PIECE, n = piece_floats(optim, first);
	uint64_t mode = alm_subnormal_flush();
	float *restrict sum = optim->gradient + first;
	for (size_t i = 0; i < n; i++)
		sum[i] = pass->shards[first + i];
	for (int shard = 1; shard < pass->n_shards; shard++) {
		const float *restrict from = pass->shards + (size_t)shard * optim->n_floats + first;
		for (size_t i = 0; i < n; i++)
			sum[i] += from[i];
	}
	double squares = 0;
	float most = optim->spec.clip_value > 0 ? (float)optim->spec.clip_value : INFINITY;
	for (size_t i = 0; i < n; i++) {
		float element = sum[i] * pass->scale;
		if (isfinite(element)) /* what is not must show in the norm */
			element = element > most ? most : element < -most ? -most : element;
		sum[i] = element;
		squares += (double)sum[i] * (double)sum[i];
	}
	optim->squares[task] = squares;
	alm_subnormal_restore(mode);
}

double alm_optim_reduce(struct alm_optim *optim, const float *shards, int n_shards, double scale)
{
	struct pass pass = {.optim = optim, .shards = shards, .n_shards = n_shards, .scale = (float)scale};
	alm_pool_run(optim->pool, n_pieces(optim), reduce_piece, &pass);
	double squares = 0;
	for (int i = 0; i < n_pieces(optim); i++)
		squares += optim->squares[i];
	return sqrt(squares);
}

/* Behind the slots of the rule. */
static float *average_of(const struct alm_optim *optim)
{
	return optim->spec.average > 0 ? optim->slots + (size_t)optim->spec.rule->n_slots * optim->n_floats
				       : NULL;
}

/* Weights of the steps so far count 1, d, d^2 ... from the newest back, divided by their sum (1 - d^n) / (1 - d). */
static void average_piece(const struct alm_optim *optim, const float *restrict value, size_t first, size_t n)
{
	float *restrict mean = average_of(optim) + first;
	double d = optim->spec.average;
	float share = (float)((1 - d) / (1 - pow(d, (double)optim->n_steps)));
#pragma omp simd
	for (size_t i = 0; i < n; i++)
		mean[i] += share * (value[i] - mean[i]);
}

static void step_piece(void *job, int task, int worker)
{
	(void)worker;
	const struct pass *pass = job;
	struct alm_optim *optim = pass->optim;
	size_t first = (size_t)task * PIECE, n = piece_floats(optim, first);
	float *gradient = optim->gradient + first;
	uint64_t mode = alm_subnormal_flush();
	if (pass->scale < 1)
		for (size_t i = 0; i < n; i++)
			gradient[i] *= pass->scale;
	struct alm_optim_job step = {.n = n,
		.gradient = gradient,
		.value = pass->values + first,
		.rate = pass->rate,
		.decay = optim->spec.decay,
		.momentum = optim->spec.momentum,
		.step = optim->n_steps};
	for (int slot = 0; slot < optim->spec.rule->n_slots; slot++)
		step.slot[slot] = optim->slots + (size_t)slot * optim->n_floats + first;
	optim->spec.rule->step(&step);
	if (optim->spec.average > 0)
		average_piece(optim, step.value, first, n);
	alm_subnormal_restore(mode);
}

void alm_optim_step(struct alm_optim *optim, float *values, double norm, double rate)
{
	double clip = optim->spec.clip;
	struct pass pass = {.optim = optim,
		.scale = clip > 0 && norm > clip ? (float)(clip / norm) : 1,
		.values = values,
		.rate = rate};
	optim->n_steps++;
	alm_pool_run(optim->pool, n_pieces(optim), step_piece, &pass);
}

const float *alm_optim_weights(const struct alm_optim *optim, const float *values)
{
	return optim->spec.average > 0 ? average_of(optim) : values;
}

void alm_optim_exchange(struct alm_optim *optim, float *values)
{
	float *average = average_of(optim);
	for (size_t i = 0; average && i < optim->n_floats; i++) {
		float value = values[i];
		values[i] = average[i];
		average[i] = value;
	}
}
