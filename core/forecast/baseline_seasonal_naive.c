/*
 * The newest known value a whole number of seasons before the target. It may look before the lookback; where
 * history is shorter than a season, the last value.
 */
#include "forecast/baseline.h"

float alm_baseline_seasonal_naive(const struct alm_baseline_point *point)
{
	size_t ahead = point->target - point->now;
	size_t back = (ahead + point->season - 1) / point->season * point->season;
	size_t row = back <= point->target ? point->target - back : point->now;
	return alm_frame_value_known(point->panel, point->frame, row, point->channel, point->now);
}
