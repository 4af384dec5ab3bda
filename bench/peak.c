#include "peak.h"
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/reporter.h"
#include "linalg/gemm.h"

#define SIDE     512 /* three such matrices lie in a second-level cache or just behind it */
#define N_ROUNDS 12

void openblas_set_num_threads(int n_threads); /* older headers of OpenBLAS lack it */

struct operands {
	const struct alm_kernel *kernel;
	float *a, *b, *packed, *c;
};

/* With the packing, as every sgemm has it: its operands are plain matrices. */
static void ours(const struct operands *o)
{
	alm_pack(o->kernel, SIDE, SIDE, o->b, SIDE, o->packed);
	alm_gemm_packed(o->kernel, SIDE, SIDE, SIDE, o->a, SIDE, o->packed, o->c, SIDE, false);
}

static void blas(const struct operands *o)
{
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, SIDE, SIDE, SIDE, 1, o->a, SIDE, o->b, SIDE, 0,
		o->c, SIDE);
}

static double best_of(void (*product)(const struct operands *), const struct operands *o)
{
	double least = 1e9;
	for (int round = 0; round <= N_ROUNDS; round++) {
		double begin = alm_monotonic_s();
		product(o);
		double took = alm_monotonic_s() - begin;
		if (round > 0 && took < least)
			least = took;
	}
	return 2.0 * SIDE * SIDE * SIDE / least / 1e9;
}

static float *floats(size_t n)
{
	float *values = aligned_alloc(64, (n * sizeof *values + 63) / 64 * 64);
	if (!values) {
		fprintf(stderr, "bench: no memory\n");
		exit(71);
	}
	for (size_t i = 0; i < n; i++)
		values[i] = (float)(i % 101) / 101;
	return values;
}

double bench_peak_gflops(void)
{
	struct operands o = {.kernel = alm_kernel_best()};
	o.a = floats((size_t)SIDE * SIDE);
	o.b = floats((size_t)SIDE * SIDE);
	o.c = floats((size_t)SIDE * SIDE);
	o.packed = floats(alm_pack_floats(o.kernel, SIDE, SIDE));
	openblas_set_num_threads(1);
	double a = best_of(ours, &o), b = best_of(blas, &o);
	free(o.a);
	free(o.b);
	free(o.c);
	free(o.packed);
	return a > b ? a : b;
}
