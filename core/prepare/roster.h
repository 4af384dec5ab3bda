/* Series that a verb leaves out: how many, and the first few by name, for one note instead of thousands. */
#ifndef ALM_PREPARE_ROSTER_H
#define ALM_PREPARE_ROSTER_H
#include <stddef.h>
#include "series/frame.h"

#define ALM_ROSTER_LISTED 3
#define ALM_ROSTER_TEXT   512

struct alm_roster {
	size_t n;
	const char *first[ALM_ROSTER_LISTED]; /* not owned */
};

void alm_roster_add(struct alm_roster *roster, const char *series);

/* Series of the panel whose frames all have fewer than n_rows rows, and those without a frame. */
struct alm_roster alm_roster_short(const struct alm_panel *panel, size_t n_rows);

/* Series of the panel that have frames, all of which are left out. */
struct alm_roster alm_roster_left_out(const struct alm_panel *panel);

/* "'a', 'b', 'c' and 12 more", cut to the buffer. */
const char *alm_roster_print(const struct alm_roster *roster, char out[static ALM_ROSTER_TEXT]);

#endif
