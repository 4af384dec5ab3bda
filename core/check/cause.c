#include "check/cause.h"
#include <math.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "check/evidence.h"
#include "check/factor.h"

enum { FEW = 2, MANY = 8 }; /* values that an explanation needs: of the few simple ones, of the many others */

/* Writes the explanation if it holds. */
typedef bool explanation(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES]);

static bool say(char text[ALM_CAUSE_BYTES], const char *format, ...) __attribute__((format(printf, 2, 3)));

static bool say(char text[ALM_CAUSE_BYTES], const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(text, ALM_CAUSE_BYTES, format, args);
	va_end(args);
	return true;
}

/* Whether found = k expected. */
static bool is_multiple(const struct alm_evidence *evidence, double k)
{
	struct alm_fit fit = {0};
	for (int i = 0; i < evidence->n && fit.n_off == 0; i++) {
		const struct alm_case *at = &evidence->cases[i];
		alm_fit_add(&fit, k * at->expected, at->found, at->tolerance * fmax(1, fabs(k)));
	}
	return alm_fit_holds(&fit, FEW);
}

static bool is_zero(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
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
		return say(text, "never anything but zero by this way: the term with d_next[%s] is missing",
			state);
	return say(text, "never written as anything but zero: a term is missing");
}

static bool is_negative(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	return is_multiple(evidence, -1) && say(text, "wrong sign");
}

static bool is_scaled(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	double product = 0, square = 0;
	for (int i = 0; i < evidence->n; i++) {
		product += evidence->cases[i].found * evidence->cases[i].expected;
		square += evidence->cases[i].expected * evidence->cases[i].expected;
	}
	double k = square > 0 ? product / square : 0;
	if (evidence->n < MANY || fabs(k) < 1e-2 || !is_multiple(evidence, k))
		return false;
	const char *sign = k < 0 ? "wrong sign, and " : "";
	if (fabs(k) > 1)
		return say(text, "%stoo large by a constant factor of %.4g", sign, fabs(k));
	return say(text, "%stoo small by a constant factor of %.4g", sign, 1 / fabs(k));
}

/* Of parameters, measured row by row: all but one row's are lost. */
static bool is_one_row(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
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
		if (alm_fit_holds(&fit, FEW))
			return say(text, "not accumulated over rows, only the %s counts: write +=",
				kept ? "last" : "first");
	}
	return false;
}

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
	return alm_fit_holds(&fit, MANY) && fit.n_left_out * 2 <= evidence->n;
}

