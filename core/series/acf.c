#include "series/acf.h"
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"

static const double pi = 3.14159265358979323846;

static void swap(double *a, double *b)
{
	double kept = *a;
	*a = *b;
	*b = kept;
}

/* Puts element i where the bits of i read backwards say. */
static void reverse_bits(double *re, double *im, size_t n)
{
	for (size_t i = 1, back = 0; i < n; i++) {
		size_t bit = n / 2;
		for (; back & bit; bit /= 2)
			back ^= bit;
		back ^= bit;
		if (i < back) {
			swap(&re[i], &re[back]);
			swap(&im[i], &im[back]);
		}
	}
}

/* The discrete Fourier transform in place (Cooley and Tukey 1965); n is a power of two. */
static void transform(double *re, double *im, size_t n)
{
	reverse_bits(re, im, n);
	for (size_t half = 1; half < n; half *= 2)
		for (size_t k = 0; k < half; k++) {
			double angle = -pi * (double)k / (double)half, c = cos(angle), s = sin(angle);
			for (size_t a = k; a < n; a += 2 * half) {
				size_t b = a + half;
				double turned_re = c * re[b] - s * im[b], turned_im = c * im[b] + s * re[b];
				re[b] = re[a] - turned_re;
				im[b] = im[a] - turned_im;
				re[a] += turned_re;
				im[a] += turned_im;
			}
		}
}

enum alm_status alm_acf(const double *x, size_t n, double *out, size_t n_lags, struct alm_error *err)
{
	/* Room for n zeros behind the series: without them its end would meet its beginning. */
	size_t size = 1, n_bytes;
	while (size < 2 * n && size <= SIZE_MAX / 4)
		size *= 2;
	double *re = alm_mul_size(2 * size, sizeof *re, &n_bytes) ? calloc(2 * size, sizeof *re) : NULL;
	if (!re)
		return alm_fail_memory(err, size);
	double *im = re + size;
	memcpy(re, x, n * sizeof *x);
	transform(re, im, size);
	/* The transform of the power spectrum, which is real and even, is the autocovariance (Wiener and Khinchin). */
	for (size_t i = 0; i < size; i++) {
		re[i] = re[i] * re[i] + im[i] * im[i];
		im[i] = 0;
	}
	transform(re, im, size);
	for (size_t lag = 0; lag < n_lags; lag++)
		out[lag] = re[0] > 0 ? re[lag] / re[0] : 0;
	free(re);
	return ALM_OK;
}
