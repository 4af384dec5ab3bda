/*
 * The matrix products of the recurrent loop: few rows, many times, the same weights. Weights are packed once
 * an optimiser step into panels of `panel` columns, and a register-blocked kernel runs over them
 * (bench/gemm.c compares it with OpenBLAS).
 *
 * Every element of a product is one chain of multiply-adds over k in rising order, whatever the number of
 * rows: the bits of a row do not depend on the rows beside it. They do depend on the kernel (fused or not).
 */
#ifndef ALM_LINALG_GEMM_H
#define ALM_LINALG_GEMM_H
#include <stdbool.h>
#include <stddef.h>
#include "linalg/scale.h"

struct alm_gemm_job;

/* One instruction set's kernel. Static data. */
struct alm_kernel {
	const char *name; /* "avx512", "avx2", "base": stored with every version */
	int panel;        /* columns of a panel */
	void (*run)(const struct alm_gemm_job *job);
	void (*scale)(const struct alm_scale_job *job); /* linalg/scale.h */
};

/* The fastest kernel of this processor. */
const struct alm_kernel *alm_kernel_best(void);

/* A kernel by name, or NULL when it is unknown or this processor cannot run it. */
const struct alm_kernel *alm_kernel_named(const char *name);

/* Floats that the packed form of a [k][n] matrix takes. */
size_t alm_pack_floats(const struct alm_kernel *kernel, int k, int n);

/* Packs b [k][n], rows ldb apart, into `packed`: [panels][k][panel], columns past n are zero. */
void alm_pack(const struct alm_kernel *kernel, int k, int n, const float *b, int ldb, float *packed);

/* Packs the transpose of b [n][k], rows ldb apart, so that the product is with b^T [k][n]. */
void alm_pack_transposed(
	const struct alm_kernel *kernel, int k, int n, const float *b, int ldb, float *packed);

/* The matrix [k][n] of a packed form, rows ldb apart: what alm_pack took. */
void alm_unpack(const struct alm_kernel *kernel, int k, int n, const float *packed, float *b, int ldb);

/* c [m][n] = a [m][k] * packed [k][n]; rows lda and ldc apart. `add` keeps what is in c and adds to it. */
void alm_gemm_packed(const struct alm_kernel *kernel, int m, int n, int k, const float *a, int lda,
	const float *packed, float *c, int ldc, bool add);

/* c [m][n] += a^T b with a [k][m], b [k][n]: a weight gradient over k rows. No packing; n may be any number.
 */
void alm_gemm_gradient(const struct alm_kernel *kernel, int m, int n, int k, const float *a, int lda,
	const float *b, int ldb, float *c, int ldc);

/*
 * The same product with c [m][n] in its packed form. Its tiles lie side by side there: the rows of a tile of a plain c are n
 * floats apart, where they share a handful of sets of the cache and each has a page of its own.
 */
void alm_gemm_gradient_packed(const struct alm_kernel *kernel, int m, int n, int k, const float *a, int lda,
	const float *b, int ldb, float *packed);

/*
 * What a kernel is asked, in one of two forms. Internal to linalg.
 *
 *      c [m][n] (+)= a [m][k] b          b is packed: b_k is the panel
 *      c [m][n] (+)= a^T b, a [k][m]     a_transposed; b lies anyhow
 */
struct alm_gemm_job {
	int m, n, k;
	const float *a; /* rows lda apart */
	ptrdiff_t lda;
	bool a_transposed;
	const float *b; /* panel p, row k at b + p * b_panel + k * b_k */
	ptrdiff_t b_panel, b_k;
	bool b_padded; /* the last panel may be read past n */
	float *c;      /* panel p, row i at c + p * c_panel + i * c_row */
	ptrdiff_t c_panel, c_row;
	bool c_padded; /* the last panel may be written past n */
	bool add;
};

#endif
