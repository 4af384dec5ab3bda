/* Backward: manners, linearity, and finite differences of forward for every gate, state and parameter. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "probe/cause.h"
#include "probe/gradient.h"
#include "probe/manners.h"
#include "probe/probe.h"

static bool zero_gives_zero(struct alm_bench *bench, struct alm_finding *finding)
{
	struct alm_call *other = &bench->other;
	alm_call_copy(&bench->call, 0, other, ALM_BACKWARD);
	memset(alm_call_open(other, ALM_D_NEXT), 0, other->place[ALM_D_NEXT].n * sizeof(float));
	alm_call_run(other, ALM_BACKWARD);
	for (enum alm_place place = 0; place < ALM_N_PLACES; place++)
		for (size_t at = 0; alm_place_is_written(ALM_BACKWARD, place) && at < other->place[place].n;
			at++) {
			double found = (double)other->place[place].at[at];
			if (found == 0)
				continue;
			struct alm_spot spot = alm_call_spot(other, place, at);
			alm_finding_differs(finding, other, &spot, 0, found);
			snprintf(finding->advice, sizeof finding->advice, "%s",
				"a term is not multiplied by d_next");
			return false;
		}
	return true;
}

/* Multiplying by two is exact, whatever is multiplied and added on the way; but where results are too small for that. */
static bool twice_gives_twice(struct alm_bench *bench, struct alm_finding *finding)
{
	struct alm_call *other = &bench->other;
	alm_call_copy(&bench->call, 0, other, ALM_BACKWARD);
	float *d_next = alm_call_open(other, ALM_D_NEXT);
	for (size_t i = 0; i < other->place[ALM_D_NEXT].n; i++)
		d_next[i] *= 2;
	alm_call_run(other, ALM_BACKWARD);
	for (enum alm_place place = 0; place < ALM_N_PLACES; place++)
		for (size_t at = 0; alm_place_is_written(ALM_BACKWARD, place) && at < other->place[place].n;
			at++) {
			double expected = 2 * (double)bench->call.place[place].at[at];
			double found = (double)other->place[place].at[at];
			if (fabs(found - expected) <= 0x1p-120)
				continue;
			struct alm_spot spot = alm_call_spot(other, place, at);
			snprintf(finding->detail, sizeof finding->detail, "with d_next doubled ");
			alm_finding_differs(finding, other, &spot, expected, found);
			snprintf(finding->advice, sizeof finding->advice, "%s",
				"d_next goes in squared, rounded, clipped or through a function");
			return false;
		}
	return true;
}

/* Adds what the cell has written to what it wrote by other ways; how large the largest of a place has been. */
static void add_way(const struct alm_call *other, struct alm_call *sum, double largest[ALM_N_PLACES])
{
	for (enum alm_place place = 0; place < ALM_N_PLACES; place++) {
		float *to = alm_call_open(sum, place);
		const float *from = other->place[place].at;
		for (size_t at = 0; alm_place_is_written(ALM_BACKWARD, place) && at < other->place[place].n;
			at++) {
			to[at] += from[at];
			largest[place] = fmax(largest[place], fabs((double)from[at]));
		}
	}
}

/*
 * Of up to sixteen ways, each good to some roundings of 6e-8 of its terms. Where those cancel they are of the size of the
 * largest value, or of d_next, which is one: together below 1e-5 of both.
 */
static bool sum_is_right(struct alm_bench *bench, const struct alm_call *sum,
	const double largest[ALM_N_PLACES], struct alm_finding *finding)
{
	for (enum alm_place place = 0; place < ALM_N_PLACES; place++)
		for (size_t at = 0; alm_place_is_written(ALM_BACKWARD, place) && at < sum->place[place].n;
			at++) {
			double expected = (double)sum->place[place].at[at];
			double found = (double)bench->call.place[place].at[at];
			if (fabs(found - expected) <= 1e-5 * (1 + largest[place]))
				continue;
			struct alm_spot spot = alm_call_spot(sum, place, at);
			alm_finding_differs(finding, sum, &spot, expected, found);
			snprintf(finding->advice, sizeof finding->advice, "%s",
				"d_next of one state is multiplied by, or compared with, that of another");
			return false;
		}
	return true;
}

