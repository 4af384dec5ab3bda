/*
 * almanac_math.h - exp, tanh, sigmoid and softplus that vectorise, for cells.
 *
 * Both rest on expm1 with the argument reduced to x = n ln2 + f ln2, |f| <= 1/2 (Cody and Waite, 1980), and a
 * minimax polynomial of degree 6 in f whose relative error is 1.2e-8. Branch-free: a compiler turns a loop
 * over them into vector code. Error against libm below 3e-7 relative for tanh, 2e-7 absolute for sigmoid,
 * over all finite x, 2e-7 of the larger of 1 and the result for softplus; not-a-number stays not-a-number.
 * Monotony at the last bit is not promised.
 */
#ifndef ALMANAC_MATH_H
#define ALMANAC_MATH_H
#include <stdint.h>
#include <string.h>

/*
 * Put before a forward or backward function: compiled for several instruction sets, chosen when the cell is
 * loaded.
 */
#if defined(__x86_64__) && defined(__ELF__) && !defined(__SANITIZE_ADDRESS__) && !defined(ALMANAC_ONE_TARGET)
#define ALMANAC_CLONES __attribute__((target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#else
#define ALMANAC_CLONES
#endif

/* Put before a helper of such a function, which only vectorises when all it calls becomes part of it. */
#if defined(__GNUC__)
#define ALMANAC_INLINE static inline __attribute__((always_inline))
#else
#define ALMANAC_INLINE static inline
#endif

/*
 * For |x| < 87: *scale = 2^n and the result is e^(f ln2) - 1, so that e^x = *scale * (result + 1). Adding 1.5
 * * 2^23 rounds x / ln2 to a whole number and leaves it in the low bits, where a shift makes an exponent of
 * it: no conversion that could overflow, also when x is not a number.
 */
ALMANAC_INLINE float almanac_expm1_reduced(float x, float *scale)
{
	const float to_whole = 12582912.0f;
	float t = x * 1.44269504088896f;
	float shifted = t + to_whole;
	uint32_t bits;
	memcpy(&bits, &shifted, sizeof bits);
	bits = (bits << 23) + 0x3f800000u;
	memcpy(scale, &bits, sizeof bits);
	float f = t - (shifted - to_whole);
	float p = 1.546144746e-04f;
	p = p * f + 1.339086735e-03f;
	p = p * f + 9.618056670e-03f;
	p = p * f + 5.550357104e-02f;
	p = p * f + 2.402265092e-01f;
	p = p * f + 6.931471880e-01f;
	return p * f;
}

ALMANAC_INLINE float almanac_clamp(float x, float limit)
{
	x = x > limit ? limit : x;
	return x < -limit ? -limit : x;
}

ALMANAC_INLINE float almanac_exp(float x)
{
	float scale, m1 = almanac_expm1_reduced(almanac_clamp(x, 87.0f), &scale);
	return scale * m1 + scale;
}

/* (e^2x - 1) / (e^2x + 1); exactly +-1 in float beyond 9.02. */
ALMANAC_INLINE float almanac_tanh(float x)
{
	float scale, m1 = almanac_expm1_reduced(2.0f * almanac_clamp(x, 9.02f), &scale);
	float e = scale * m1 + (scale - 1.0f);
	return e / (e + 2.0f);
}

/* 1 / (1 + e^-x). */
ALMANAC_INLINE float almanac_sigmoid(float x)
{
	return 1.0f / (1.0f + almanac_exp(-x));
}

/* ln(1 + x) for 0 <= x <= 1: 2 artanh t, t = x / (2 + x) <= 1/3, by a minimax polynomial in t^2 (relative error 4e-9). */
ALMANAC_INLINE float almanac_log1p_reduced(float x)
{
	float t = x / (2.0f + x), s = t * t;
	float p = 2.81783351e-01f;
	p = p * s + 2.79606027e-01f;
	p = p * s + 4.00249103e-01f;
	p = p * s + 6.66663147e-01f;
	p = p * s + 2.00000001e+00f;
	return p * t;
}

/* ln(1 + e^x); the logarithm of sigmoid(x) is -softplus(-x). */
ALMANAC_INLINE float almanac_softplus(float x)
{
	return (x > 0.0f ? x : 0.0f) + almanac_log1p_reduced(almanac_exp(x > 0.0f ? -x : x));
}

#endif
