/*
 * Learning-rate schedules: the share of the base rate at a point of the planned steps. Planned steps, never
 * time: the weights must not depend on the speed of the machine.
 */
#ifndef ALM_TRAIN_SCHEDULE_H
#define ALM_TRAIN_SCHEDULE_H

/* done is steps taken / steps planned, in [0, 1). Static data. */
struct alm_schedule {
	const char *name;
	double (*share)(double done);
};

#define SCHEDULE(name) double alm_schedule_##name(double done);
#include "train/schedule.def"
#undef SCHEDULE

/* The schedule at a place of schedule.def (the CHOICE of the spec), or NULL past the end. */
const struct alm_schedule *alm_schedule_at(int place);

#endif
