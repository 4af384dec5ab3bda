/*
 * The register-blocked kernel, compiled once for every instruction set (ALM_ISA): a tile of ROWS x PANEL of C
 * stays in vector registers while k runs; each step loads one row of the panel and broadcasts ROWS values of
 * A. Sizes are chosen so that the accumulators, the panel row and one broadcast fill the register file (Goto
 * and van de Geijn, ACM TOMS 34(3), 2008); ROWS * VECTORS independent chains hide the latency of an FMA.
 */
#include <string.h>
#include "linalg/gemm.h"
#include "linalg/gemm_kernel.h"

#define VECTORS 2
#if defined(__AVX512F__)
#define WIDTH 16
#define ROWS  8
#elif defined(__AVX2__)
#define WIDTH 8
#define ROWS  6
#else
#define WIDTH 4
#define ROWS  6
#endif
#define PANEL (WIDTH * VECTORS)

#define CAT2(a, b) a##b
#define CAT(a, b)  CAT2(a, b)
#define TEXT2(a)   #a
#define TEXT(a)    TEXT2(a)

typedef float vec __attribute__((vector_size(WIDTH * sizeof(float)), aligned(sizeof(float)), may_alias));

/* c[rows][PANEL] (+)= a * b for a constant number of rows: every loop over rows and vectors unrolls. */
static inline __attribute__((always_inline)) void tile(const struct alm_gemm_job *job, int rows,
	const float *restrict a, const float *restrict b, float *restrict c, ptrdiff_t c_row, bool add)
{
	vec sum[ROWS][VECTORS];
	for (int row = 0; row < rows; row++)
		for (int v = 0; v < VECTORS; v++)
			sum[row][v] = add ? *(const vec *)(c + row * c_row + v * WIDTH) : (vec){0};
	ptrdiff_t a_row = job->a_row, a_k = job->a_k, b_k = job->b_k;
	for (int k = 0; k < job->k; k++, a += a_k, b += b_k) {
		vec b0 = *(const vec *)b, b1 = *(const vec *)(b + WIDTH);
		for (int row = 0; row < rows; row++) {
			float value = a[row * a_row];
			sum[row][0] += value * b0;
			sum[row][1] += value * b1;
		}
	}
	for (int row = 0; row < rows; row++)
		for (int v = 0; v < VECTORS; v++)
			*(vec *)(c + row * c_row + v * WIDTH) = sum[row][v];
}

static void full_tile(const struct alm_gemm_job *job, int rows, const float *a, const float *b, float *c,
	ptrdiff_t c_row, bool add)
{
	switch (rows) {
	case 1:
		tile(job, 1, a, b, c, c_row, add);
		break;
	case 2:
		tile(job, 2, a, b, c, c_row, add);
		break;
	case 3:
		tile(job, 3, a, b, c, c_row, add);
		break;
	case 4:
		tile(job, 4, a, b, c, c_row, add);
		break;
	case 5:
		tile(job, 5, a, b, c, c_row, add);
		break;
#if ROWS == 8
	case 6:
		tile(job, 6, a, b, c, c_row, add);
		break;
	case 7:
		tile(job, 7, a, b, c, c_row, add);
		break;
#endif
	default:
		tile(job, ROWS, a, b, c, c_row, add);
		break;
	}
}

/* The last panel when n is no multiple of PANEL: computed in a copy, so that c is not written past n. */
static void edge_tile(
	const struct alm_gemm_job *job, int rows, int columns, const float *a, const float *b, float *c)
{
	float copy[ROWS * PANEL] = {0};
	size_t n_bytes = (size_t)columns * sizeof(float);
	if (job->add)
		for (int row = 0; row < rows; row++)
			memcpy(copy + row * PANEL, c + row * job->c_row, n_bytes);
	full_tile(job, rows, a, b, copy, PANEL, job->add);
	for (int row = 0; row < rows; row++)
		memcpy(c + row * job->c_row, copy + row * PANEL, n_bytes);
}

/* The same without reading b past n, one chain of multiply-adds an element. */
static void edge_scalar(
	const struct alm_gemm_job *job, int rows, int columns, const float *a, const float *b, float *c)
{
	for (int row = 0; row < rows; row++) {
		float *out = c + row * job->c_row;
		if (!job->add)
			memset(out, 0, (size_t)columns * sizeof(float));
		for (int k = 0; k < job->k; k++) {
			float value = a[row * job->a_row + k * job->a_k];
			for (int column = 0; column < columns; column++)
				out[column] += value * b[k * job->b_k + column];
		}
	}
}

static void run(const struct alm_gemm_job *job)
{
	for (int first = 0, p = 0; first < job->n; first += PANEL, p++) {
		int columns = job->n - first < PANEL ? job->n - first : PANEL;
		const float *b = job->b + p * job->b_panel;
		for (int row = 0; row < job->m; row += ROWS) {
			int rows = job->m - row < ROWS ? job->m - row : ROWS;
			const float *a = job->a + row * job->a_row;
			float *c = job->c + row * job->c_row + first;
			if (columns == PANEL)
				full_tile(job, rows, a, b, c, job->c_row, job->add);
			else if (job->b_padded)
				edge_tile(job, rows, columns, a, b, c);
			else
				edge_scalar(job, rows, columns, a, b, c);
		}
	}
}

const struct alm_kernel CAT(alm_kernel_, ALM_ISA) = {TEXT(ALM_ISA), PANEL, run};
