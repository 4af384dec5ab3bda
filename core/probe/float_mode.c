#include "probe/float_mode.h"

/* The control bits alone: the flags that operations raise lie in the same registers. */
#if defined(__x86_64__)
static unsigned control_of(const fenv_t *environment)
{
	const unsigned control = 0xffc0; /* of MXCSR: flush to zero, rounding, masks, denormals are zero */
	return (environment->__mxcsr & control) << 16 | environment->__control_word;
}
#elif defined(__aarch64__)
static unsigned control_of(const fenv_t *environment)
{
	return environment->__fpcr;
}
#else
static unsigned control_of(const fenv_t *environment)
{
	fenv_t now;
	fegetenv(&now);
	fesetenv(environment);
	int rounding = fegetround();
	fesetenv(&now);
	return (unsigned)rounding;
}
#endif

void alm_float_mode_get(struct alm_float_mode *mode)
{
	fegetenv(&mode->environment);
}

bool alm_float_mode_restore(const struct alm_float_mode *mode)
{
	fenv_t now;
	fegetenv(&now);
	if (control_of(&now) == control_of(&mode->environment))
		return false;
	fesetenv(&mode->environment);
	return true;
}
