/* The last known value, whatever the step. */
#include "forecast/baseline.h"

float alm_baseline_repeat_last(const struct alm_baseline_point *point)
{
	return alm_frame_value_known(point->panel, point->frame, point->now, point->channel, point->now);
}
