#include "nn/init.h"
#include <math.h>
#include <stddef.h>
#include "base/rng.h"

void alm_init_glorot_uniform(int rows, int columns, int ld, uint64_t seed, uint64_t stream, float *out)
{
	double limit = sqrt(6.0 / (rows + columns));
	uint64_t counter = 0;
	for (int row = 0; row < rows; row++)
		for (int column = 0; column < columns; column++)
			out[(ptrdiff_t)row * ld + column] =
				(float)(limit * (2 * alm_rng_uniform(seed, stream, counter++) - 1));
}

/* Takes from row its part along the n_before rows above it, then gives it length one; its length before. */
static double orthonormalise(int n, int n_before, int ld, float *out)
{
	float *row = out + (ptrdiff_t)n_before * ld;
	for (int before = 0; before < n_before; before++) {
		const float *other = out + (ptrdiff_t)before * ld;
		double along = 0;
		for (int i = 0; i < n; i++)
			along += (double)row[i] * (double)other[i];
		for (int i = 0; i < n; i++)
			row[i] = (float)((double)row[i] - along * (double)other[i]);
	}
	double square = 0;
	for (int i = 0; i < n; i++)
		square += (double)row[i] * (double)row[i];
	double length = sqrt(square);
	for (int i = 0; i < n && length > 0; i++)
		row[i] = (float)((double)row[i] / length);
	return length;
}

void alm_init_orthogonal(int n, int ld, uint64_t seed, uint64_t stream, float *out)
{
	uint64_t counter = 0;
	for (int row = 0; row < n; row++) {
		double length;
		do { /* a vector that lies almost in the span of the others would lose its digits: draw again
		      */
			for (int i = 0; i < n; i++)
				out[(ptrdiff_t)row * ld + i] = (float)alm_rng_normal(seed, stream, counter++);
			length = orthonormalise(n, row, ld, out);
			orthonormalise(n, row, ld, out); /* once more, against the rounding of the first */
		} while (length < 1e-3);
	}
}
