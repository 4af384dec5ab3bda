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

/* Columns of the panel that begins with column `first` of n. */
static int panel_columns(const struct alm_kernel *kernel, int n, int first)
{
	return n - first < kernel->panel ? n - first : kernel->panel;
}

void alm_pack(const struct alm_kernel *kernel, int k, int n, const float *b, int ldb, float *packed)
{
	for (int first = 0; first < n; first += kernel->panel) {
		int columns = panel_columns(kernel, n, first);
		for (int row = 0; row < k; row++, packed += kernel->panel) {
			memcpy(packed, b + (ptrdiff_t)row * ldb + first, (size_t)columns * sizeof *b);
			memset(packed + columns, 0, (size_t)(kernel->panel - columns) * sizeof *b);
		}
	}
}

void alm_pack_transposed(
	const struct alm_kernel *kernel, int k, int n, const float *b, int ldb, float *restrict packed)
{
	for (int first = 0; first < n; first += kernel->panel) {
		int columns = panel_columns(kernel, n, first);
		for (int row = 0; row < k; row++, packed += kernel->panel) {
			const float *from = b + (ptrdiff_t)first * ldb + row;
			for (int column = 0; column < columns; column++)
				packed[column] = from[(ptrdiff_t)column * ldb];
			memset(packed + columns, 0, (size_t)(kernel->panel - columns) * sizeof *b);
		}
	}
}

void alm_unpack(const struct alm_kernel *kernel, int k, int n, const float *packed, float *b, int ldb)
{
	for (int first = 0; first < n; first += kernel->panel) {
		int columns = panel_columns(kernel, n, first);
		for (int row = 0; row < k; row++, packed += kernel->panel)
			memcpy(b + (ptrdiff_t)row * ldb + first, packed, (size_t)columns * sizeof *b);
	}
}

void alm_gemm_packed(const struct alm_kernel *kernel, int m, int n, int k, const float *a, int lda,
	const float *packed, float *c, int ldc, bool add)
{
	const struct alm_gemm_job job = {
		.m = m,
		.n = n,
		.k = k,
		.a = a,
		.lda = lda,
		.b = packed,
		.b_panel = (ptrdiff_t)k * kernel->panel,
		.b_k = kernel->panel,
		.b_padded = true,
		.c = c,
		.c_panel = kernel->panel,
		.c_row = ldc,
		.add = add,
	};
	kernel->run(&job);
}

/* c (+)= a^T b, but for where c is. */
static struct alm_gemm_job gradient_job(const struct alm_kernel *kernel, int m, int n, int k, const float *a,
	int lda, const float *b, int ldb)
{
	return (struct alm_gemm_job){
		.m = m,
		.n = n,
		.k = k,
		.a = a,
		.lda = lda,
		.a_transposed = true,
		.b = b,
		.b_panel = kernel->panel,
		.b_k = ldb,
		.add = true,
	};
}

void alm_gemm_gradient(const struct alm_kernel *kernel, int m, int n, int k, const float *a, int lda,
	const float *b, int ldb, float *c, int ldc)
{
	struct alm_gemm_job job = gradient_job(kernel, m, n, k, a, lda, b, ldb);
	job.c = c;
	job.c_panel = kernel->panel;
	job.c_row = ldc;
	kernel->run(&job);
}

void alm_gemm_gradient_packed(const struct alm_kernel *kernel, int m, int n, int k, const float *a, int lda,
	const float *b, int ldb, float *packed)
{
	struct alm_gemm_job job = gradient_job(kernel, m, n, k, a, lda, b, ldb);
	job.c = packed;
	job.c_panel = (ptrdiff_t)m * kernel->panel;
	job.c_row = kernel->panel;
	job.c_padded = true;
	kernel->run(&job);
}
