#include "probe/float_mode.h"
#include <stdint.h>

/* The control bits alone: the flags that operations raise lie in the same registers. */
#if defined(__x86_64__)
#define FLUSHES UINT64_C(0x8040)         /* MXCSR: results (FTZ) and operands (DAZ) too small become 0 */
#define ROUNDS  UINT64_C(0x0c0000006000) /* both units' direction of rounding */

/* The x87's control word above MXCSR. */
static uint64_t control_of(const fenv_t *environment)
{
	return (uint64_t)environment->__control_word << 32 | (environment->__mxcsr & 0xffc0u);
}
#elif defined(__aarch64__)
#define FLUSHES (UINT64_C(1) << 24)
#define ROUNDS  (UINT64_C(3) << 22)

static uint64_t control_of(const fenv_t *environment)
{
	return environment->__fpcr;
}
#else
#define FLUSHES UINT64_C(0)
#define ROUNDS  UINT64_MAX

static uint64_t control_of(const fenv_t *environment)
{
	fenv_t now;
	fegetenv(&now);
	fesetenv(environment);
	int rounding = fegetround();
	fesetenv(&now);
	return (uint64_t)rounding;
}
#endif

void alm_float_mode_get(struct alm_float_mode *mode)
{
	fegetenv(&mode->environment);
}

enum alm_float_change alm_float_mode_restore(const struct alm_float_mode *mode)
{
	fenv_t now;
	fegetenv(&now);
	uint64_t changed = control_of(&now) ^ control_of(&mode->environment);
	if (changed == 0)
		return ALM_FLOAT_SAME;
	fesetenv(&mode->environment);
	if (changed & FLUSHES)
		return ALM_FLOAT_FLUSHES;
	return changed & ROUNDS ? ALM_FLOAT_ROUNDS : ALM_FLOAT_TRAPS;
}
