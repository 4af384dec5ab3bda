/* A cut whenever the validation loss has not become better for so many epochs. */
#include <math.h>
#include "train/schedule.h"

double alm_schedule_plateau(const struct alm_schedule_point *point)
{
	return pow(point->factor, point->plateaus);
}
