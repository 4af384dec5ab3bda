#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/rng.h"
#include "nn/loss.h"
#include "support/make.h"

static const float prediction[] = {1, -2, 0.5f, 3, 0};
static const float target[] = {0.5f, 1, 0.5f, -1, 99};
static const float mask[] = {1, 1, 1, 1, 0};

static double apply(const char *name, float delta, float *gradient)
{
	for (int place = 0; alm_loss_at(place); place++)
		if (strcmp(alm_loss_at(place)->name, name) == 0)
			return alm_loss_at(place)->apply(&(struct alm_loss_job){.n = 5,
				.width = 1,
				.output = prediction,
				.target = target,
				.mask = mask,
				.delta = delta,
				.d_output = gradient});
	cr_assert_fail("no loss %s", name);
	return 0;
}

static void same(const float *gradient, const float *expected)
{
	for (int i = 0; i < 5; i++)
		cr_assert_float_eq(gradient[i], expected[i], 1e-6f, "%d: %g", i, (double)gradient[i]);
}

Test(loss, mae_is_the_sum_of_distances)
{
	float gradient[5];
	cr_assert_float_eq(apply("mae", 0, gradient), 0.5 + 3 + 0 + 4, 1e-6);
	same(gradient, (const float[]){1, -1, 0, 1, 0});
}

Test(loss, mse_is_the_sum_of_squares)
{
	float gradient[5];
	cr_assert_float_eq(apply("mse", 0, gradient), 0.25 + 9 + 0 + 16, 1e-6);
	same(gradient, (const float[]){1, -6, 0, 8, 0});
}

/* Huber with delta 1: 0.5 e^2 up to 1, e - 0.5 beyond. */
Test(loss, huber_is_square_near_zero_and_straight_beyond_delta)
{
	float gradient[5];
	cr_assert_float_eq(apply("huber", 1, gradient), 0.125 + 2.5 + 0 + 3.5, 1e-6);
	same(gradient, (const float[]){0.5f, -1, 0, 1, 0});
}

/* A value is forecast as gain * output: with a gain of 2 the outputs of half the size give the same sum, and the chain rule
 * twice the gradient. */
Test(loss, is_taken_in_the_units_of_the_target_whatever_the_gain)
{
	float halved[5], plain[5], scaled[5];
	const float gain[] = {2, 2, 2, 2, 2};
	for (int i = 0; i < 5; i++)
		halved[i] = prediction[i] / 2;
	for (int place = 0; alm_loss_at(place) && alm_loss_at(place)->width == 1; place++) {
		struct alm_loss_job job = {.n = 5, .width = 1, .target = target, .mask = mask, .delta = 1};
		job.output = prediction;
		job.d_output = plain;
		double expected = alm_loss_at(place)->apply(&job);
		job.output = halved;
		job.gain = gain;
		job.d_output = scaled;
		cr_assert_float_eq(alm_loss_at(place)->apply(&job), expected, 1e-6);
		for (int i = 0; i < 5; i++)
			cr_assert_float_eq(scaled[i], 2 * plain[i], 1e-6);
	}
}

Test(loss, can_be_had_without_its_gradient)
{
	cr_assert_float_eq(apply("mae", 0, NULL), 7.5, 1e-6);
}

static const float levels[] = {0.05f, 0.25f, 0.5f, 0.9f};

static const struct alm_loss *find(const char *name)
{
	for (int place = 0; alm_loss_at(place); place++)
		if (strcmp(alm_loss_at(place)->name, name) == 0)
			return alm_loss_at(place);
	cr_assert_fail("no loss %s", name);
	return NULL;
}

Test(loss, is_not_finite_for_a_prediction_that_is_not)
{
	float bad[] = {NAN, NAN, NAN, NAN}, good[] = {1}, one[] = {1}, gradient[4];
	for (int place = 0; alm_loss_at(place); place++) {
		const struct alm_loss *loss = alm_loss_at(place);
		struct alm_loss_job job = {.n = 1,
			.width = alm_loss_width(loss, 4),
			.output = bad,
			.target = good,
			.mask = one,
			.delta = 1,
			.levels = levels,
			.d_output = gradient};
		cr_assert(!isfinite(loss->apply(&job)), "%s", loss->name);
		cr_assert(!isfinite(gradient[0]), "%s", loss->name);
	}
}