static bool ways_add_up(struct alm_bench *bench, struct alm_finding *finding)
{
	struct alm_call sum;
	double largest[ALM_N_PLACES] = {0};
	const struct almanac_cell *cell = bench->call.cell;
	if (alm_call_new(&sum, cell, bench->call.rows, bench->call.units, NULL) != ALM_OK)
		return alm_finding_no_memory(finding);
	alm_call_copy(&bench->call, 0, &bench->other, ALM_BACKWARD);
	for (int way = 0; way < cell->states; way++) {
		alm_gradient_choose_way(&bench->call, &bench->other, way, -1);
		alm_call_run(&bench->other, ALM_BACKWARD);
		add_way(&bench->other, &sum, largest);
	}
	bool holds = sum_is_right(bench, &sum, largest, finding);
	alm_call_free(&sum);
	return holds;
}

/* The gradient of d_param is the same for whatever lies there before: it is added. */
static bool adds_to_param(struct alm_bench *bench, struct alm_finding *finding)
{
	struct alm_call *other = &bench->other;
	size_t n = other->place[ALM_D_PARAM].n;
	alm_call_copy(&bench->call, 0, other, ALM_BACKWARD);
	alm_call_run(other, ALM_BACKWARD);
	float *d_param = alm_call_open(other, ALM_D_PARAM);
	const float *alone = bench->call.place[ALM_D_PARAM].at;
	for (size_t i = 0; i < n; i++)
		d_param[i] = 1.5f + (float)(i % 7); /* rounds to within 8 * 2^-24 a row */
	alm_call_repeat(other, ALM_BACKWARD);
	for (size_t i = 0; i < n; i++) {
		double before = 1.5 + (double)(i % 7), expected = before + (double)alone[i];
		double found = (double)d_param[i], size = fabs(before) + fabs((double)alone[i]) + 1;
		/* Each of the sums along the rows may round once more, at the size of the largest partial sum. */
		if (fabs(found - expected) <= size * (2 + other->rows) * 0x1p-23)
			continue;
		struct alm_spot spot = alm_call_spot(other, ALM_D_PARAM, i);
		snprintf(finding->detail, sizeof finding->detail, "beginning at %g, ", before);
		alm_finding_differs(finding, other, &spot, expected, found);
		bool is_alone = fabs(found - (double)alone[i]) <= 1e-5 * size;
		snprintf(finding->advice, sizeof finding->advice, "%s",
			is_alone ? "overwritten: write +=, the host adds over steps and rows"
				 : "what lies in d_param goes into the gradient");
		return false;
	}
	return true;
}

static const struct alm_trial of_backward[] = {
	{.name = "writes every output", .holds = alm_writes_every_output, .needed = true},
	{.name = "stays within its buffers", .holds = alm_stays_in_buffers, .needed = true},
	{.name = "finite", .holds = alm_is_finite, .needed = true},
	{.name = "leaves the floating-point mode alone", .holds = alm_keeps_float_mode, .needed = true},
	{.name = "the same bits when called again", .holds = alm_repeats, .needed = true},
	{.name = "zero d_next gives zero", .holds = zero_gives_zero},
	{.name = "linear in d_next", .holds = twice_gives_twice},
	{.name = "the sum of its ways, state by state", .holds = ways_add_up},
	{.name = "adds to d_param", .holds = adds_to_param},
	{.name = "the same bits for any cut of the rows", .holds = alm_cuts_rows},
	{.name = "rows do not see each other", .holds = alm_keeps_rows_apart},
	{.name = "the same bits on two threads at once",
		.holds = alm_shares_nothing,
		.over = "units 8 and 17"},
	{.name = "the same bits after 100000 calls", .holds = alm_repeats_long, .over = "one row, one unit"},
};

/* What is known of a vector of a slope after some shapes. */
struct tally {
	bool failed;
	int n_compared, n_unsure;
	double worst; /* error as a share of what is tolerated */
};

/* The worst value of a vector by one way. */
struct worst {
	double share;
	struct alm_at at;
};

static void compare_way(
	const struct alm_gradient *gradient, struct alm_at at, struct tally *tally, struct worst *worst)
{
	double size = alm_gradient_size(gradient, at.slope, at.way, at.vector);
	for (at.row = 0; at.row < gradient->call->rows; at.row++)
		for (at.pick = 0;
			at.pick < gradient->n_picks && alm_gradient_asks(gradient, at.slope, at.row);
			at.pick++) {
			const struct alm_difference *expected = alm_gradient_expected(gradient, &at);
			bool sure = alm_difference_is_sure(expected, size);
			tally->n_compared += sure;
			tally->n_unsure += !sure;
			if (!sure)
				continue;
			double share = alm_difference_error(expected, alm_gradient_found(gradient, &at)) /
				       alm_difference_tolerance(expected, size);
			if (share > worst->share)
				*worst = (struct worst){share, at};
		}
}

