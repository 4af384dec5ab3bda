/*
 * What is asked of every function of a cell, forward, backward and init alike: that it writes all it must and nothing
 * else, and that its results are a function of its inputs, whoever calls it, when and with whom.
 */
#ifndef ALM_PROBE_MANNERS_H
#define ALM_PROBE_MANNERS_H
#include "probe/trial.h"

bool alm_writes_every_output(struct alm_bench *bench, struct alm_finding *finding);
bool alm_stays_in_buffers(struct alm_bench *bench, struct alm_finding *finding);
bool alm_is_finite(struct alm_bench *bench, struct alm_finding *finding);
bool alm_keeps_float_mode(struct alm_bench *bench, struct alm_finding *finding);
bool alm_repeats(struct alm_bench *bench, struct alm_finding *finding);
bool alm_cuts_rows(struct alm_bench *bench, struct alm_finding *finding);
bool alm_keeps_rows_apart(struct alm_bench *bench, struct alm_finding *finding);
bool alm_shares_nothing(struct alm_bench *bench, struct alm_finding *finding);

/* Only at the shape of one row and one unit. */
bool alm_repeats_long(struct alm_bench *bench, struct alm_finding *finding);

/* The first value that is not finite among what the last call of bench->call in its direction wrote. */
bool alm_call_is_finite(const struct alm_call *call, enum alm_direction direction, struct alm_spot *spot);

#endif
