/* Filling the gaps of one frame, and looking at a filled frame as somebody did at the time. Internal to series. */
#ifndef ALM_SERIES_FILL_H
#define ALM_SERIES_FILL_H
#include "series/frame.h"

/*
 * Gives every unobserved value of a data channel of the frame's n_rows a value. `before` [n_data] is what was last
 * observed before the frame; it is used for the rows before the first observation in it.
 */
void alm_fill_frame(
	struct alm_frame *frame, int n_channels, int n_data, enum alm_fill fill, const float *before);

#endif
