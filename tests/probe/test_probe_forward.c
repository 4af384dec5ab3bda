/* What the checks of forward and init say of cells with one fault each, and that they say nothing of a good one. */
#include <criterion/criterion.h>
#include <fenv.h>
#include <math.h>
#include <sched.h>
#include <string.h>
#include "probe/broken.h"

static struct found forward_of(void (*forward)(const struct almanac_forward *))
{
	struct almanac_cell cell = good_cell;
	cell.forward = forward;
	return found_by(alm_check_forward, &cell, 1);
}

Test(probe_forward, finds_nothing_in_a_good_cell)
{
	struct found found = forward_of(good_forward);
	expect_all_passed(&found);
	cr_assert_gt(found.n, 11);
}

static void leave_one(const struct almanac_forward *s)
{
	ptrdiff_t last = (ptrdiff_t)2 * s->rows * s->units - 1;
	float kept = s->next[last];
	good_forward(s);
	s->next[last] = kept;
}

Test(probe_forward, a_value_that_is_not_written_is_found)
{
	struct found found = forward_of(leave_one);
	expect_failed(
		&found, "forward: writes every output", "next of state k, row 4, unit 7 was not written");
	cr_assert_eq(found.n_failed, 1, "nothing else is worth trying");
}

static void write_before(const struct almanac_forward *s)
{
	good_forward(s);
	s->next[-1] = 1;
}

Test(probe_forward, a_write_just_outside_a_buffer_is_found)
{
	struct found found = forward_of(write_before);
	expect_failed(&found, "forward: stays within its buffers", "outside of next");
}

static void take_a_root(const struct almanac_forward *s)
{
	good_forward(s);
	s->next[0] = sqrtf(s->pre[0] - 100);
}

Test(probe_forward, a_value_that_is_not_a_number_is_found)
{
	struct found found = forward_of(take_a_root);
	expect_failed(&found, "forward: finite", "next of state y, row 0, unit 0 is");
}

static void overflow(const struct almanac_forward *s)
{
	good_forward(s);
	for (ptrdiff_t at = 0; at < (ptrdiff_t)s->rows * s->units; at++)
		s->next[at] = expf(s->pre[at]) / (1 + expf(s->pre[at]));
}

Test(probe_forward, an_overflow_for_large_inputs_is_found)
{
	struct found found = forward_of(overflow);
	expect_failed(
		&found, "forward: finite for large inputs", "is not finite where pre is of the size of");
}

static void change_rounding(const struct almanac_forward *s)
{
	good_forward(s);
	fesetround(FE_UPWARD);
}

Test(probe_forward, another_rounding_mode_is_found_and_put_back)
{
	struct found found = forward_of(change_rounding);
	expect_failed(&found, "floating-point mode", "");
	cr_assert_eq(fegetround(), FE_TONEAREST);
}

static void remember(const struct almanac_forward *s)
{
	static float before;
	good_forward(s);
	s->next[0] += before;
	before = s->next[0];
}

Test(probe_forward, a_value_kept_between_calls_is_found)
{
	struct found found = forward_of(remember);
	expect_failed(&found, "forward: the same bits when called again", "kept between calls");
}

static void explode(const struct almanac_forward *s)
{
	static int n_calls;
	good_forward(s);
	if (++n_calls > 90000)
		s->next[0] = 0;
}

Test(probe_forward, a_trap_that_waits_for_many_calls_is_found)
{
	struct found found = forward_of(explode);
	expect_failed(&found, "100000 calls", "counted or kept between calls");
}

static void mix_rows(const struct almanac_forward *s)
{
	good_forward(s);
	if (s->rows > 1)
		s->next[0] += s->prev[s->units] * 1e-3f;
}

Test(probe_forward, a_row_that_reads_another_is_found)
{
	struct found found = forward_of(mix_rows);
	expect_failed(&found, "rows do not see each other", "a value of row 1 was read for another row");
	expect_failed(&found, "any cut of the rows", "are called alone");
}

static void count_rows(const struct almanac_forward *s)
{
	good_forward(s);
	for (int row = 3; row < s->rows; row++)
		s->next[row * s->units] *= 1.001f;
}

Test(probe_forward, a_row_that_depends_on_its_number_is_found)
{
	struct found found = forward_of(count_rows);
	expect_failed(&found, "any cut of the rows", "row 3");
	cr_assert_null(failed_of(&found, "rows do not see each other"));
}

static void forecast_otherwise(const struct almanac_forward *s)
{
	good_forward(s);
	if (!s->saved)
		s->next[0] += 1e-5f;
}

Test(probe_forward, another_formula_for_forecasting_is_found)
{
	struct found found = forward_of(forecast_otherwise);
	expect_failed(&found, "the same without saved", "the loop for saved = NULL");
}

/* As somebody would who needs the gates twice. */
static void share_scratch(const struct almanac_forward *s)
{
	static struct {
		float next[2 * 64 * 64], saved[2 * 64 * 64];
	} scratch;
	size_t n_bytes = (size_t)2 * (size_t)s->rows * (size_t)s->units * sizeof(float);
	struct almanac_forward inner = *s;
	inner.next = scratch.next;
	inner.saved = scratch.saved;
	good_forward(&inner);
	sched_yield(); /* so that the other comes in between on a busy machine too */
	memcpy(s->next, scratch.next, n_bytes);
	if (s->saved)
		memcpy(s->saved, scratch.saved, n_bytes);
}

Test(probe_forward, scratch_memory_that_threads_share_is_found)
{
	struct found found = forward_of(share_scratch);
	expect_failed(&found, "on two threads at once", "a global or static variable is written to");
}

static void init_with(void (*init)(const struct almanac_init *), struct found *found)
{
	struct almanac_cell cell = good_cell;
	cell.init = init;
	*found = found_by(alm_check_forward, &cell, 1);
}

static void draw_all(const struct almanac_init *s)
{
	for (int unit = 0; unit < s->units; unit++) {
		s->bias[unit] += s->uniform[unit];
		s->param[unit] = s->option[0] * s->uniform[2 * s->units + unit];
	}
}

Test(probe_forward, a_good_init_is_found_good)
{
	struct found found;
	init_with(draw_all, &found);
	expect_all_passed(&found);
}

static void draw_otherwise(const struct almanac_init *s)
{
	static float last;
	draw_all(s);
	s->param[0] = last += 0.1f;
}

Test(probe_forward, an_init_that_is_not_a_function_of_its_inputs_is_found)
{
	struct found found;
	init_with(draw_otherwise, &found);
	expect_failed(&found, "init: the same bits when called again", "param own");
}

static void divide_by_zero(const struct almanac_init *s)
{
	s->bias[0] = logf(s->bias[0] - s->bias[0]);
}

Test(probe_forward, an_init_that_is_not_finite_is_found)
{
	struct found found;
	init_with(divide_by_zero, &found);
	expect_failed(&found, "init: finite", "bias of gate a");
}
