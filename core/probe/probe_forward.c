/* Forward and init, by what is asked of every function of a cell and what is asked of forward alone. */
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "probe/manners.h"
#include "probe/probe.h"

/*
 * Products of this size saturate every gate, and those of the second overflow an exponential that is not held back. The
 * states are those that the cell itself reaches by such products.
 */
static bool is_finite_for_large(struct alm_bench *bench, struct alm_finding *finding)
{
	static const double scales[] = {50, 1000};
	for (int i = 0; i < 2; i++) {
		struct alm_sample sample = bench->sample;
		struct alm_spot spot;
		char name[64];
		sample.scale = scales[i];
		alm_sample_forward(&sample, &bench->other);
		alm_call_run(&bench->other, ALM_FORWARD);
		if (alm_call_is_finite(&bench->other, ALM_FORWARD, &spot))
			continue;
		alm_spot_name(bench->call.cell, spot.place, spot.vector, name, sizeof name);
		snprintf(finding->detail, sizeof finding->detail,
			"%s, row %d, unit %d is not finite where pre is of the size of %g", name, spot.row,
			spot.unit, scales[i]);
		snprintf(finding->advice, sizeof finding->advice, "%s",
			"an exponential or a division overflows: subtract the largest first, or use "
			"almanac_exp");
		return false;
	}
	return true;
}

/* Two loops may round in different places: a few units in the last place of values around one. */
static bool forecasts_the_same(struct alm_bench *bench, struct alm_finding *finding)
{
	struct alm_call *other = &bench->other;
	alm_call_copy(&bench->call, 0, other, ALM_FORWARD);
	alm_call_forecast(other);
	for (int state = 0; state < other->cell->states; state++)
		for (int row = 0; row < other->rows; row++)
			for (int unit = 0; unit < other->units; unit++) {
				double expected =
					(double)*alm_call_at(&bench->call, ALM_NEXT, state, row, unit);
				double found = (double)*alm_call_at(other, ALM_NEXT, state, row, unit);
				if (fabs(found - expected) <= 1e-6 * fmax(1, fabs(expected)))
					continue;
				struct alm_spot spot = {ALM_NEXT, state, row, unit};
				alm_finding_differs(finding, other, &spot, expected, found);
				snprintf(finding->advice, sizeof finding->advice, "%s",
					"the loop for saved = NULL is not the one for training");
				return false;
			}
	return true;
}

static const struct alm_trial of_forward[] = {
	{.name = "writes every output", .holds = alm_writes_every_output, .needed = true},
	{.name = "stays within its buffers", .holds = alm_stays_in_buffers, .needed = true},
	{.name = "finite", .holds = alm_is_finite, .needed = true},
	{.name = "leaves the floating-point mode alone", .holds = alm_keeps_float_mode, .needed = true},
	{.name = "the same bits when called again", .holds = alm_repeats, .needed = true},
	{.name = "the same bits for any cut of the rows", .holds = alm_cuts_rows},
	{.name = "rows do not see each other", .holds = alm_keeps_rows_apart},
	{.name = "the same without saved", .holds = forecasts_the_same},
	{.name = "finite for large inputs", .holds = is_finite_for_large},
	{.name = "the same bits on two threads at once",
		.holds = alm_shares_nothing,
		.over = "units 8 and 17"},
	{.name = "the same bits after 100000 calls", .holds = alm_repeats_long, .over = "one row, one unit"},
};

static const struct alm_trial of_init[] = {
	{.name = "stays within its buffers", .holds = alm_stays_in_buffers, .needed = true},
	{.name = "finite", .holds = alm_is_finite, .needed = true},
	{.name = "leaves the floating-point mode alone", .holds = alm_keeps_float_mode, .needed = true},
	{.name = "the same bits when called again", .holds = alm_repeats},
};

void alm_check_forward(const struct alm_check_subject *subject)
{
	if (subject->cell->init)
		alm_trials_run(subject, ALM_INIT, of_init, sizeof of_init / sizeof *of_init);
	alm_trials_run(subject, ALM_FORWARD, of_forward, sizeof of_forward / sizeof *of_forward);
}
