/* What the checks of backward say of cells with one fault each; see tests/cli/test_cell_mutants.c for wrong formulas. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "probe/broken.h"

static struct found backward_of(void (*backward)(const struct almanac_backward *))
{
	struct almanac_cell cell = good_cell;
	cell.backward = backward;
	return found_by(alm_check_backward, &cell, 1);
}

Test(probe_backward, finds_nothing_in_a_good_cell)
{
	for (int seed = 1; seed <= 10; seed++) {
		struct found found = found_by(alm_check_backward, &good_cell, seed);
		expect_all_passed(&found);
	}
}

static void leave_one(const struct almanac_backward *s)
{
	float kept = s->d_prev[0];
	good_backward(s);
	s->d_prev[0] = kept;
}

Test(probe_backward, a_value_that_is_not_written_is_found)
{
	struct found found = backward_of(leave_one);
	expect_failed(
		&found, "backward: writes every output", "d_prev of state y, row 0, unit 0 was not written");
	cr_assert_eq(found.n_failed, 1, "nothing else is worth trying");
}

static void add_a_constant(const struct almanac_backward *s)
{
	good_backward(s);
	s->d_pre[0] += 1e-4f;
}

Test(probe_backward, a_gradient_of_nothing_is_found)
{
	struct found found = backward_of(add_a_constant);
	expect_failed(
		&found, "zero d_next gives zero", "d_pre of gate a, row 0, unit 0: expected 0, found 0.0001");
}

static void square(const struct almanac_backward *s)
{
	good_backward(s);
	s->d_prev[0] = s->d_next[0] * s->d_next[0];
}

Test(probe_backward, a_gradient_that_is_not_linear_is_found)
{
	struct found found = backward_of(square);
	expect_failed(&found, "linear in d_next", "d_prev of state y");
}

static void multiply_ways(const struct almanac_backward *s)
{
	ptrdiff_t block = (ptrdiff_t)s->rows * s->units;
	good_backward(s);
	for (ptrdiff_t at = 0; at < block; at++)
		s->d_prev[at] = s->d_next[at] != 0 ? fabsf(s->d_next[block + at]) : 0;
}

Test(probe_backward, a_gradient_that_is_not_the_sum_of_its_ways_is_found)
{
	struct found found = backward_of(multiply_ways);
	expect_failed(&found, "the sum of its ways", "d_prev of state y");
}

static void overwrite_param(const struct almanac_backward *s)
{
	memset(s->d_param, 0, (size_t)s->units * sizeof(float));
	good_backward(s);
}

Test(probe_backward, a_parameter_that_is_overwritten_is_found)
{
	struct found found = backward_of(overwrite_param);
	expect_failed(&found, "adds to d_param", "overwritten: write +=, the host adds over steps and rows");
	cr_assert_eq(found.n_failed, 1, "over rows it does add");
}

static void write_after(const struct almanac_backward *s)
{
	good_backward(s);
	s->d_param[s->units] = 1;
}

Test(probe_backward, a_write_just_outside_a_buffer_is_found)
{
	struct found found = backward_of(write_after);
	expect_failed(&found, "backward: stays within its buffers", "outside of d_param");
}

/* A unit that others in its row come into: the contract allows that. */
static void normalise(const struct almanac_forward *s)
{
	for (int row = 0; row < s->rows; row++) {
		const float *pre = s->pre + row * s->units;
		float sum = 0;
		for (int unit = 0; unit < s->units; unit++)
			sum += pre[unit] * pre[unit];
		for (int unit = 0; unit < s->units; unit++)
			s->next[row * s->units + unit] = pre[unit] / sqrtf(1 + sum);
	}
}

static void normalise_back(const struct almanac_backward *s)
{
	for (int row = 0; row < s->rows; row++) {
		const float *pre = s->pre + row * s->units, *d = s->d_next + row * s->units;
		float sum = 1, along = 0;
		for (int unit = 0; unit < s->units; unit++) {
			sum += pre[unit] * pre[unit];
			along += d[unit] * pre[unit];
		}
		for (int unit = 0; unit < s->units; unit++) {
			s->d_pre[row * s->units + unit] = (d[unit] - along * pre[unit] / sum) / sqrtf(sum);
			s->d_prev[row * s->units + unit] = 0;
		}
	}
}

static struct almanac_cell one_gate(
	void (*forward)(const struct almanac_forward *), void (*backward)(const struct almanac_backward *))
{
	return (struct almanac_cell){.size = sizeof good_cell,
		.name = "one",
		.gates = 1,
		.states = 1,
		.forward = forward,
		.backward = backward};
}

