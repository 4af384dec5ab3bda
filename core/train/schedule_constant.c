#include "train/schedule.h"

double alm_schedule_constant(double done)
{
	(void)done;
	return 1;
}
