#include "probe/factor.h"
#include <math.h>
#include <stdio.h>
#include "probe/trial.h"

int alm_factors_of(const struct almanac_cell *cell, struct alm_factor factors[ALM_MOST_FACTORS])
{
	static const enum alm_place places[] = {ALM_SAVED, ALM_PREV, ALM_NEXT, ALM_PARAM, ALM_REC, ALM_PRE};
	int n = 0;
	factors[n++] = (struct alm_factor){.form = ALM_FORM_ONE};
	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		for (enum alm_form form = ALM_FORM_PLAIN; form < ALM_N_FORMS; form++)
			for (int v = 0; v < alm_place_vectors(cell, places[i]) && n < ALM_MOST_FACTORS; v++)
				factors[n++] = (struct alm_factor){form, places[i], v, 0, 0};
	return n;
}

double alm_factor_value(const struct alm_call *call, const struct alm_factor *factor, int row, int unit)
{
	bool has_rows = alm_place_has_rows(factor->place);
	int at_row = has_rows ? row + factor->rows_off : 0, at_unit = unit + factor->units_off;
	if (factor->form == ALM_FORM_ONE)
		return 1;
	if (at_row < 0 || at_row >= call->rows || at_unit < 0 || at_unit >= call->units)
		return NAN;
	double v = (double)*alm_call_at(call, factor->place, factor->vector, at_row, at_unit);
	switch (factor->form) {
	case ALM_FORM_ONE:
	case ALM_N_FORMS:
		return 1;
	case ALM_FORM_PLAIN:
		return v;
	case ALM_FORM_REST:
		return 1 - v;
	case ALM_FORM_MORE:
		return 1 + v;
	case ALM_FORM_TANH:
		return 1 - v * v;
	case ALM_FORM_SIGMOID:
		return v * (1 - v);
	case ALM_FORM_SQUARE:
		return v * v;
	}
	return NAN;
}

void alm_factor_name(
	const struct almanac_cell *cell, const struct alm_factor *factor, char *text, size_t n_bytes)
{
	char word[32], v[48];
	if (factor->form == ALM_FORM_ONE) {
		snprintf(text, n_bytes, "1");
		return;
	}
	alm_vector_name(cell, factor->place, factor->vector, word, sizeof word);
	snprintf(v, sizeof v, "%s[%s]", alm_place_name(factor->place), word);
	switch (factor->form) {
	case ALM_FORM_ONE:
	case ALM_N_FORMS:
	case ALM_FORM_PLAIN:
		snprintf(text, n_bytes, "%s", v);
		break;
	case ALM_FORM_REST:
		snprintf(text, n_bytes, "(1 - %s)", v);
		break;
	case ALM_FORM_MORE:
		snprintf(text, n_bytes, "(1 + %s)", v);
		break;
	case ALM_FORM_TANH:
		snprintf(text, n_bytes, "(1 - %s^2)", v);
		break;
	case ALM_FORM_SIGMOID:
		snprintf(text, n_bytes, "%s (1 - %s)", v, v);
		break;
	case ALM_FORM_SQUARE:
		snprintf(text, n_bytes, "%s^2", v);
		break;
	}
}
