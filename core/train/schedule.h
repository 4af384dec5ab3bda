/*
 * Learning-rate schedules: the share of the base rate at a point of training. They look at planned steps, epochs and
 * validation losses, never at time: the weights must not depend on the speed of the machine.
 */
#ifndef ALM_TRAIN_SCHEDULE_H
#define ALM_TRAIN_SCHEDULE_H

/* Where training stands. */
struct alm_schedule_point {
	double done;   /* steps taken / steps planned, both behind the warm-up: [0, 1) */
	int epoch;     /* epochs completed */
	int plateaus;  /* times that `every` epochs in a row brought no better validation loss */
	int every;     /* epochs; at least 1 */
	double factor; /* of one cut */
};

/* Static data. */
struct alm_schedule {
	const char *name;
	double (*share)(const struct alm_schedule_point *point);
};

#define SCHEDULE(name) double alm_schedule_##name(const struct alm_schedule_point *point);
#include "train/schedule.def"
#undef SCHEDULE

/* The schedule at a place of schedule.def (the CHOICE of the spec), or NULL past the end. */
const struct alm_schedule *alm_schedule_at(int place);

/*
 * The share before step `step` of `planned`, of which the first `warmup` (a share of them) rise in a line to 1. point->done
 * is filled in here.
 */
double alm_schedule_share(const struct alm_schedule *schedule, long long step, long long planned,
	double warmup, struct alm_schedule_point point);

#endif
