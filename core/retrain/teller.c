#include "retrain/teller.h"
#include <math.h>
#include <stdio.h>

static void note(struct alm_reporter *self, const char *line)
{
	const struct alm_teller *teller = (const struct alm_teller *)self;
	alm_note(teller->to, "series '%.120s': %s", teller->series, line);
}

static void progress(struct alm_reporter *self, const struct alm_progress *one)
{
	struct alm_teller *teller = (struct alm_teller *)self;
	struct alm_progress all = *one;
	double elapsed = alm_monotonic_s() - teller->began_s;
	all.fraction = teller->before + teller->share * fmax(0, one->fraction);
	all.done += teller->n_done;
	all.left_s = all.fraction > 0 ? elapsed * (1 - all.fraction) / all.fraction : -1;
	snprintf(teller->detail, sizeof teller->detail, "series %d/%d  %s", teller->number, teller->n,
		one->detail);
	all.detail = teller->detail;
	alm_progress(teller->to, &all);
}

void alm_teller_init(struct alm_teller *teller, struct alm_reporter *to, int n)
{
	*teller = (struct alm_teller){.to = to, .n = n, .began_s = alm_monotonic_s()};
	if (to)
		teller->base = (struct alm_reporter){.note = to->note ? note : NULL,
			.progress = to->progress ? progress : NULL,
			.stop = to->stop};
}
