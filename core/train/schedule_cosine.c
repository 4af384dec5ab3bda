/* Half a cosine from the base rate to zero (Loshchilov and Hutter, ICLR 2017, without restarts). */
#include <math.h>
#include "train/schedule.h"

double alm_schedule_cosine(const struct alm_schedule_point *point)
{
	return 0.5 * (1 + cos(3.14159265358979323846 * point->done));
}