Test(probe_backward, units_of_a_row_may_be_mixed)
{
	struct almanac_cell cell = one_gate(normalise, normalise_back);
	for (int seed = 1; seed <= 10; seed++) {
		struct found found = found_by(alm_check_backward, &cell, seed);
		expect_all_passed(&found);
	}
}

/* max(0, pre) and a clamp: kinks near which no difference can be trusted. */
static void clamp(const struct almanac_forward *s)
{
	for (int at = 0; at < s->rows * s->units; at++)
		s->next[at] = fminf(fmaxf(s->pre[at] + 0.5f * s->prev[at], 0), 0.5f);
}

static void clamp_back(const struct almanac_backward *s)
{
	for (int at = 0; at < s->rows * s->units; at++) {
		float x = s->pre[at] + 0.5f * s->prev[at];
		s->d_pre[at] = x > 0 && x < 0.5f ? s->d_next[at] : 0;
		s->d_prev[at] = 0.5f * s->d_pre[at];
	}
}

Test(probe_backward, kinks_raise_no_alarm)
{
	struct almanac_cell cell = one_gate(clamp, clamp_back);
	for (int seed = 1; seed <= 50; seed++) {
		struct found found = found_by(alm_check_backward, &cell, seed);
		expect_all_passed(&found);
	}
}

static void clamp_forgotten(const struct almanac_backward *s)
{
	for (int at = 0; at < s->rows * s->units; at++) {
		s->d_pre[at] = s->pre[at] + 0.5f * s->prev[at] < 0.5f ? s->d_next[at] : 0;
		s->d_prev[at] = 0.5f * s->d_pre[at];
	}
}

Test(probe_backward, kinks_do_not_hide_a_wrong_gradient)
{
	struct almanac_cell cell = one_gate(clamp, clamp_forgotten);
	struct found found = found_by(alm_check_backward, &cell, 1);
	expect_failed(&found, "d_pre of gate 0", "expected 0, found");
}

/* Steps so fine that every difference crosses one. */
static void quantise(const struct almanac_forward *s)
{
	for (int at = 0; at < s->rows * s->units; at++)
		s->next[at] = rintf(40 * s->pre[at]) / 40;
}

static void quantise_back(const struct almanac_backward *s)
{
	memcpy(s->d_pre, s->d_next, (size_t)s->rows * (size_t)s->units * sizeof(float));
	memset(s->d_prev, 0, (size_t)s->rows * (size_t)s->units * sizeof(float));
}

Test(probe_backward, a_forward_too_rough_to_be_checked_does_not_pass)
{
	struct almanac_cell cell = one_gate(quantise, quantise_back);
	struct found found = found_by(alm_check_backward, &cell, 1);
	expect_failed(&found, "d_pre of gate 0", "");
}

/* Right by any shape but the layer's. */
static void fail_in_a_layer(const struct almanac_backward *s)
{
	good_backward(s);
	for (int at = 0; s->units == 5 && at < 2 * s->rows * s->units; at++)
		s->d_pre[at] *= 1.01f;
}

Test(probe_layer, a_gradient_that_is_wrong_in_a_layer_only_is_found)
{
	struct almanac_cell cell = good_cell;
	cell.backward = fail_in_a_layer;
	struct found one_step = found_by(alm_check_backward, &cell, 1),
		     layer = found_by(alm_check_layer, &cell, 1);
	expect_all_passed(&one_step);
	expect_failed(&layer, "layer: gradient of W", "each step is right alone");
	expect_failed(&layer, "layer: gradient of inputs", "expected");
}

Test(probe_layer, finds_nothing_in_a_good_cell)
{
	for (int seed = 1; seed <= 20; seed++) {
		struct found found = found_by(alm_check_layer, &good_cell, seed);
		expect_all_passed(&found);
		cr_assert_geq(found.n, 5 + 2);
	}
}

static void measure_beside_itself(const struct alm_check_subject *subject)
{
	alm_check_speed(subject, &good_cell);
}

Test(probe_speed, is_told_alone_and_beside_a_peer)
{
	struct found found = found_by(measure_beside_itself, &good_cell, 1);
	cr_assert_eq(found.n, 3, "a phase and two facts");
	double ratio = 0;
	cr_assert_eq(found.record[2].kind, ALM_CHECK_FACT);
	cr_assert_str_eq(found.record[2].name, "speed beside good");
	cr_assert_eq(sscanf(found.record[2].detail, "%lf x its time of", &ratio), 1);
	cr_assert_gt(ratio, 0.1);
	cr_assert_lt(ratio, 10);
}
