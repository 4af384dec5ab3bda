/*
 * The matrix kernels at the sizes of recurrent layers, beside OpenBLAS on one thread: GFLOP/s of processor time, the best of
 * several rounds.
 * Two kinds of product: `step`, a shard's rows times packed weights, once a time step; `gradient`, Z^T d_pre over the
 * rows of a few steps. Packing is not counted for ours (weights once an optimiser step, gradients once a shard), and is for
 * OpenBLAS (at every call).
 * `gemm --openblas` prints but OpenBLAS's rate at a large product: bench/openblas_core compares its kernels by it.
 */
#include <cblas.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include "linalg/gemm.h"

#define N_ROUNDS   5
#define ROUND_S    0.05
#define MOST_PANEL 64 /* columns: a packed result has whole panels */

void openblas_set_num_threads(int n_threads); /* older headers of OpenBLAS lack it */

struct size {
	const char *what;
	int m, n, k;
};

/* Shards as training chooses them through LSTMs of 32, 128 and 256 units, a GRU of 64, and one row as in a forecast; then what
 * of the gradient goes back through U. */
static const struct size steps[] = {{"lstm 32", 16, 128, 47}, {"gru 64", 16, 192, 65},
	{"lstm 128", 32, 512, 136}, {"lstm 256", 32, 1024, 271}, {"one row", 1, 128, 47},
	{"lstm 32 back", 16, 32, 128}, {"lstm 128 back", 32, 128, 512}, {"lstm 256 back", 32, 256, 1024}};
static const struct size gradients[] = {{"lstm 32", 47, 128, 128}, {"gru 64", 65, 192, 128},
	{"lstm 128", 136, 512, 128}, {"lstm 256", 271, 1024, 128}};
static const char *const kernels[] = {"avx512", "avx2", "base"};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

struct operands {
	struct size size;
	float *a, *b, *packed, *c;
};

typedef void product(const struct alm_kernel *kernel, const struct operands *operands);

static void step_ours(const struct alm_kernel *kernel, const struct operands *o)
{
	alm_gemm_packed(
		kernel, o->size.m, o->size.n, o->size.k, o->a, o->size.k, o->packed, o->c, o->size.n, false);
}

static void gradient_ours(const struct alm_kernel *kernel, const struct operands *o)
{
	alm_gemm_gradient_packed(
		kernel, o->size.m, o->size.n, o->size.k, o->a, o->size.m, o->b, o->size.n, o->c);
}

static void step_blas(const struct alm_kernel *kernel, const struct operands *o)
{
	(void)kernel;
	cblas_sgemm(CblasRowMajor, CblasNoTrans, CblasNoTrans, o->size.m, o->size.n, o->size.k, 1, o->a,
		o->size.k, o->b, o->size.n, 0, o->c, o->size.n);
}

static void gradient_blas(const struct alm_kernel *kernel, const struct operands *o)
{
	(void)kernel;
	cblas_sgemm(CblasRowMajor, CblasTrans, CblasNoTrans, o->size.m, o->size.n, o->size.k, 1, o->a,
		o->size.m, o->b, o->size.n, 1, o->c, o->size.n);
}

static double cpu_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &now);
	return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

static double gflops(product *run, const struct alm_kernel *kernel, const struct operands *o)
{
	double flops = 2.0 * o->size.m * o->size.n * o->size.k, best = 0;
	for (int round = 0; round < N_ROUNDS; round++) {
		double begin = cpu_s(), seconds = 0;
		long n = 0;
		for (; seconds < ROUND_S; seconds = cpu_s() - begin)
			for (int i = 0; i < 16; i++, n++)
				run(kernel, o);
		double rate = flops * (double)n / seconds / 1e9;
		best = rate > best ? rate : best;
	}
	return best;
}

static float *random_floats(size_t n)
{
	float *values = aligned_alloc(64, (n * sizeof *values + 63) / 64 * 64);
	if (!values)
		abort();
	for (size_t i = 0; i < n; i++)
		values[i] = (float)rand() / (float)RAND_MAX - 0.5f; /* NOLINT(cert-msc30-c,cert-msc50-cpp) */
	return values;
}

static void compare(const char *kind, const struct size *size, product *ours, product *blas)
{
	size_t m = (size_t)size->m, n = (size_t)size->n, k = (size_t)size->k;
	struct operands o = {
		*size, random_floats(m * k), random_floats(k * n), NULL, random_floats(m * (n + MOST_PANEL))};
	printf("%s;%s;%d x %d x %d", kind, size->what, size->m, size->n, size->k);
	double best = 0, peer = gflops(blas, NULL, &o);
	for (size_t i = 0; i < COUNT(kernels); i++) {
		const struct alm_kernel *kernel = alm_kernel_named(kernels[i]);
		if (!kernel) {
			printf(";-");
			continue;
		}
		o.packed = random_floats(alm_pack_floats(kernel, size->k, size->n));
		alm_pack(kernel, size->k, size->n, o.b, size->n, o.packed);
		double rate = gflops(ours, kernel, &o);
		best = rate > best ? rate : best;
		printf(";%.1f", rate);
		free(o.packed);
	}
	printf(";%.1f;%.2f\n", peer, best / peer);
	fflush(stdout);
	free(o.a);
	free(o.b);
	free(o.c);
}

static double openblas_gflops(void)
{
	struct size large = {"large", 512, 512, 512};
	size_t n = (size_t)large.m * (size_t)large.n;
	struct operands o = {large, random_floats(n), random_floats(n), NULL, random_floats(n)};
	double rate = gflops(step_blas, NULL, &o);
	free(o.a);
	free(o.b);
	free(o.c);
	return rate;
}

int main(int argc, char **argv)
{
	openblas_set_num_threads(1);
	if (argc == 2 && strcmp(argv[1], "--openblas") == 0) {
		printf("%.1f\n", openblas_gflops());
		return 0;
	}
	printf("product;layer;m x n x k;avx512;avx2;base;OpenBLAS;best / OpenBLAS\n");
	for (size_t i = 0; i < COUNT(steps); i++)
		compare("step", &steps[i], step_ours, step_blas);
	for (size_t i = 0; i < COUNT(gradients); i++)
		compare("gradient", &gradients[i], gradient_ours, gradient_blas);
	return 0;
}