Test(loss, of_a_missing_target_is_nothing)
{
	float output[] = {1, 2, 3, 4}, wanted[] = {NAN}, none[] = {0};
	for (int place = 0; alm_loss_at(place); place++) {
		const struct alm_loss *loss = alm_loss_at(place);
		float gradient[] = {9, 9, 9, 9};
		struct alm_loss_job job = {.n = 1,
			.width = alm_loss_width(loss, 4),
			.output = output,
			.target = wanted,
			.mask = none,
			.delta = 1,
			.levels = levels,
			.d_output = gradient};
		cr_assert_eq(loss->apply(&job), 0, "%s", loss->name);
		for (int i = 0; i < job.width; i++)
			cr_assert_eq(gradient[i], 0, "%s", loss->name);
	}
}

/* Values and gradients of tests/data/likelihood_reference.py. */
Test(loss, of_likelihoods_and_quantiles_is_that_of_pytorch)
{
	char *path = make_path(getenv("ALMANAC_SOURCE_DIR"), "tests/data/likelihood_reference.txt");
	FILE *file = fopen(path, "r");
	char name[32];
	int width, n = 0;
	float gain, wanted, output[4], gradient[4];
	const float one[] = {1};
	double value;
	cr_assert(file, "%s", path);
	for (; fscanf(file, "%31s %d %f %f %lf", name, &width, &gain, &wanted, &value) == 5; n++) {
		for (int i = 0; i < width; i++)
			cr_assert_eq(fscanf(file, "%f", &output[i]), 1);
		struct alm_loss_job job = {.n = 1,
			.width = width,
			.output = output,
			.target = &wanted,
			.mask = one,
			.gain = &gain,
			.levels = levels,
			.d_output = gradient};
		double found = find(name)->apply(&job);
		cr_assert_float_eq(found, value, 1e-6 * fmax(1, fabs(value)), "%s %d: %g", name, n, found);
		for (int i = 0; i < width; i++) {
			float expected;
			cr_assert_eq(fscanf(file, "%f", &expected), 1);
			cr_assert_float_eq(gradient[i], expected, 2e-6f * fmaxf(1, fabsf(expected)),
				"%s %d: gradient %d is %g instead of %g", name, n, i, (double)gradient[i],
				(double)expected);
		}
	}
	cr_assert_eq(n, 36);
	fclose(file);
	free(path);
}

Test(loss, of_outputs_however_large_is_finite)
{
	const float sizes[] = {-1e4f, -30, 0, 30, 1e4f};
	const float wanted[] = {1}, one[] = {1};
	for (int place = 0; alm_loss_at(place); place++)
		for (int which = 0; which < 625; which++) {
			const struct alm_loss *loss = alm_loss_at(place);
			float output[4], gradient[4];
			for (int i = 0, rest = which; i < 4; i++, rest /= 5)
				output[i] = sizes[rest % 5];
			struct alm_loss_job job = {.n = 1,
				.width = alm_loss_width(loss, 4),
				.output = output,
				.target = wanted,
				.mask = one,
				.delta = 1,
				.levels = levels,
				.d_output = gradient};
			cr_assert(isfinite(loss->apply(&job)), "%s", loss->name);
			for (int i = 0; i < job.width; i++)
				cr_assert(isfinite(gradient[i]), "%s", loss->name);
		}
}

Test(loss, quantiles_never_cross)
{
	for (int place = 0; alm_loss_at(place); place++) {
		const struct alm_loss *loss = alm_loss_at(place);
		for (uint64_t draw = 0; draw < 200 && loss->quantiles; draw++) {
			float output[4], quantile[4];
			for (uint64_t i = 0; i < 4; i++)
				output[i] = (float)(10 * alm_rng_normal(1, draw, i));
			loss->quantiles(output, levels, 4, quantile);
			for (int i = 1; i < 4; i++)
				cr_assert_geq(quantile[i], quantile[i - 1], "%s", loss->name);
			float point = loss->point(output, alm_loss_width(loss, 4), levels);
			cr_assert_eq(quantile[2], point, "%s: the median is the point", loss->name);
		}
	}
}
