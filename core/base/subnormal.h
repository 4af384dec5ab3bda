/*
 * Floats below 1.2e-38 are not normal, and a processor may take a hundred times as long for one: a gradient that fades over
 * hundreds of steps is made of them, and so are the moments of a weight that nothing moves. Networks and optimisers take
 * them for zero. The mode belongs to a thread, so it is set around the work and put back.
 */
#ifndef ALM_BASE_SUBNORMAL_H
#define ALM_BASE_SUBNORMAL_H
#include <stdint.h>

/* Takes them for zero from now on, on this thread; gives back the mode as it was. */
static inline uint64_t alm_subnormal_flush(void);
static inline void alm_subnormal_restore(uint64_t mode);

#if defined(__x86_64__)
#include <xmmintrin.h>

/* MXCSR: results flushed to zero, operands taken for zero (Intel SDM, volume 1, 10.2.3). */
static inline uint64_t alm_subnormal_flush(void)
{
	unsigned mode = _mm_getcsr();
	_mm_setcsr(mode | 0x8040u);
	return mode;
}

static inline void alm_subnormal_restore(uint64_t mode)
{
	_mm_setcsr((unsigned)mode);
}
#elif defined(__aarch64__)
/* FPCR.FZ, bit 24 (Arm ARM, C5.2.8). */
static inline uint64_t alm_subnormal_flush(void)
{
	uint64_t mode;
	__asm__ volatile("mrs %0, fpcr" : "=r"(mode));
	__asm__ volatile("msr fpcr, %0" : : "r"(mode | UINT64_C(1) << 24));
	return mode;
}

static inline void alm_subnormal_restore(uint64_t mode)
{
	__asm__ volatile("msr fpcr, %0" : : "r"(mode));
}
#else
static inline uint64_t alm_subnormal_flush(void)
{
	return 0;
}

static inline void alm_subnormal_restore(uint64_t mode)
{
	(void)mode;
}
#endif

#endif
