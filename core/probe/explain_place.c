/* A wrong gradient whose values belong elsewhere, or are made of values from elsewhere. */
#include "probe/explain.h"
#include <math.h>
#include <string.h>

const struct alm_shift alm_shifts[ALM_N_SHIFTS] = {
	{1, 0, "row r + 1"}, {-1, 0, "row r - 1"}, {0, 1, "unit u + 1"}, {0, -1, "unit u - 1"}};

/* The pick of a unit, -1 if it has none. */
static int pick_of(const struct alm_gradient *gradient, int unit)
{
	for (int pick = 0; pick < gradient->n_picks; pick++)
		if (gradient->pick[pick] == unit)
			return pick;
	return -1;
}

/* Whole values at another row or unit than their own. */
bool alm_is_shifted(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	const struct alm_suspect *suspect = evidence->suspect;
	const struct alm_gradient *gradient = suspect->gradient;
	for (size_t shift = 0; shift < ALM_N_SHIFTS; shift++) {
		struct alm_fit fit = {0};
		for (int i = 0; i < evidence->n && fit.n_off == 0; i++) {
			struct alm_case from = evidence->cases[i];
			int row = from.at.row + alm_shifts[shift].rows;
			int pick = pick_of(gradient, from.unit + alm_shifts[shift].units);
			bool within = row >= 0 && row < gradient->call->rows && pick >= 0;
			from.at.row = row;
			from.at.pick = pick;
			alm_fit_add(&fit,
				within ? alm_evidence_other(evidence, &from, suspect->slope, suspect->vector)
				       : (double)NAN,
				evidence->cases[i].found, from.tolerance);
		}
		if (alm_fit_holds(&fit, ALM_MANY))
			return alm_say(text, "%s has the values of %s: an index is off by one",
				alm_shifts[shift].rows ? "row r" : "unit u", alm_shifts[shift].text);
	}
	return false;
}

/* The values of another gate, state or parameter. */
bool alm_is_swapped(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
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
			if (alm_fit_holds(&fit, ALM_MANY))
				return alm_say(text, "these are the values of %s: swapped", name);
			if (alm_fit_holds(&turned, ALM_MANY))
				return alm_say(text, "these are the values of %s, with the wrong sign", name);
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
bool alm_is_transposed(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
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
		if (alm_fit_holds(&fit, ALM_MANY))
			return alm_say(text, "transposed: the layout is %s",
				by_row     ? "[rows][gates][units]"
				: has_rows ? "[states][rows][units]"
					   : "[params][units]");
	}
	return false;
}
