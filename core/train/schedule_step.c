/* A cut every so many epochs. */
#include <math.h>
#include "train/schedule.h"

double alm_schedule_step(const struct alm_schedule_point *point)
{
	int cuts = point->epoch / point->every;
	return pow(point->factor, cuts);
}
