#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/rng.h"
#include "linalg/gemm.h"

static const char *const kernels[] = {"base", "avx2", "avx512"};
static const int sizes[] = {1, 2, 5, 6, 7, 8, 9, 15, 16, 17, 31, 32, 33, 50, 70};

#define N_KERNELS (int)(sizeof kernels / sizeof *kernels)
#define N_SIZES   (int)(sizeof sizes / sizeof *sizes)
#define GUARD     123456.0f

static void fill(float *values, size_t n, uint64_t stream)
{
	for (size_t i = 0; i < n; i++)
		values[i] = (float)(2 * alm_rng_uniform(5, stream, i) - 1);
}

/* c = sum a b in double. a(i,k) at a[i * ai + k * ak], b(k,j) at b[k * bk + j * bj]. */
static double product(int k, const float *a, int ak, const float *b, int bk)
{
	double sum = 0;
	for (int i = 0; i < k; i++)
		sum += (double)a[i * ak] * (double)b[i * bk];
	return sum;
}

/* All values within the rounding of a chain of k products of numbers up to 1. */
static void check(
	const char *what, int m, int n, int k, const float *c, int ldc, double expected, int i, int j)
{
	double error = fabs((double)c[i * ldc + j] - expected);
	cr_assert_lt(
		error, 1.2e-7 * (k + 2) * 2, "%s m %d n %d k %d at %d,%d: %g", what, m, n, k, i, j, error);
}

static void check_packed(const struct alm_kernel *kernel, int m, int n, int k, bool transposed)
{
	int lda = k + 3, ldb = (transposed ? k : n) + 2, ldc = n + 5;
	float *a = malloc((size_t)(m * lda) * sizeof *a), *b = malloc((size_t)((k + n) * ldb) * sizeof *b);
	float *c = malloc((size_t)(m * ldc) * sizeof *c);
	float *packed = aligned_alloc(64, (alm_pack_floats(kernel, k, n) * sizeof(float) + 63) / 64 * 64);
	fill(a, (size_t)(m * lda), 1);
	fill(b, (size_t)((k + n) * ldb), 2);
	for (int i = 0; i < m * ldc; i++)
		c[i] = GUARD;
	if (transposed)
		alm_pack_transposed(kernel, k, n, b, ldb, packed);
	else
		alm_pack(kernel, k, n, b, ldb, packed);
	alm_gemm_packed(kernel, m, n, k, a, lda, packed, c, ldc, false);
	for (int i = 0; i < m; i++) {
		for (int j = 0; j < n; j++)
			check(kernel->name, m, n, k, c, ldc,
				transposed ? product(k, a + i * lda, 1, b + j * ldb, 1)
					   : product(k, a + i * lda, 1, b + j, ldb),
				i, j);
		for (int j = n; j < ldc; j++)
			cr_assert_float_eq(c[i * ldc + j], GUARD, 0, "written past column %d", n);
	}
	alm_gemm_packed(kernel, m, n, k, a, lda, packed, c, ldc, true);
	check("added", m, n, k, c, ldc,
		2 * (transposed ? product(k, a + (m - 1) * lda, 1, b + (n - 1) * ldb, 1)
				: product(k, a + (m - 1) * lda, 1, b + n - 1, ldb)),
		m - 1, n - 1);
	free(a);
	free(b);
	free(c);
	free(packed);
}

Test(gemm, packed_products_equal_the_plain_sum_at_every_edge)
{
	int n_run = 0;
	for (int which = 0; which < N_KERNELS; which++) {
		const struct alm_kernel *kernel = alm_kernel_named(kernels[which]);
		for (int i = 0; kernel && i < N_SIZES * N_SIZES; i++) {
			int m = sizes[i % N_SIZES], n = sizes[i / N_SIZES], k = sizes[(i * 7 + 3) % N_SIZES];
			check_packed(kernel, m, n, k, i % 2);
		}
		n_run += kernel != NULL;
	}
	cr_assert_geq(n_run, 1);
}

