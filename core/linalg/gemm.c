#include "linalg/gemm.h"
#include <string.h>
#include "linalg/gemm_kernel.h"

#ifdef ALM_ONLY_BASE
static bool can_run(const struct alm_kernel *kernel)
{
	return kernel == &alm_kernel_base;
}

static const struct alm_kernel *const kernels[] = {&alm_kernel_base};
#else
static bool can_run(const struct alm_kernel *kernel)
{
	if (kernel == &alm_kernel_avx512)
		return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
		       __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw");
	if (kernel == &alm_kernel_avx2)
		return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
	return true;
}

static const struct alm_kernel *const kernels[] = {&alm_kernel_avx512, &alm_kernel_avx2, &alm_kernel_base};
#endif

#define N_KERNELS (sizeof(kernels) / sizeof(kernels[0]))

const struct alm_kernel *alm_kernel_best(void)
{
	size_t i = 0;
	while (i + 1 < N_KERNELS && !can_run(kernels[i]))
		i++;
	return kernels[i];
}

const struct alm_kernel *alm_kernel_named(const char *name)
{
	for (size_t i = 0; i < N_KERNELS; i++)
		if (strcmp(kernels[i]->name, name) == 0)
			return can_run(kernels[i]) ? kernels[i] : NULL;
	return NULL;
}

static int n_panels(const struct alm_kernel *kernel, int n)
{
	return (n + kernel->panel - 1) / kernel->panel;
}

size_t alm_pack_floats(const struct alm_kernel *kernel, int k, int n)
{
	return (size_t)n_panels(kernel, n) * (size_t)k * (size_t)kernel->panel;
}

/* Element (row, column) of the unpacked matrix is b[row * by_row + column * by_column]. */
static void pack(const struct alm_kernel *kernel, int k, int n, const float *b, ptrdiff_t by_row,
	ptrdiff_t by_column, float *restrict packed)
{
	for (int first = 0; first < n; first += kernel->panel) {
		int columns = n - first < kernel->panel ? n - first : kernel->panel;
		for (int row = 0; row < k; row++, packed += kernel->panel) {
			const float *from = b + row * by_row + first * by_column;
			for (int column = 0; column < columns; column++)
				packed[column] = from[column * by_column];
			for (int column = columns; column < kernel->panel; column++)
				packed[column] = 0;
		}
	}
}

void alm_pack(const struct alm_kernel *kernel, int k, int n, const float *b, int ldb, float *packed)
{
	pack(kernel, k, n, b, ldb, 1, packed);
}

void alm_pack_transposed(
	const struct alm_kernel *kernel, int k, int n, const float *b, int ldb, float *packed)
{
	pack(kernel, k, n, b, 1, ldb, packed);
}

void alm_gemm_packed(const struct alm_kernel *kernel, int m, int n, int k, const float *a, int lda,
	const float *packed, float *c, int ldc, bool add)
{
	const struct alm_gemm_job job = {
		.m = m,
		.n = n,
		.k = k,
		.a = a,
		.a_row = lda,
		.a_k = 1,
		.b = packed,
		.b_panel = (ptrdiff_t)k * kernel->panel,
		.b_k = kernel->panel,
		.b_padded = true,
		.c = c,
		.c_row = ldc,
		.add = add,
	};
	kernel->run(&job);
}

void alm_gemm_gradient(const struct alm_kernel *kernel, int m, int n, int k, const float *a, int lda,
	const float *b, int ldb, float *c, int ldc)
{
	const struct alm_gemm_job job = {
		.m = m,
		.n = n,
		.k = k,
		.a = a,
		.a_row = 1,
		.a_k = lda,
		.b = b,
		.b_panel = kernel->panel,
		.b_k = ldb,
		.b_padded = false,
		.c = c,
		.c_row = ldc,
		.add = true,
	};
	kernel->run(&job);
}
