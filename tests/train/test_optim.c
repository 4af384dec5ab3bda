#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "support/make.h"
#include "train/optim.h"
#include "train/schedule.h"

/* The reference: the papers' formulas in double, one weight at a time. */
static double adam_by_hand(double w, const double *g, int n, double rate)
{
	double m = 0, v = 0;
	for (int t = 1; t <= n; t++) {
		m = 0.9 * m + 0.1 * g[t - 1];
		v = 0.999 * v + 0.001 * g[t - 1] * g[t - 1];
		w -= rate * (m / (1 - pow(0.9, t))) / (sqrt(v / (1 - pow(0.999, t))) + 1e-8);
	}
	return w;
}

static double rmsprop_by_hand(double w, const double *g, int n, double rate)
{
	double v = 0;
	for (int t = 0; t < n; t++) {
		v = 0.99 * v + 0.01 * g[t] * g[t];
		w -= rate * g[t] / (sqrt(v) + 1e-8);
	}
	return w;
}

/* Weight after the gradients, taken through the public functions in two shards of half each. */
static float stepped(int place, const double *g, int n, double rate)
{
	struct alm_pool *pool;
	struct alm_optim optim;
	float value = 0.5f;
	cr_assert_eq(alm_pool_new(1, &pool, NULL), ALM_OK);
	cr_assert_eq(
		alm_optim_init(&optim, &(struct alm_optim_spec){.rule = alm_optim_at(place)}, 1, pool, NULL),
		ALM_OK);
	for (int t = 0; t < n; t++) {
		float shards[2] = {(float)g[t] / 2, (float)g[t] / 2};
		double norm = alm_optim_reduce(&optim, shards, 2, 1);
		cr_assert_float_eq(norm, fabs(g[t]), 1e-6);
		alm_optim_step(&optim, &value, norm, rate);
	}
	alm_optim_release(&optim);
	alm_pool_free(pool);
	return value;
}

static const double gradients[] = {0.3, -1.2, 0.05, 2.0, -0.7, 0.001, 0.4, -0.4, 1.5, 0.9};

Test(optim, adam_follows_the_formula_of_the_paper)
{
	cr_assert_str_eq(alm_optim_at(0)->name, "adam");
	cr_assert_float_eq(stepped(0, gradients, 10, 0.01), adam_by_hand(0.5, gradients, 10, 0.01), 1e-6);
}

Test(optim, rmsprop_follows_its_formula)
{
	cr_assert_str_eq(alm_optim_at(1)->name, "rmsprop");
	cr_assert_float_eq(stepped(1, gradients, 10, 0.01), rmsprop_by_hand(0.5, gradients, 10, 0.01), 2e-6);
}

Test(optim, there_is_nothing_past_the_end_of_the_lists)
{
	cr_assert_null(alm_optim_at(4));
	cr_assert_null(alm_optim_at(-1));
	cr_assert_null(alm_schedule_at(4));
}

Test(optim, a_long_gradient_is_shortened_to_the_clip)
{
	struct alm_pool *pool;
	struct alm_optim optim;
	float shard[2] = {3, 4}, values[2] = {0};
	cr_assert_eq(alm_pool_new(1, &pool, NULL), ALM_OK);
	cr_assert_eq(alm_optim_init(&optim, &(struct alm_optim_spec){.rule = alm_optim_at(1), .clip = 1}, 2,
			     pool, NULL),
		ALM_OK);
	double norm = alm_optim_reduce(&optim, shard, 1, 1);
	cr_assert_float_eq(norm, 5, 1e-6);
	alm_optim_step(&optim, values, norm, 0.1);
	cr_assert_float_eq(optim.gradient[0], 0.6f, 1e-6);
	cr_assert_float_eq(optim.gradient[1], 0.8f, 1e-6);
	alm_optim_release(&optim);
	alm_pool_free(pool);
}

Test(optim, a_gradient_that_is_not_finite_shows_in_its_norm)
{
	struct alm_pool *pool;
	struct alm_optim optim;
	float shard[3] = {1, NAN, 1};
	cr_assert_eq(alm_pool_new(1, &pool, NULL), ALM_OK);
	cr_assert_eq(alm_optim_init(&optim, &(struct alm_optim_spec){.rule = alm_optim_at(0)}, 3, pool, NULL),
		ALM_OK);
	cr_assert(isnan(alm_optim_reduce(&optim, shard, 1, 1)));
	alm_optim_release(&optim);
	alm_pool_free(pool);
}

