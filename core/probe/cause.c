#include "probe/cause.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include "probe/explain.h"

bool alm_say(char text[ALM_CAUSE_BYTES], const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(text, ALM_CAUSE_BYTES, format, args);
	va_end(args);
	return true;
}

/* The simple ones first: a later one may be an earlier one in disguise. */
static alm_explanation *const explanations[] = {alm_is_zero, alm_is_negative, alm_is_scaled, alm_is_one_row,
	alm_is_substituted, alm_is_factor_missing, alm_is_shifted, alm_is_swapped, alm_is_transposed,
	alm_is_factor_other, alm_is_factor_shifted, alm_is_sum_wrong, alm_is_saved_twice};

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
		alm_say(text, "right by way of %s, wrong by way of %s: look at the terms with d_next[%s]",
			right, wrong, wrong);
	else
		alm_say(text, "no single sign, factor, swap or missing term accounts for it");
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
