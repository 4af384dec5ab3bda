/* A wrong gradient that is a multiple of the right one. */
#include "probe/explain.h"
#include <math.h>
/* Whether found = k expected. */
static bool is_multiple(const struct alm_evidence *evidence, double k)
{
	struct alm_fit fit = {0};
	for (int i = 0; i < evidence->n && fit.n_off == 0; i++) {
		const struct alm_case *at = &evidence->cases[i];
		alm_fit_add(&fit, k * at->expected, at->found, at->tolerance * fmax(1, fabs(k)));
	}
	return alm_fit_holds(&fit, ALM_FEW);
}

bool alm_is_zero(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	const struct alm_suspect *suspect = evidence->suspect;
	const struct almanac_cell *cell = suspect->gradient->call->cell;
	int ways = 0;
	char state[32];
	for (int i = 0; i < evidence->n; i++)
		if (evidence->cases[i].found != 0)
			return false;
	for (int way = 0; way < cell->states; way++)
		if (suspect->wrong[way]) {
			ways++;
			alm_vector_name(cell, ALM_D_NEXT, way, state, sizeof state);
		}
	if (ways == 1 && cell->states > 1)
		return alm_say(text,
			"never anything but zero by this way: the term with d_next[%s] is missing", state);
	return alm_say(text, "never written as anything but zero: a term is missing");
}

bool alm_is_negative(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	return is_multiple(evidence, -1) && alm_say(text, "wrong sign");
}

bool alm_is_scaled(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	double product = 0, square = 0;
	for (int i = 0; i < evidence->n; i++) {
		product += evidence->cases[i].found * evidence->cases[i].expected;
		square += evidence->cases[i].expected * evidence->cases[i].expected;
	}
	double k = square > 0 ? product / square : 0;
	if (evidence->n < ALM_MANY || fabs(k) < 1e-2 || !is_multiple(evidence, k))
		return false;
	const char *sign = k < 0 ? "wrong sign, and " : "";
	if (fabs(k) > 1)
		return alm_say(text, "%stoo large by a constant factor of %.4g", sign, fabs(k));
	return alm_say(text, "%stoo small by a constant factor of %.4g", sign, 1 / fabs(k));
}

/* Of parameters, measured row by row: all but one row's are lost. */
bool alm_is_one_row(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	const struct alm_suspect *suspect = evidence->suspect;
	int last = suspect->gradient->call->rows - 1;
	if (alm_slopes[suspect->slope].gradient != ALM_D_PARAM || last == 0)
		return false;
	for (int kept = 0; kept <= last; kept += last) {
		struct alm_fit fit = {0};
		for (int i = 0; i < evidence->n && fit.n_off == 0; i++) {
			const struct alm_case *at = &evidence->cases[i];
			alm_fit_add(&fit, at->at.row == kept ? at->expected : 0, at->found, at->tolerance);
		}
		if (alm_fit_holds(&fit, ALM_FEW))
			return alm_say(text, "not accumulated over rows, only the %s counts: write +=",
				kept ? "last" : "first");
	}
	return false;
}
