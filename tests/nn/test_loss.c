#include <criterion/criterion.h>
#include <math.h>
#include <string.h>
#include "nn/loss.h"

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

Test(loss, is_not_finite_for_a_prediction_that_is_not)
{
	float bad[] = {NAN}, good[] = {1}, one[] = {1}, gradient[1];
	for (int place = 0; alm_loss_at(place); place++)
		cr_assert(!isfinite(alm_loss_at(place)->apply(&(struct alm_loss_job){.n = 1,
				  .width = 1,
				  .output = bad,
				  .target = good,
				  .mask = one,
				  .delta = 1,
				  .d_output = gradient})),
			"%s", alm_loss_at(place)->name);
}