Test(gemm, the_gradient_product_adds_and_stays_within_its_columns)
{
	for (int which = 0; which < N_KERNELS; which++) {
		const struct alm_kernel *kernel = alm_kernel_named(kernels[which]);
		for (int at = 0; kernel && at < N_SIZES * N_SIZES; at++) {
			int m = sizes[at % N_SIZES], n = sizes[at / N_SIZES],
			    k = sizes[(at * 5 + 1) % N_SIZES];
			int lda = m + 1, ldb = n, ldc = n + 2;
			/* b ends with its last element: reading past it is found by the sanitizer */
			float *a = malloc((size_t)(k * lda) * sizeof *a),
			      *b = malloc((size_t)(k * ldb) * sizeof *b);
			float *c = malloc((size_t)(m * ldc) * sizeof *c);
			fill(a, (size_t)(k * lda), 3);
			fill(b, (size_t)(k * ldb), 4);
			for (int i = 0; i < m * ldc; i++)
				c[i] = 1;
			alm_gemm_gradient(kernel, m, n, k, a, lda, b, ldb, c, ldc);
			for (int i = 0; i < m; i++) {
				for (int j = 0; j < n; j++)
					check("gradient", m, n, k, c, ldc,
						1 + product(k, a + i, lda, b + j, ldb), i, j);
				cr_assert_float_eq(c[i * ldc + n], 1, 0);
				cr_assert_float_eq(c[i * ldc + n + 1], 1, 0);
			}
			free(a);
			free(b);
			free(c);
		}
	}
}

/* c + a^T b with c packed, beside the same with c as it is. */
static void check_packed_gradient(const struct alm_kernel *kernel, int m, int n, int k)
{
	int lda = m + 1, ldb = n + 3, ldc = n + 2;
	size_t n_packed = alm_pack_floats(kernel, m, n), n_c = (size_t)(m * ldc);
	float *a = malloc((size_t)(k * lda) * sizeof *a), *b = malloc((size_t)(k * ldb) * sizeof *b);
	float *plain = malloc(n_c * sizeof *plain), *c = malloc(n_c * sizeof *c);
	float *packed = malloc((n_packed + 1) * sizeof *packed);
	fill(a, (size_t)(k * lda), 5);
	fill(b, (size_t)(k * ldb), 6);
	fill(plain, n_c, 7);
	memcpy(c, plain, n_c * sizeof *c);
	packed[n_packed] = GUARD;
	alm_pack(kernel, m, n, plain, ldc, packed);
	alm_gemm_gradient_packed(kernel, m, n, k, a, lda, b, ldb, packed);
	alm_gemm_gradient(kernel, m, n, k, a, lda, b, ldb, plain, ldc);
	alm_unpack(kernel, m, n, packed, c, ldc);
	cr_assert_arr_eq(c, plain, n_c * sizeof *c, "%s m %d n %d k %d", kernel->name, m, n, k);
	cr_assert_float_eq(packed[n_packed], GUARD, 0);
	free(a);
	free(b);
	free(c);
	free(plain);
	free(packed);
}

Test(gemm, a_packed_gradient_has_the_bits_of_a_plain_one)
{
	for (int which = 0; which < N_KERNELS; which++) {
		const struct alm_kernel *kernel = alm_kernel_named(kernels[which]);
		for (int at = 0; kernel && at < N_SIZES * N_SIZES; at++)
			check_packed_gradient(kernel, sizes[at % N_SIZES], sizes[at / N_SIZES],
				sizes[(at * 5 + 1) % N_SIZES]);
		for (int k = 127; kernel && k < 300;
			k += 43) /* longer than what is copied at once, rows far apart */
			check_packed_gradient(kernel, 37, 300, k);
	}
}

/* What the header says an element is, where a kernel fuses: a(i) at a[i * ak], b(i) at b[i * bk]. */
static float chain(int k, const float *a, int ak, const float *b, int bk)
{
	float sum = 0;
	for (int i = 0; i < k; i++)
		sum = fmaf(a[i * ak], b[i * bk], sum);
	return sum;
}

enum { CHAIN_K = 19, CHAIN_M = 17, CHAIN_N = 41 };

