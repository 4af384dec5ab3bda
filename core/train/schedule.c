#include "train/schedule.h"
#include <stddef.h>

static const struct alm_schedule schedules[] = {
#define SCHEDULE(name) {#name, alm_schedule_##name},
#include "train/schedule.def"
#undef SCHEDULE
};

const struct alm_schedule *alm_schedule_at(int place)
{
	return place >= 0 && place < (int)(sizeof schedules / sizeof *schedules) ? &schedules[place] : NULL;
}
