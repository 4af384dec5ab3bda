#include <criterion/criterion.h>
#include <math.h>
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
	cr_assert_eq(alm_optim_init(&optim, alm_optim_at(place), 1, pool, NULL), ALM_OK);
	for (int t = 0; t < n; t++) {
		float shards[2] = {(float)g[t] / 2, (float)g[t] / 2};
		double norm = alm_optim_reduce(&optim, shards, 2, 1);
		cr_assert_float_eq(norm, fabs(g[t]), 1e-6);
		alm_optim_step(&optim, &value, norm, 0, rate);
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
	cr_assert_null(alm_optim_at(2));
	cr_assert_null(alm_optim_at(-1));
	cr_assert_null(alm_schedule_at(2));
}

Test(optim, a_long_gradient_is_shortened_to_the_clip)
{
	struct alm_pool *pool;
	struct alm_optim optim;
	float shard[2] = {3, 4}, values[2] = {0};
	cr_assert_eq(alm_pool_new(1, &pool, NULL), ALM_OK);
	cr_assert_eq(alm_optim_init(&optim, alm_optim_at(1), 2, pool, NULL), ALM_OK);
	double norm = alm_optim_reduce(&optim, shard, 1, 1);
	cr_assert_float_eq(norm, 5, 1e-6);
	alm_optim_step(&optim, values, norm, 1, 0.1);
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
	cr_assert_eq(alm_optim_init(&optim, alm_optim_at(0), 3, pool, NULL), ALM_OK);
	cr_assert(isnan(alm_optim_reduce(&optim, shard, 1, 1)));
	alm_optim_release(&optim);
	alm_pool_free(pool);
}

Test(schedule, cosine_falls_from_one_to_zero)
{
	const struct alm_schedule *cosine = alm_schedule_at(1);
	cr_assert_str_eq(cosine->name, "cosine");
	cr_assert_float_eq(cosine->share(0), 1, 1e-12);
	cr_assert_float_eq(cosine->share(0.5), 0.5, 1e-12);
	cr_assert_float_eq(cosine->share(1), 0, 1e-12);
	cr_assert_float_eq(alm_schedule_at(0)->share(0.7), 1, 0);
}
