#include "nn/dropout.h"
#include "base/rng.h"

/* Random streams of the masks: this one, plus the place, plus a block of places for every step. */
#define STREAM_MASKS UINT64_C(0xd20f000000000000)
#define STREAM_STEP  UINT64_C(1024)

void alm_dropout_draw(const struct alm_noise *noise, int place, double rate, int rows, int n, float *mask)
{
	uint64_t stream = STREAM_MASKS + noise->step * STREAM_STEP + (uint64_t)place;
	float kept = (float)(1 / (1 - rate));
	for (int row = 0; row < rows; row++)
		for (int i = 0; i < n; i++) {
			uint64_t counter = (noise->first_row + (uint64_t)row) * (uint64_t)n + (uint64_t)i;
			*mask++ = alm_rng_uniform(noise->seed, stream, counter) < rate ? 0 : kept;
		}
}

void alm_dropout_apply(int rows, int n, const float *mask, float *values, int ld)
{
	for (int row = 0; row < rows; row++) {
		const float *restrict from = mask + (ptrdiff_t)row * n;
		float *restrict to = values + (ptrdiff_t)row * ld;
#pragma omp simd
		for (int i = 0; i < n; i++)
			to[i] *= from[i];
	}
}

void alm_dropout_copy(int rows, int n, const float *mask, const float *values, float *to, ptrdiff_t ld)
{
	for (int row = 0; row < rows; row++, mask += n, values += n, to += ld) {
		const float *restrict kept = mask, *restrict from = values;
		float *restrict masked = to;
#pragma omp simd
		for (int i = 0; i < n; i++)
			masked[i] = from[i] * kept[i];
	}
}

void alm_dropout_add(int rows, int n, const float *mask, const float *values, float *sum)
{
	ptrdiff_t n_values = (ptrdiff_t)rows * n;
	const float *restrict kept = mask, *restrict from = values;
	float *restrict to = sum;
#pragma omp simd
	for (ptrdiff_t i = 0; i < n_values; i++)
		to[i] += from[i] * kept[i];
}