static bool is_factor_missing(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	struct alm_factor factors[ALM_MOST_FACTORS];
	const struct almanac_cell *cell = evidence->suspect->gradient->call->cell;
	int n = alm_factors_of(cell, factors);
	for (int i = 1; i < n; i++) {
		char name[80];
		alm_factor_name(cell, &factors[i], name, sizeof name);
		if (uses(evidence, &factors[0], &factors[i]))
			return say(text, "the factor %s is missing", name);
		if (uses(evidence, &factors[i], &factors[0]))
			return say(text, "the factor %s is there once too often", name);
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
	return say(text, "uses %s where %s belongs%s", is, should,
		stale ? ": the state after the step for the one before" : "");
}

/* Another vector in the same form, the same vector in another, last anything. */
static bool is_factor_other(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
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

/* Where an index may be off by: rows, units. */
static const struct {
	int rows, units;
	const char *text;
} shifts[] = {{1, 0, "row r + 1"}, {-1, 0, "row r - 1"}, {0, 1, "unit u + 1"}, {0, -1, "unit u - 1"}};

/* A factor read at another row or unit than its own. */
static bool is_factor_shifted(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	struct alm_factor factors[ALM_MOST_FACTORS];
	const struct almanac_cell *cell = evidence->suspect->gradient->call->cell;
	int n = alm_factors_of(cell, factors);
	for (size_t shift = 0; shift < sizeof shifts / sizeof *shifts; shift++)
		for (int i = 1; i < n; i++) {
			struct alm_factor used = factors[i];
			char name[80];
			used.rows_off = shifts[shift].rows;
			used.units_off = shifts[shift].units;
			if (!uses(evidence, &used, &factors[i]))
				continue;
			alm_factor_name(cell, &factors[i], name, sizeof name);
			return say(text, "reads %s of %s: an index is off by one", name, shifts[shift].text);
		}
	return false;
}

/* The pick of a unit, -1 if it has none. */
static int pick_of(const struct alm_gradient *gradient, int unit)
{
	for (int pick = 0; pick < gradient->n_picks; pick++)
		if (gradient->pick[pick] == unit)
			return pick;
	return -1;
}

/* Whole values at another row or unit than their own. */
static bool is_shifted(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	const struct alm_suspect *suspect = evidence->suspect;
	const struct alm_gradient *gradient = suspect->gradient;
	for (size_t shift = 0; shift < sizeof shifts / sizeof *shifts; shift++) {
		struct alm_fit fit = {0};
		for (int i = 0; i < evidence->n && fit.n_off == 0; i++) {
			struct alm_case from = evidence->cases[i];
			int row = from.at.row + shifts[shift].rows;
			int pick = pick_of(gradient, from.unit + shifts[shift].units);
			bool within = row >= 0 && row < gradient->call->rows && pick >= 0;
			from.at.row = row;
			from.at.pick = pick;
			alm_fit_add(&fit,
				within ? alm_evidence_other(evidence, &from, suspect->slope, suspect->vector)
				       : (double)NAN,
				evidence->cases[i].found, from.tolerance);
		}
		if (alm_fit_holds(&fit, MANY))
			return say(text, "%s has the values of %s: an index is off by one",
				shifts[shift].rows ? "row r" : "unit u", shifts[shift].text);
	}
	return false;
}

/* The values of another gate, state or parameter. */
static bool is_swapped(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	const struct alm_suspect *suspect = evidence->suspect;
	const struct almanac_cell *cell = suspect->gradient->call->cell;
	for (int slope = 0; slope < ALM_N_SLOPES; slope++)
		for (int vector = 0; vector < alm_place_vectors(cell, alm_slopes[slope].gradient); vector++) {
			struct alm_fit fit = {0}, turned = {0};
			char name[64];
			for (int i = 0; i < evidence->n && (fit.n_off == 0 || turned.n_off == 0); i++) {
				const struct alm_case *at = &evidence->cases[i];
				double other = alm_evidence_other(evidence, at, slope, vector);
				alm_fit_add(&fit, other, at->found, at->tolerance);
				alm_fit_add(&turned, -other, at->found, at->tolerance);
			}
			alm_spot_name(cell, alm_slopes[slope].gradient, vector, name, sizeof name);
			if (alm_fit_holds(&fit, MANY))
				return say(text, "these are the values of %s: swapped", name);
			if (alm_fit_holds(&turned, MANY))
				return say(text, "these are the values of %s, with the wrong sign", name);
		}
	return false;
}

/* Orders in which a buffer of vectors, rows and units might be written by mistake: the slowest index first. */
static const char *const orders[] = {"vru", "rvu", "vur", "ruv", "uvr", "urv"};

/* The value that lies at a flat offset when the buffer is written in an order. */
static struct alm_at at_offset(const char *order, int vectors, int rows, int units, int offset, int *unit)
{
	struct alm_at at = {0};
	for (int i = 2; i >= 0; i--) {
		int n = order[i] == 'v' ? vectors : order[i] == 'r' ? rows : units;
		int *to = order[i] == 'v' ? &at.vector : order[i] == 'r' ? &at.row : unit;
		*to = offset % n;
		offset /= n;
	}
	return at;
}

/* The whole buffer in another order of indices. */
static bool is_transposed(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	const struct alm_suspect *suspect = evidence->suspect;
	const struct alm_gradient *gradient = suspect->gradient;
	const struct alm_call *call = gradient->call;
	enum alm_place place = alm_slopes[suspect->slope].gradient;
	int vectors = alm_place_vectors(call->cell, place);
	bool has_rows = alm_place_has_rows(place), by_row = place == ALM_D_PRE || place == ALM_D_REC;
	for (size_t order = 0; order < sizeof orders / sizeof *orders; order++) {
		struct alm_fit fit = {0};
		for (int i = 0; i < evidence->n && fit.n_off == 0; i++) {
			struct alm_case from = evidence->cases[i];
			const float *lies = alm_call_at(
				call, place, from.at.vector, has_rows ? from.at.row : 0, from.unit);
			int offset = (int)(lies - call->place[place].at), unit;
			struct alm_at at = at_offset(orders[order], vectors, has_rows ? call->rows : 1,
				call->units, offset, &unit);
			from.at.row = has_rows ? at.row : from.at.row;
			from.at.pick = pick_of(gradient, unit);
			double said = from.at.pick < 0 ? (double)NAN
						       : alm_evidence_other(
								 evidence, &from, suspect->slope, at.vector);
			alm_fit_add(&fit, said, evidence->cases[i].found, from.tolerance);
		}
		if (alm_fit_holds(&fit, MANY))
			return say(text, "transposed: the layout is %s",
				by_row     ? "[rows][gates][units]"
				: has_rows ? "[states][rows][units]"
					   : "[params][units]");
	}
	return false;
}

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
	return alm_fit_holds(&fit, MANY);
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
			return i == 0 ? say(text, "the term %s %s", base, terms[term].text)
				      : say(text, "the term %s x %s %s", base, name, terms[term].text);
		}
	return false;
}

