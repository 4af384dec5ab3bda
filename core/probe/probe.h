/*
 * The checks themselves: each calls the cell on inputs of its own and writes what it found to the log. They trust nothing
 * of the cell but its verified table of facts, run in the process that may die of it, and allocate before the sandbox
 * closes or by anonymous mappings. Each runs over several widths (1, odd ones, ones that fill vectors, wide ones) and rows.
 */
#ifndef ALM_PROBE_PROBE_H
#define ALM_PROBE_PROBE_H
#include <stdint.h>
#include "almanac_cell.h"
#include "base/pool.h"
#include "probe/log.h"

struct alm_check_subject {
	const struct almanac_cell *cell; /* verified */
	uint64_t seed;                   /* of all inputs */
	struct alm_pool *pool;           /* of at least two threads, started before the sandbox closed */
	struct alm_check_log *log;
};

/*
 * Forward: writes all it must and nothing else, finite also for large inputs, the same bits again, for any cut of the
 * rows, on any thread and without `saved`; keeps no state between calls; leaves the floating-point mode alone.
 */
void alm_check_forward(const struct alm_check_subject *subject);

/* Backward: the same, linear in d_next, adds to d_param, and equals finite differences of forward, gate by gate, state by
 * state, parameter by parameter. */
void alm_check_backward(const struct alm_check_subject *subject);

/* A whole recurrent layer of the host around the cell, over several steps: every gradient against finite differences. */
void alm_check_layer(const struct alm_check_subject *subject);

/* Time of a training step beside that of `peer` (NULL = alone) at 64 units, as facts. */
void alm_check_speed(const struct alm_check_subject *subject, const struct almanac_cell *peer);

#endif
