#include "probe/evidence.h"
#include <math.h>

static void gather_way(struct alm_evidence *evidence, int way)
{
	const struct alm_suspect *suspect = evidence->suspect;
	const struct alm_gradient *gradient = suspect->gradient;
	double size = alm_gradient_size(gradient, suspect->slope, way, suspect->vector);
	for (int row = 0; row < gradient->call->rows; row++)
		for (int pick = 0; pick < gradient->n_picks && evidence->n < ALM_MOST_CASES; pick++) {
			struct alm_at at = {suspect->slope, way, suspect->vector, row, pick};
			const struct alm_difference *expected = alm_gradient_expected(gradient, &at);
			if (!alm_gradient_asks(gradient, suspect->slope, row) ||
				!alm_difference_is_sure(expected, size))
				continue;
			evidence->cases[evidence->n++] = (struct alm_case){at, gradient->pick[pick],
				expected->narrow, alm_gradient_found(gradient, &at),
				alm_difference_tolerance(expected, size)};
		}
}

void alm_evidence_gather(struct alm_evidence *evidence, const struct alm_suspect *suspect, const bool *ways)
{
	evidence->suspect = suspect;
	evidence->n = 0;
	for (int way = 0; way < suspect->gradient->call->cell->states; way++) {
		evidence->taken[way] = ways[way];
		if (ways[way])
			gather_way(evidence, way);
	}
}

void alm_fit_add(struct alm_fit *fit, double said, double is, double tolerance)
{
	if (isnan(said) || isnan(is)) {
		fit->n_left_out++;
		return;
	}
	fit->n_off += !(fabs(said - is) <= tolerance);
	fit->n_telling += fabs(said) > 5 * tolerance || fabs(is) > 5 * tolerance;
}

bool alm_fit_holds(const struct alm_fit *fit, int least)
{
	return fit->n_off == 0 && fit->n_telling >= least;
}

double alm_evidence_other(
	const struct alm_evidence *evidence, const struct alm_case *of, int slope, int vector)
{
	struct alm_at at = of->at;
	at.slope = slope;
	at.vector = vector;
	const struct alm_difference *expected = alm_gradient_expected(evidence->suspect->gradient, &at);
	bool asks = alm_gradient_asks(evidence->suspect->gradient, slope, at.row);
	return asks && expected->spread <= 0.1 * fabs(expected->narrow) + of->tolerance ? expected->narrow
											: NAN;
}
