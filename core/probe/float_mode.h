/* The floating-point mode of a thread: rounding, flushing to zero, traps. A cell must leave it as it was. */
#ifndef ALM_PROBE_FLOAT_MODE_H
#define ALM_PROBE_FLOAT_MODE_H
#include <fenv.h>

struct alm_float_mode {
	fenv_t environment;
};

void alm_float_mode_get(struct alm_float_mode *mode);

/* What of a mode is another. */
enum alm_float_change { ALM_FLOAT_SAME, ALM_FLOAT_FLUSHES, ALM_FLOAT_ROUNDS, ALM_FLOAT_TRAPS };

/*
 * Puts the mode back; what of it was another, the worst first: small numbers that become zero, the direction of rounding,
 * other operations trapped. What only says that some operation was inexact does not count.
 */
enum alm_float_change alm_float_mode_restore(const struct alm_float_mode *mode);

#endif