/* A summand that is missing, turned or too many. */
static bool is_sum_wrong(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
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

/* The simple ones first: a later one may be an earlier one in disguise. */
static explanation *const explanations[] = {is_zero, is_negative, is_scaled, is_one_row, is_factor_missing,
	is_shifted, is_swapped, is_transposed, is_factor_other, is_factor_shifted, is_sum_wrong};

static bool explain(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	for (size_t i = 0; i < sizeof explanations / sizeof *explanations; i++)
		if (explanations[i](evidence, text))
			return true;
	return false;
}

/* Which ways are right and which are wrong is worth knowing, too. */
static void say_ways(const struct alm_suspect *suspect, char text[ALM_CAUSE_BYTES])
{
	const struct almanac_cell *cell = suspect->gradient->call->cell;
	char right[80] = "", wrong[80] = "";
	for (int way = 0; way < cell->states; way++) {
		char name[32], *to = suspect->wrong[way] ? wrong : right;
		alm_vector_name(cell, ALM_NEXT, way, name, sizeof name);
		size_t used = strlen(to);
		snprintf(to + used, sizeof wrong - used, "%s%s", used ? ", " : "", name);
	}
	if (right[0])
		say(text, "right by way of %s, wrong by way of %s: look at the terms with d_next[%s]", right,
			wrong, wrong);
	else
		say(text, "no single sign, factor, swap or missing term accounts for it");
}

void alm_cause_of(const struct alm_suspect *suspect, char text[ALM_CAUSE_BYTES])
{
	struct alm_evidence evidence;
	const struct almanac_cell *cell = suspect->gradient->call->cell;
	alm_evidence_gather(&evidence, suspect, suspect->wrong);
	if (explain(&evidence, text))
		return;
	for (int way = 0; way < cell->states; way++) {
		bool only[16] = {false};
		char name[32];
		only[way] = suspect->wrong[way];
		alm_evidence_gather(&evidence, suspect, only);
		if (evidence.n == 0 || !explain(&evidence, text))
			continue;
		size_t used = strlen(text);
		alm_vector_name(cell, ALM_NEXT, way, name, sizeof name);
		snprintf(text + used, ALM_CAUSE_BYTES - used, ", by way of %s", name);
		return;
	}
	say_ways(suspect, text);
}
