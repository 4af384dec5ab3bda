/* A wrong gradient that is right once the cell reads something else: found by calling it so. */
#include <string.h>
#include "probe/explain.h"

/* What backward reads by vectors of a row. */
static const enum alm_place readable[] = {ALM_PREV, ALM_NEXT, ALM_SAVED, ALM_PRE, ALM_REC};
enum { N_READABLE = sizeof readable / sizeof *readable };

struct vector {
	enum alm_place place;
	int vector;
};

static void copy_vector(const struct alm_call *from, struct vector of, struct alm_call *to, struct vector as)
{
	alm_call_open(to, as.place);
	for (int row = 0; row < to->rows; row++)
		memcpy(alm_call_at(to, as.place, as.vector, row, 0),
			alm_call_at(from, of.place, of.vector, row, 0), (size_t)to->units * sizeof(float));
}

/* Whether all cases of one way are right when the cell finds `belongs` where `used` lies. */
static void fit_way(const struct alm_evidence *evidence, int way, struct vector used, struct vector belongs,
	struct alm_fit *fit)
{
	const struct alm_suspect *suspect = evidence->suspect;
	const struct alm_call *call = suspect->gradient->call;
	struct alm_call *other = suspect->other;
	enum alm_place place = alm_slopes[suspect->slope].gradient;
	alm_gradient_choose_way(call, other, way, -1);
	copy_vector(call, belongs, other, used);
	alm_call_run(other, ALM_BACKWARD);
	copy_vector(call, used, other, used);
	for (int i = 0; i < evidence->n && fit->n_off == 0; i++) {
		const struct alm_case *at = &evidence->cases[i];
		if (at->at.way == way)
			alm_fit_add(fit, at->expected,
				(double)*alm_call_at(other, place, suspect->vector, at->at.row, at->unit),
				at->tolerance);
	}
}

static bool is_right_with(const struct alm_evidence *evidence, struct vector used, struct vector belongs)
{
	struct alm_fit fit = {0};
	for (int way = 0; way < evidence->suspect->gradient->call->cell->states && fit.n_off == 0; way++)
		if (evidence->taken[way])
			fit_way(evidence, way, used, belongs, &fit);
	return alm_fit_holds(&fit, ALM_MANY);
}

static bool say_read(const struct almanac_cell *cell, struct vector used, struct vector belongs,
	char text[ALM_CAUSE_BYTES])
{
	char is[32], should[32];
	alm_vector_name(cell, used.place, used.vector, is, sizeof is);
	alm_vector_name(cell, belongs.place, belongs.vector, should, sizeof should);
	bool stale = used.place == ALM_NEXT && belongs.place == ALM_PREV && used.vector == belongs.vector;
	return alm_say(text, "uses %s[%s] where %s[%s] belongs%s", alm_place_name(used.place), is,
		alm_place_name(belongs.place), should,
		stale ? ": the state after the step for the one before" : "");
}

/* The n-th vector that backward reads; false beyond the last, and beyond what is worth the time. */
enum { MOST_VECTORS = 32 };

static bool vector_of(const struct almanac_cell *cell, int n, struct vector *out)
{
	if (n >= MOST_VECTORS)
		return false;
	for (int i = 0; i < N_READABLE; i++) {
		bool hidden = cell->flags & ALMANAC_CELL_SAVED_ONLY &&
			      (readable[i] == ALM_PRE || readable[i] == ALM_REC);
		int vectors = hidden ? 0 : alm_place_vectors(cell, readable[i]);
		if (n < vectors) {
			*out = (struct vector){readable[i], n};
			return true;
		}
		n -= vectors;
	}
	return false;
}

bool alm_is_substituted(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	const struct alm_call *call = evidence->suspect->gradient->call;
	struct vector used, belongs;
	if (alm_slopes[evidence->suspect->slope].gradient == ALM_D_PARAM)
		return false; /* measured row by row, and all that is read there reaches a gate, too */
	alm_call_copy(call, 0, evidence->suspect->other, ALM_BACKWARD);
	for (int i = 0; vector_of(call->cell, i, &used); i++)
		for (int j = 0; vector_of(call->cell, j, &belongs); j++)
			if (i != j && is_right_with(evidence, used, belongs))
				return say_read(call->cell, used, belongs, text);
	return false;
}

static bool are_the_same(const struct alm_call *call, int one, int other)
{
	size_t n_bytes = (size_t)call->rows * (size_t)call->units * sizeof(float);
	return memcmp(alm_call_at(call, ALM_SAVED, one, 0, 0), alm_call_at(call, ALM_SAVED, other, 0, 0),
		       n_bytes) == 0;
}

bool alm_is_saved_twice(const struct alm_evidence *evidence, char text[ALM_CAUSE_BYTES])
{
	const struct alm_call *call = evidence->suspect->gradient->call;
	for (int one = 0; one < call->cell->saved; one++)
		for (int other = one + 1; other < call->cell->saved; other++)
			if (are_the_same(call, one, other))
				return alm_say(text,
					"forward leaves the same values in saved[%d] and saved[%d]: one of "
					"them is wrong",
					one, other);
	return false;
}
