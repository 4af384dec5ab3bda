/* The floating-point mode of a thread: rounding, flushing to zero, traps. A cell must leave it as it was. */
#ifndef ALM_PROBE_FLOAT_MODE_H
#define ALM_PROBE_FLOAT_MODE_H
#include <fenv.h>
#include <stdbool.h>

struct alm_float_mode {
	fenv_t environment;
};

void alm_float_mode_get(struct alm_float_mode *mode);

/* Puts the mode back; whether it was another. What only says that some operation was inexact does not count. */
bool alm_float_mode_restore(const struct alm_float_mode *mode);

#endif
