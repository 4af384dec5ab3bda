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

double alm_schedule_share(const struct alm_schedule *schedule, long long step, long long planned,
	double warmup, struct alm_schedule_point point)
{
	double rising = (double)planned * warmup, taken = (double)step;
	if (taken < rising)
		return (taken + 1) / (rising + 1);
	point.done = (taken - rising) / ((double)planned - rising);
	return schedule->share(&point);
}
