/* A wrong gradient that is right but for a summand. */
#include "probe/explain.h"
#include <math.h>
#include <stdio.h>
#include "probe/factor.h"

/* How often a term is there too little: its coefficient in expected - found. */
static const struct {
	int coefficient;
	const char *text;
} terms[] = {{1, "is missing"}, {2, "has the wrong sign"},
	{-1, "is there but does not belong, or is there twice"}};

/* What a term may begin with: a vector of a slope, or d_next by this way (slope -1). */
static double term_base(const struct alm_evidence *evidence, const struct alm_case *at, int slope, int vector)
{
	const struct alm_call *call = evidence->suspect->gradient->call;
	if (slope < 0)
		return (double)*alm_call_at(call, ALM_D_NEXT, at->at.way, at->at.row, at->unit);
	return alm_evidence_other(evidence, at, slope, vector);
}

static bool is_term(const struct alm_evidence *evidence, int slope, int vector,
	const struct alm_factor *factor, int coefficient)
{
	const struct alm_call *call = evidence->suspect->gradient->call;
	struct alm_fit fit = {0};
	for (int i = 0; i < evidence->n && fit.n_off == 0; i++) {
		const struct alm_case *at = &evidence->cases[i];
		double term = term_base(evidence, at, slope, vector) *
			      alm_factor_value(call, factor, at->at.row, at->unit);
		alm_fit_add(&fit, coefficient * term, at->expected - at->found, 2 * at->tolerance);
	}
	return alm_fit_holds(&fit, ALM_MANY);
}

static bool is_term_of(const struct alm_evidence *evidence, int slope, int vector, char text[ALM_CAUSE_BYTES])
{
	struct alm_factor factors[ALM_MOST_FACTORS];
	const struct almanac_cell *cell = evidence->suspect->gradient->call->cell;
	int n = alm_factors_of(cell, factors);
	char base[64] = "d_next", name[80];
	for (int i = 0; i < n; i++)
		for (size_t term = 0; term < sizeof terms / sizeof *terms; term++) {
			if (!is_term(evidence, slope, vector, &factors[i], terms[term].coefficient))
				continue;
			if (slope >= 0)
				alm_spot_name(cell, alm_slopes[slope].gradient, vector, base, sizeof base);
			alm_factor_name(cell, &factors[i], name, sizeof name);
			return i == 0 ? alm_say(text, "the term %s %s", base, terms[term].text)
				      : alm_say(text, "the term %s x %s %s", base, name, terms[term].text);
		}
	return false;
}

/* A summand that is missing, turned or too many. */
bool alm_is_sum_wrong(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	const struct almanac_cell *cell = evidence->suspect->gradient->call->cell;
	if (is_term_of(evidence, -1, 0, text))
		return true;
	for (int slope = 0; slope < ALM_N_SLOPES; slope++)
		for (int vector = 0; vector < alm_place_vectors(cell, alm_slopes[slope].gradient); vector++)
			if (is_term_of(evidence, slope, vector, text))
				return true;
	return false;
}