static void report_wrong(
	const struct alm_bench *bench, const struct alm_suspect *suspect, const struct worst *worst)
{
	const struct alm_gradient *gradient = suspect->gradient;
	const struct almanac_cell *cell = gradient->call->cell;
	char name[64], of[48], way[64], cause[ALM_CAUSE_BYTES];
	alm_spot_name(cell, alm_slopes[suspect->slope].gradient, suspect->vector, of, sizeof of);
	alm_spot_name(cell, ALM_NEXT, worst->at.way, way, sizeof way);
	snprintf(name, sizeof name, "backward: %s", of);
	alm_cause_of(suspect, cause);
	alm_check_failed(bench->subject->log, name, cause,
		"by way of %s: units %d, row %d of %d, unit %d: expected %.6g, found %.6g", way,
		gradient->call->units, worst->at.row, gradient->call->rows, gradient->pick[worst->at.pick],
		alm_gradient_expected(gradient, &worst->at)->narrow,
		alm_gradient_found(gradient, &worst->at));
}

static void compare_vector(struct alm_bench *bench, const struct alm_gradient *gradient, int slope,
	int vector, struct tally *tally)
{
	struct alm_suspect suspect = {
		.gradient = gradient, .other = &bench->other, .slope = slope, .vector = vector};
	struct worst worst = {0};
	for (int way = 0; way < gradient->call->cell->states; way++) {
		struct worst of_way = {0};
		compare_way(gradient, (struct alm_at){slope, way, vector, 0, 0}, tally, &of_way);
		suspect.wrong[way] = of_way.share > 1;
		if (of_way.share > worst.share)
			worst = of_way;
	}
	tally->worst = fmax(tally->worst, worst.share);
	tally->failed = worst.share > 1;
	if (tally->failed)
		report_wrong(bench, &suspect, &worst);
}

enum { MOST_VECTORS = 64 };

static void report_right(
	const struct alm_check_subject *subject, int slope, int vector, const struct tally *tally)
{
	char name[64], of[48];
	alm_spot_name(subject->cell, alm_slopes[slope].gradient, vector, of, sizeof of);
	snprintf(name, sizeof name, "backward: %s", of);
	if (tally->failed)
		return;
	if (tally->n_unsure > tally->n_compared)
		alm_check_failed(subject->log, name,
			"forward has kinks or jumps there, or values that are not finite",
			"%d of %d finite differences of forward cannot be trusted", tally->n_unsure,
			tally->n_unsure + tally->n_compared);
	else
		alm_check_passed(subject->log, name,
			"%d values equal finite differences, the worst at %.0f %% of the tolerance%s",
			tally->n_compared, 100 * tally->worst,
			tally->n_unsure ? "; those too near to a kink are left out" : "");
}

static void compare_at(
	const struct alm_check_subject *subject, int number, struct tally tally[ALM_N_SLOPES][MOST_VECTORS])
{
	struct alm_bench bench;
	struct alm_gradient gradient;
	if (!alm_bench_open(&bench, subject, ALM_BACKWARD, number))
		return;
	alm_check_phase(subject->log, "backward: finite differences, units %d, rows %d", bench.call.units,
		bench.call.rows);
	if (alm_gradient_measure(&gradient, &bench)) {
		for (int slope = 0; slope < ALM_N_SLOPES; slope++)
			for (int vector = 0;
				vector < alm_place_vectors(subject->cell, alm_slopes[slope].gradient);
				vector++)
				if (!tally[slope][vector].failed)
					compare_vector(
						&bench, &gradient, slope, vector, &tally[slope][vector]);
		alm_gradient_free(&gradient);
	}
	alm_bench_close(&bench);
}

static void compare_with_differences(const struct alm_check_subject *subject)
{
	struct tally tally[ALM_N_SLOPES][MOST_VECTORS] = {0};
	for (int number = 0; number < ALM_N_SHAPES; number++)
		compare_at(subject, number, tally);
	for (int slope = 0; slope < ALM_N_SLOPES; slope++)
		for (int vector = 0; vector < alm_place_vectors(subject->cell, alm_slopes[slope].gradient);
			vector++)
			report_right(subject, slope, vector, &tally[slope][vector]);
}

void alm_check_backward(const struct alm_check_subject *subject)
{
	if (alm_trials_run(subject, ALM_BACKWARD, of_backward, sizeof of_backward / sizeof *of_backward))
		compare_with_differences(subject);
}