Test(optim, an_element_is_clipped_before_the_norm_is_taken)
{
	struct alm_pool *pool;
	struct alm_optim optim;
	struct alm_optim_spec spec = {.rule = alm_optim_at(1), .clip_value = 0.5};
	float shard[4] = {-3, 0.3f, 4, 0.4f};
	cr_assert_eq(alm_pool_new(1, &pool, NULL), ALM_OK);
	cr_assert_eq(alm_optim_init(&optim, &spec, 4, pool, NULL), ALM_OK);
	double norm = alm_optim_reduce(&optim, shard, 1, 1);
	cr_assert_float_eq(norm, sqrt(0.25 + 0.09 + 0.25 + 0.16), 1e-6);
	cr_assert_float_eq(optim.gradient[0], -0.5f, 0);
	cr_assert_float_eq(optim.gradient[3], 0.4f, 0);
	shard[1] = INFINITY;
	cr_assert(!isfinite(alm_optim_reduce(&optim, shard, 1, 1)), "clipping must not hide it");
	alm_optim_release(&optim);
	alm_pool_free(pool);
}

/* The reference: each step's weights count 0.8 times as much as the next one's. */
Test(optim, an_average_counts_the_steps_by_their_age)
{
	struct alm_pool *pool;
	struct alm_optim optim;
	struct alm_optim_spec spec = {.rule = alm_optim_at(0), .average = 0.8};
	float values[3] = {0.5f, -1, 3};
	double sum[3] = {0}, shares = 0;
	cr_assert_eq(alm_pool_new(1, &pool, NULL), ALM_OK);
	cr_assert_eq(alm_optim_init(&optim, &spec, 3, pool, NULL), ALM_OK);
	for (int t = 0; t < 10; t++) {
		float shard[3] = {(float)gradients[t], 1, (float)-gradients[t]};
		alm_optim_step(&optim, values, alm_optim_reduce(&optim, shard, 1, 1), 0.1);
		shares = 0.8 * shares + 1;
		for (int i = 0; i < 3; i++) {
			sum[i] = 0.8 * sum[i] + (double)values[i];
			cr_assert_float_eq(
				alm_optim_weights(&optim, values)[i], sum[i] / shares, 1e-6, "step %d", t);
		}
	}
	alm_optim_release(&optim);
	alm_pool_free(pool);
}

Test(optim, an_average_and_the_values_change_places_and_back)
{
	struct alm_pool *pool;
	struct alm_optim optim;
	struct alm_optim_spec spec = {.rule = alm_optim_at(3), .average = 0.5};
	float value = 1, shard = 1;
	cr_assert_eq(alm_pool_new(1, &pool, NULL), ALM_OK);
	cr_assert_eq(alm_optim_init(&optim, &spec, 1, pool, NULL), ALM_OK);
	for (int t = 0; t < 2; t++)
		alm_optim_step(&optim, &value, alm_optim_reduce(&optim, &shard, 1, 1), 0.25);
	float average = alm_optim_weights(&optim, &value)[0]; /* of 0.75 and 0.5, which counts twice */
	cr_assert_float_eq(average, 1.75f / 3, 1e-7);
	alm_optim_exchange(&optim, &value);
	cr_assert_eq(value, average);
	alm_optim_exchange(&optim, &value);
	cr_assert_eq(value, 0.5f);
	alm_optim_release(&optim);
	alm_pool_free(pool);
}

Test(optim, without_an_average_the_weights_are_the_values)
{
	struct alm_pool *pool;
	struct alm_optim optim;
	struct alm_optim_spec spec = {.rule = alm_optim_at(0)};
	float value = 1;
	cr_assert_eq(alm_optim_slots(&spec), 2);
	cr_assert_eq(alm_pool_new(1, &pool, NULL), ALM_OK);
	cr_assert_eq(alm_optim_init(&optim, &spec, 1, pool, NULL), ALM_OK);
	cr_assert_eq(alm_optim_weights(&optim, &value), &value);
	alm_optim_exchange(&optim, &value);
	cr_assert_eq(value, 1);
	alm_optim_release(&optim);
	alm_pool_free(pool);
}

struct weights {
	int n_weights, n_steps;
	float start[16], gradient[64][16];
};