/* Compilers fuse every step only where they optimise: not under the sanitizer, and not for coverage. There within rounding. */
#if defined(__OPTIMIZE__) && !defined(__SANITIZE_ADDRESS__)
#define CHAIN_ERROR 0
#else
#define CHAIN_ERROR 1e-5
#endif

/* c [m][n] against chains over a(i, k) at a[i * ai + k * ak] and b [k][n]. */
static void check_chain(
	const char *what, const float *c, int m, int n, int k, const float *a, int ai, int ak, const float *b)
{
	for (int i = 0; i < m * n; i++)
		cr_assert_leq(fabsf(c[i] - chain(k, a + i / n * ai, ak, b + i % n, n)), CHAIN_ERROR,
			"%s m %d n %d k %d: %d", what, m, n, k, i);
}

/* The product with a packed b, and the gradient into a plain and a packed c. */
static void check_chains(const struct alm_kernel *kernel, int m, int n, int k)
{
	float a[CHAIN_K * CHAIN_M], b[CHAIN_K * CHAIN_N], c[CHAIN_M * CHAIN_N];
	float *packed = calloc(alm_pack_floats(kernel, CHAIN_M + CHAIN_K, CHAIN_N), sizeof *packed);
	fill(a, sizeof a / sizeof *a, 8);
	fill(b, sizeof b / sizeof *b, 9);
	alm_pack(kernel, k, n, b, n, packed);
	alm_gemm_packed(kernel, m, n, k, a, k, packed, c, n, false);
	check_chain("packed", c, m, n, k, a, k, 1, b);
	memset(c, 0, sizeof c);
	alm_gemm_gradient(kernel, m, n, k, a, m, b, n, c, n);
	check_chain("gradient", c, m, n, k, a, 1, m, b);
	memset(packed, 0, alm_pack_floats(kernel, m, n) * sizeof *packed);
	alm_gemm_gradient_packed(kernel, m, n, k, a, m, b, n, packed);
	alm_unpack(kernel, m, n, packed, c, n);
	check_chain("packed gradient", c, m, n, k, a, 1, m, b);
	free(packed);
}

Test(gemm, an_element_is_one_chain_of_fused_multiply_adds_for_every_height_and_depth)
{
	static const int widths[] = {3, 8, 16, 32, CHAIN_N};
	for (int which = 1; which < N_KERNELS; which++) { /* the base kernel does not fuse everywhere */
		const struct alm_kernel *kernel = alm_kernel_named(kernels[which]);
		for (int m = 1; kernel && m <= CHAIN_M; m++)
			for (int k = 1; k <= CHAIN_K; k++)
				for (size_t i = 0; i < sizeof widths / sizeof *widths; i++)
					check_chains(kernel, m, widths[i], k);
	}
}

Test(gemm, the_bits_of_a_row_do_not_depend_on_the_rows_beside_it)
{
	enum { M = 37, N = 45, K = 29 };
	float a[M * K], b[K * N], together[M * N], alone[N];
	fill(a, M * K, 5);
	fill(b, K * N, 6);
	for (int which = 0; which < N_KERNELS; which++) {
		const struct alm_kernel *kernel = alm_kernel_named(kernels[which]);
		if (!kernel)
			continue;
		float *packed =
			aligned_alloc(64, (alm_pack_floats(kernel, K, N) * sizeof(float) + 63) / 64 * 64);
		alm_pack(kernel, K, N, b, N, packed);
		alm_gemm_packed(kernel, M, N, K, a, K, packed, together, N, false);
		for (int row = 0; row < M; row++) {
			alm_gemm_packed(kernel, 1, N, K, a + row * K, K, packed, alone, N, false);
			cr_assert_arr_eq(
				alone, together + row * N, sizeof alone, "%s, row %d", kernel->name, row);
		}
		free(packed);
	}
}

Test(gemm, an_unknown_kernel_is_null_and_the_best_one_is_known)
{
	cr_assert_null(alm_kernel_named("abacus"));
	cr_assert_not_null(alm_kernel_named("base"));
	cr_assert_eq(alm_kernel_named(alm_kernel_best()->name), alm_kernel_best());
}
