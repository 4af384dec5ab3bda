#include "prepare/roster.h"
#include <stdio.h>

void alm_roster_add(struct alm_roster *roster, const char *series)
{
	if (roster->n < ALM_ROSTER_LISTED)
		roster->first[roster->n] = series;
	roster->n++;
}

struct alm_roster alm_roster_short(const struct alm_panel *panel, size_t n_rows)
{
	struct alm_roster roster = {0};
	int frame = 0; /* frames are in the order of their series */
	for (int i = 0; i < panel->n_series; i++) {
		size_t longest = 0;
		for (; frame < panel->n_frames && panel->frames[frame].series == panel->series[i]; frame++)
			if (panel->frames[frame].n_rows > longest)
				longest = panel->frames[frame].n_rows;
		if (longest < n_rows)
			alm_roster_add(&roster, panel->series[i]);
	}
	return roster;
}

struct alm_roster alm_roster_left_out(const struct alm_panel *panel)
{
	struct alm_roster roster = {0};
	for (int i = 0; i < panel->n_frames; i++) {
		const struct alm_frame *frame = &panel->frames[i];
		if (frame->left_out && (i == 0 || frame->series != panel->frames[i - 1].series))
			alm_roster_add(&roster, frame->series);
	}
	return roster;
}

const char *alm_roster_print(const struct alm_roster *roster, char out[static ALM_ROSTER_TEXT])
{
	size_t used = 0, listed = roster->n < ALM_ROSTER_LISTED ? roster->n : ALM_ROSTER_LISTED;
	out[0] = '\0';
	for (size_t i = 0; i < listed && used < ALM_ROSTER_TEXT; i++) {
		int n = snprintf(
			out + used, ALM_ROSTER_TEXT - used, "%s'%.120s'", i ? ", " : "", roster->first[i]);
		used += n > 0 ? (size_t)n : 0;
	}
	if (roster->n > listed && used < ALM_ROSTER_TEXT)
		snprintf(out + used, ALM_ROSTER_TEXT - used, " and %zu more", roster->n - listed);
	return out;
}