/* Weights after every step, against those of one `rule` line of the file. */
static void follow(FILE *file, const struct weights *weights, const struct alm_optim_spec *spec, double rate)
{
	struct alm_pool *pool;
	struct alm_optim optim;
	float values[16];
	memcpy(values, weights->start, sizeof values);
	cr_assert_eq(alm_pool_new(1, &pool, NULL), ALM_OK);
	cr_assert_eq(alm_optim_init(&optim, spec, (size_t)weights->n_weights, pool, NULL), ALM_OK);
	for (int step = 0; step < weights->n_steps; step++) {
		double norm = alm_optim_reduce(&optim, weights->gradient[step], 1, 1);
		alm_optim_step(&optim, values, norm, rate);
		for (int i = 0; i < weights->n_weights; i++) {
			float expected;
			cr_assert_eq(fscanf(file, "%f", &expected), 1);
			cr_assert_float_eq(values[i], expected, 1e-6f,
				"%s, decay %g, step %d, weight %d: %g, %g", spec->rule->name, spec->decay,
				step, i, (double)values[i], (double)expected);
		}
	}
	alm_optim_release(&optim);
	alm_pool_free(pool);
}

Test(optim, steps_are_those_of_pytorch_over_fifty_steps)
{
	static struct weights weights;
	char *path = make_path(getenv("ALMANAC_SOURCE_DIR"), "tests/data/optimizer_reference.txt");
	FILE *file = fopen(path, "r");
	char name[16];
	double rate, decay, momentum;
	int n_rules = 0;
	cr_assert(file, "%s", path);
	cr_assert_eq(fscanf(file, "%d %d", &weights.n_weights, &weights.n_steps), 2);
	for (int i = 0; i < weights.n_weights; i++)
		cr_assert_eq(fscanf(file, "%f", &weights.start[i]), 1);
	for (int step = 0; step < weights.n_steps; step++)
		for (int i = 0; i < weights.n_weights; i++)
			cr_assert_eq(fscanf(file, "%f", &weights.gradient[step][i]), 1);
	for (; fscanf(file, " rule %15s %lf %lf %lf", name, &rate, &decay, &momentum) == 4; n_rules++) {
		struct alm_optim_spec spec = {.decay = decay, .momentum = momentum};
		for (int place = 0; alm_optim_at(place); place++)
			if (strcmp(alm_optim_at(place)->name, name) == 0)
				spec.rule = alm_optim_at(place);
		cr_assert(spec.rule, "%s", name);
		follow(file, &weights, &spec, rate);
	}
	cr_assert_eq(n_rules, 10);
	fclose(file);
	free(path);
}

static const struct alm_schedule *schedule(const char *name)
{
	for (int place = 0; alm_schedule_at(place); place++)
		if (strcmp(alm_schedule_at(place)->name, name) == 0)
			return alm_schedule_at(place);
	cr_assert_fail("no schedule %s", name);
	return NULL;
}

Test(schedule, constant_stays_and_cosine_falls_from_one_to_zero)
{
	struct alm_schedule_point point = {.every = 1, .factor = 0.5};
	cr_assert_float_eq(schedule("constant")->share(&point), 1, 0);
	cr_assert_float_eq(schedule("cosine")->share(&point), 1, 1e-12);
	point.done = 0.5;
	cr_assert_float_eq(schedule("cosine")->share(&point), 0.5, 1e-12);
	point.done = 1;
	cr_assert_float_eq(schedule("cosine")->share(&point), 0, 1e-12);
}

Test(schedule, step_is_cut_every_so_many_epochs)
{
	struct alm_schedule_point point = {.every = 3, .factor = 0.1};
	const double expected[] = {1, 1, 1, 0.1, 0.1, 0.1, 0.01};
	for (; point.epoch < 7; point.epoch++)
		cr_assert_float_eq(schedule("step")->share(&point), expected[point.epoch], 1e-12);
}

Test(schedule, plateau_is_cut_at_every_plateau)
{
	struct alm_schedule_point point = {.every = 3, .factor = 0.5, .epoch = 40, .plateaus = 2};
	cr_assert_float_eq(schedule("plateau")->share(&point), 0.25, 1e-12);
}

/* Of 100 steps 20 are warm-up: 1/21, 2/21 ... 20/21, then the cosine over the other 80. */
Test(schedule, every_one_can_begin_with_a_warm_up)
{
	struct alm_schedule_point point = {.every = 1, .factor = 0.5};
	cr_assert_float_eq(alm_schedule_share(schedule("cosine"), 0, 100, 0.2, point), 1.0 / 21, 1e-12);
	cr_assert_float_eq(alm_schedule_share(schedule("cosine"), 19, 100, 0.2, point), 20.0 / 21, 1e-12);
	cr_assert_float_eq(alm_schedule_share(schedule("cosine"), 20, 100, 0.2, point), 1, 1e-12);
	cr_assert_float_eq(alm_schedule_share(schedule("cosine"), 60, 100, 0.2, point), 0.5, 1e-12);
	cr_assert_float_eq(alm_schedule_share(schedule("cosine"), 0, 100, 0, point), 1, 1e-12);
}
