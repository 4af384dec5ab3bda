/* A whole layer of the host over several steps: what one step cannot show is what steps do to each other. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "probe/difference.h"
#include "probe/probe.h"
#include "probe/rig.h"

/* Odd sizes: nothing fills a vector. */
static const struct alm_rig_shape shape = {.inputs = 3, .units = 5, .steps = 5, .rows = 3};
enum { N_OUT = 5 * 3 * 5, MOST_VALUES = 3 * 64 * 5 };

struct worst {
	double share;
	size_t at;
	double expected, found;
};

/*
 * How the loss goes when one value is moved. A rounding of the outputs, 3e-7 of the largest each (check/gradient.c), may
 * add up over all of them.
 */
static struct alm_difference differentiate(struct alm_rig *rig, const float *base, float *value, double scale)
{
	float kept = *value;
	double moved[ALM_N_STEPS], most = 0, all = 0;
	for (int i = 0; i < N_OUT; i++) {
		most = fmax(most, fabs((double)base[i]));
		all += fabs((double)rig->weights[i]);
	}
	for (int step = 0; step < ALM_N_STEPS; step++) {
		*value = kept + (float)scale * alm_steps[step];
		alm_rig_forward(rig, 0, shape.rows, rig->out);
		moved[step] = 0;
		for (int i = 0; i < N_OUT; i++)
			moved[step] += (double)rig->weights[i] * ((double)rig->out[i] - (double)base[i]);
	}
	*value = kept;
	return alm_difference_of(moved, scale, 3e-7 * most * all);
}

/*
 * Over several steps kinks of many units come together, and two of them may hide each other from what differences are
 * trusted by. Much nearer to x there are none of them, at the price of rounding; a gradient that is wrong stays so.
 */
static const double finer = 0x1p-4;

/* Error by what is tolerated; 0 where the difference cannot be trusted. */
static double share_of(const struct alm_difference *expected, double found, double size)
{
	if (!alm_difference_is_sure(expected, size))
		return 0;
	return alm_difference_error(expected, found) / alm_difference_tolerance(expected, size);
}

/* A tensor against its gradient; of a large one every other value, or fewer. */
static struct worst compare(
	struct alm_rig *rig, const float *base, float *values, const float *found, size_t n)
{
	static const size_t most = 64;
	struct alm_difference expected[64];
	struct worst worst = {0};
	size_t stride = (n + most - 1) / most, n_taken = 0;
	double square = 0;
	for (size_t at = 0; at < n; at += stride) {
		expected[n_taken] = differentiate(rig, base, values + at, 1);
		double slope = expected[n_taken].narrow;
		square += isfinite(slope) ? slope * slope : 0;
		n_taken++;
	}
	double size = sqrt(square / (double)n_taken);
	for (size_t i = 0; i < n_taken; i++) {
		double is = (double)found[i * stride], share = share_of(&expected[i], is, size);
		if (share > 1)
			expected[i] = differentiate(rig, base, values + i * stride, finer);
		share = share_of(&expected[i], is, size);
		if (share > worst.share)
			worst = (struct worst){share, i * stride, expected[i].narrow, is};
	}
	return worst;
}

static void report(const struct alm_check_subject *subject, bool failed_before, const char *tensor,
	const struct worst *worst)
{
	char name[64];
	snprintf(name, sizeof name, "layer: gradient of %s", tensor);
	if (worst->share <= 1)
		alm_check_passed(subject->log, name,
			"equals finite differences over %d steps, the worst at %.0f %% of the tolerance",
			shape.steps, 100 * worst->share);
	else
		alm_check_failed(subject->log, name,
			failed_before
				? "follows from what is wrong with one step"
				: "each step is right alone: something is kept from one to the next, or a "
				  "state goes where d_prev does not say",
			"%d inputs, units %d, %d steps, rows %d, value %zu: expected %.6g, found %.6g",
			shape.inputs, shape.units, shape.steps, shape.rows, worst->at, worst->expected,
			worst->found);
}

static void compare_all(const struct alm_check_subject *subject, struct alm_rig *rig, bool failed_before)
{
	float base[N_OUT];
	alm_rig_forward(rig, 0, shape.rows, base);
	alm_rig_backward(rig);
	for (int i = 0; i < rig->params.n; i++) {
		const struct alm_tensor *tensor = &rig->params.tensor[i];
		struct worst worst = compare(
			rig, base, rig->values + tensor->offset, rig->grads + tensor->offset, tensor->n);
		report(subject, failed_before, strchr(tensor->name, '.') + 1, &worst);
	}
	struct worst worst = compare(rig, base, rig->inputs, rig->d_inputs,
		(size_t)shape.steps * (size_t)shape.rows * (size_t)shape.inputs);
	report(subject, failed_before, "inputs", &worst);
}

/* Rows one by one through the whole layer. */
static void cut_rows(const struct alm_check_subject *subject, struct alm_rig *rig)
{
	float base[N_OUT];
	const char *name = "layer: the same bits for any cut of the rows";
	size_t n_bytes = (size_t)shape.units * sizeof(float);
	alm_rig_forward(rig, 0, shape.rows, base);
	for (int row = 0; row < shape.rows; row++) {
		alm_rig_forward(rig, row, 1, rig->out);
		for (int step = 0; step < shape.steps; step++)
			if (memcmp(rig->out + step * shape.units,
				    base + (step * shape.rows + row) * shape.units, n_bytes) != 0) {
				alm_check_failed(subject->log, name,
					"a row depends on its number, on how many there are, or on another "
					"row",
					"units %d, step %d, row %d alone and among %d differ", shape.units,
					step, row, shape.rows);
				return;
			}
	}
	alm_check_passed(subject->log, name, "%d steps, rows %d", shape.steps, shape.rows);
}

void alm_check_layer(const struct alm_check_subject *subject)
{
	struct alm_rig rig;
	struct alm_error err;
	bool failed_before = subject->log->n_failed > 0;
	alm_check_phase(
		subject->log, "layer: %d steps, units %d, rows %d", shape.steps, shape.units, shape.rows);
	if (alm_rig_new(&rig, subject->cell, &shape, subject->seed, &err) != ALM_OK) {
		alm_check_failed(subject->log, "layer", "", "%s", err.text);
		return;
	}
	cut_rows(subject, &rig);
	compare_all(subject, &rig, failed_before);
	alm_rig_free(&rig);
}
