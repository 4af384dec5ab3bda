/*
 * Running checks over several shapes and writing one record of each: what fails is told at the first shape that shows it,
 * what holds at the end, over all of them.
 */
#ifndef ALM_PROBE_TRIAL_H
#define ALM_PROBE_TRIAL_H
#include <stdbool.h>
#include "probe/call.h"
#include "probe/probe.h"
#include "probe/sample.h"

/* Where the checks are made: a sample of one shape, called once, with which other calls are compared. */
struct alm_bench {
	const struct alm_check_subject *subject;
	enum alm_direction direction;
	struct alm_sample sample;
	struct alm_call call;  /* the sample and what the cell made of it: not to be changed */
	struct alm_call other; /* of the same shape, for whatever a check calls next */
};

/* What a check has found wrong. */
struct alm_finding {
	char detail[320]; /* "gate f, row 1, unit 3: expected 0.125, found -0.125" */
	char advice[200];
};

struct alm_trial {
	const char *name; /* what holds: "rows do not see each other" */
	bool (*holds)(struct alm_bench *bench, struct alm_finding *finding);
	bool needed;      /* where it does not hold, nothing else is worth trying */
	const char *over; /* what it is tried over; NULL = every shape */
};

/* Rows and units that everything is tried with. */
struct alm_shape {
	int rows, units;
};
#define ALM_N_SHAPES 6
extern const struct alm_shape alm_check_shapes[ALM_N_SHAPES];

/* Opens a bench over the n-th shape and makes its call; false and a record if there is no memory. Close it then. */
ALM_MUST_CHECK bool alm_bench_open(struct alm_bench *bench, const struct alm_check_subject *subject,
	enum alm_direction direction, int number);
void alm_bench_close(struct alm_bench *bench);

/* Tries all of these at every shape; records of each, "forward: <name>". Whether those that are needed hold. */
bool alm_trials_run(const struct alm_check_subject *subject, enum alm_direction direction,
	const struct alm_trial *trials, int n_trials);

/* Fills detail with place, row, unit and the two values, and what to write before them. */
void alm_finding_differs(struct alm_finding *finding, const struct alm_call *call,
	const struct alm_spot *spot, double expected, double found);

/* A check that could not be made, and false. */
bool alm_finding_no_memory(struct alm_finding *finding);

/* What the cell calls a vector: "f", "c", "peep_i", or its number. */
void alm_vector_name(
	const struct almanac_cell *cell, enum alm_place place, int vector, char *text, size_t n_bytes);

/* "d_pre of gate f", "next of state c", "saved 2", "d_param peep_i". */
void alm_spot_name(
	const struct almanac_cell *cell, enum alm_place place, int vector, char *text, size_t n_bytes);

#endif
