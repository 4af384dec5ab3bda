/* Filling the gaps of one frame, and looking at a filled frame as somebody did at the time. Internal to series. */
#ifndef ALM_SERIES_FILL_H
#define ALM_SERIES_FILL_H
#include "series/frame.h"

/*
 * Gives every unobserved value of a data channel of the frame's n_rows a value, and of its future channels those in the
 * rows ahead, too; static channels are left out. A gap may have begun before the frame:
 * back [n_data] is how many rows before row 0 the observation in frame->before was made (0 = in row 0). So a value does
 * not depend on where the frame happens to begin.
 */
void alm_fill_frame(struct alm_frame *frame, const struct alm_panel *panel, const int64_t *back);

#endif
