/* Settings that a user gives and that the others leave without a part: refused, where a stored one may wait for its day. */
#include <string.h>
#include "model/spec.h"

/* Fields that have a part only where a choice has one of some words. */
static const struct part {
	const char *key, *choice, *words[4];
} parts[] = {
	{"quantiles", "loss", {"quantile", "gaussian", "student_t"}},
	{"huber-delta", "loss", {"huber"}},
	{"momentum", "optimizer", {"sgd"}},
	{"schedule-epochs", "schedule", {"step", "plateau"}},
	{"schedule-factor", "schedule", {"step", "plateau"}},
};

static bool has_part(const struct part *part, const char *chosen)
{
	for (int i = 0; part->words[i]; i++)
		if (strcmp(part->words[i], chosen) == 0)
			return true;
	return false;
}

enum alm_status alm_spec_check_given(
	const struct alm_spec *spec, const struct alm_pairs *given, struct alm_error *err)
{
	struct alm_pairs all;
	enum alm_status status = alm_spec_pairs(spec, &all, err);
	if (status != ALM_OK)
		return status;
	for (size_t i = 0; status == ALM_OK && i < sizeof parts / sizeof *parts; i++) {
		const struct part *part = &parts[i];
		const char *chosen = alm_pairs_get(&all, part->choice);
		if (alm_pairs_get(given, part->key) && !has_part(part, chosen))
			status = alm_fail(err, ALM_USAGE,
				"--%s: has no part in --%s %s; leave it out, or choose --%s %s", part->key,
				part->choice, chosen, part->choice, part->words[0]);
	}
	alm_pairs_release(&all);
	return status;
}
