/* The straight line through the first and the last value of the lookback; with one row, that row's value. */
#include "forecast/baseline.h"

float alm_baseline_drift(const struct alm_baseline_point *point)
{
	size_t now = point->now, first = point->first_row;
	float last = alm_frame_value_known(point->panel, point->frame, now, point->channel, now);
	if (now == first)
		return last;
	float begin = alm_frame_value_known(point->panel, point->frame, first, point->channel, now);
	return last + (last - begin) / (float)(now - first) * (float)(point->target - now);
}
