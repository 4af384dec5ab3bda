/* A wrong gradient that is right but for a factor. */
#include "probe/explain.h"
#include <math.h>
#include "probe/factor.h"

/* Whether found x belongs = expected x used, for factors that are used and that belong there. */
static bool uses(
	const struct alm_evidence *evidence, const struct alm_factor *used, const struct alm_factor *belongs)
{
	const struct alm_call *call = evidence->suspect->gradient->call;
	struct alm_fit fit = {0};
	for (int i = 0; i < evidence->n && fit.n_off == 0; i++) {
		const struct alm_case *at = &evidence->cases[i];
		double is = alm_factor_value(call, used, at->at.row, at->unit);
		double should = alm_factor_value(call, belongs, at->at.row, at->unit);
		alm_fit_add(&fit, at->expected * is, at->found * should,
			at->tolerance * (fabs(is) + fabs(should)));
	}
	return alm_fit_holds(&fit, ALM_MANY) && fit.n_left_out * 2 <= evidence->n;
}

bool alm_is_factor_missing(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	struct alm_factor factors[ALM_MOST_FACTORS];
	const struct almanac_cell *cell = evidence->suspect->gradient->call->cell;
	int n = alm_factors_of(cell, factors);
	for (int i = 1; i < n; i++) {
		char name[80];
		alm_factor_name(cell, &factors[i], name, sizeof name);
		if (uses(evidence, &factors[0], &factors[i]))
			return alm_say(text, "the factor %s is missing", name);
		if (uses(evidence, &factors[i], &factors[0]))
			return alm_say(text, "the factor %s is there once too often", name);
	}
	return false;
}

static bool say_uses(const struct almanac_cell *cell, const struct alm_factor *used,
	const struct alm_factor *belongs, char text[ALM_CAUSE_BYTES])
{
	char is[80], should[80];
	bool stale = used->place == ALM_NEXT && belongs->place == ALM_PREV && used->vector == belongs->vector;
	alm_factor_name(cell, used, is, sizeof is);
	alm_factor_name(cell, belongs, should, sizeof should);
	return alm_say(text, "uses %s where %s belongs%s", is, should,
		stale ? ": the state after the step for the one before" : "");
}

/* Another vector in the same form, the same vector in another, last anything. */
bool alm_is_factor_other(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	enum { SAME_FORM, SAME_VECTOR, ANY, N_KINDS };
	struct alm_factor factors[ALM_MOST_FACTORS];
	const struct almanac_cell *cell = evidence->suspect->gradient->call->cell;
	int n = alm_factors_of(cell, factors);
	for (int kind = 0; kind < N_KINDS; kind++)
		for (int i = 1; i < n; i++)
			for (int j = 1; j < n; j++) {
				const struct alm_factor *used = &factors[i], *belongs = &factors[j];
				bool form = used->form == belongs->form;
				bool vector =
					used->place == belongs->place && used->vector == belongs->vector;
				bool wanted = kind == SAME_FORM ? form : kind == SAME_VECTOR ? vector : true;
				if (i != j && wanted && uses(evidence, used, belongs))
					return say_uses(cell, used, belongs, text);
			}
	return false;
}

/* A factor read at another row or unit than its own. */
bool alm_is_factor_shifted(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	struct alm_factor factors[ALM_MOST_FACTORS];
	const struct almanac_cell *cell = evidence->suspect->gradient->call->cell;
	int n = alm_factors_of(cell, factors);
	for (size_t shift = 0; shift < ALM_N_SHIFTS; shift++)
		for (int i = 1; i < n; i++) {
			struct alm_factor used = factors[i];
			char name[80];
			used.rows_off = alm_shifts[shift].rows;
			used.units_off = alm_shifts[shift].units;
			if (!uses(evidence, &used, &factors[i]))
				continue;
			alm_factor_name(cell, &factors[i], name, sizeof name);
			return alm_say(
				text, "reads %s of %s: an index is off by one", name, alm_shifts[shift].text);
		}
	return false;
}
