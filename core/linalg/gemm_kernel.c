/*
 * The register-blocked kernel, compiled once for every instruction set (ALM_ISA): a tile of ROWS x PANEL of C
 * stays in vector registers while k runs; each step loads one row of the panel and broadcasts ROWS values of
 * A. Sizes are chosen so that the accumulators, the panel row and one broadcast fill the register file (Goto
 * and van de Geijn, ACM TOMS 34(3), 2008); ROWS * VECTORS independent chains hide the latency of an FMA.
 */
#include <assert.h>
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

#if defined(__clang__)
#define UNROLL_4 _Pragma("clang loop unroll_count(4)")
#else
#define UNROLL_4 _Pragma("GCC unroll 4")
#endif

#define TEXT2(a) #a
#define TEXT(a)  TEXT2(a)

typedef float vec __attribute__((vector_size(WIDTH * sizeof(float)), aligned(sizeof(float)), may_alias));

/*
 * c[rows][vectors * WIDTH] (+)= a * b for constant sizes: every loop over rows and vectors unrolls. What is left beside the
 * multiply-adds and their loads, the counting and the pointers, takes a share of a core's decoder that a product has to wait
 * for when another thread runs on that core: so four steps of k are one turn of the loop.
 */
static inline __attribute__((always_inline)) void strided(const struct alm_gemm_job *job, int rows,
	int vectors, const float *restrict a, ptrdiff_t a_row, ptrdiff_t a_k, const float *restrict b,
	ptrdiff_t b_k, float *restrict c, ptrdiff_t c_row, bool add)
{
	vec sum[ROWS][VECTORS];
	for (int row = 0; row < rows; row++)
		for (int v = 0; v < vectors; v++)
			sum[row][v] = add ? *(const vec *)(c + row * c_row + v * WIDTH) : (vec){0};
	UNROLL_4
	for (int k = 0; k < job->k; k++, a += a_k, b += b_k) {
		vec line[VECTORS];
		for (int v = 0; v < vectors; v++)
			line[v] = *(const vec *)(b + v * WIDTH);
		for (int row = 0; row < rows; row++) {
			float value = a[row * a_row];
			for (int v = 0; v < vectors; v++)
				sum[row][v] += value * line[v];
		}
	}
	for (int row = 0; row < rows; row++)
		for (int v = 0; v < vectors; v++)
			*(vec *)(c + row * c_row + v * WIDTH) = sum[row][v];
}

/* The strides that a job's form fixes are constants, too. */
static inline __attribute__((always_inline)) void tile(const struct alm_gemm_job *job, int rows, int vectors,
	const float *a, const float *b, float *c, ptrdiff_t c_row, bool add)
{
	if (!job->a_transposed)
		strided(job, rows, vectors, a, job->lda, 1, b, PANEL, c, c_row, add);
	else if (job->b_k == PANEL)
		strided(job, rows, vectors, a, 1, job->lda, b, PANEL, c, c_row, add);
	else
		strided(job, rows, vectors, a, 1, job->lda, b, job->b_k, c, c_row, add);
}

/* The same for a number of rows that is not known before. */
static inline __attribute__((always_inline)) void any_tile(const struct alm_gemm_job *job, int rows,
	int vectors, const float *a, const float *b, float *c, ptrdiff_t c_row, bool add)
{
	switch (rows) {
	case 1:
		tile(job, 1, vectors, a, b, c, c_row, add);
		break;
	case 2:
		tile(job, 2, vectors, a, b, c, c_row, add);
		break;
	case 3:
		tile(job, 3, vectors, a, b, c, c_row, add);
		break;
	case 4:
		tile(job, 4, vectors, a, b, c, c_row, add);
		break;
	case 5:
		tile(job, 5, vectors, a, b, c, c_row, add);
		break;
#if ROWS == 8
	case 6:
		tile(job, 6, vectors, a, b, c, c_row, add);
		break;
	case 7:
		tile(job, 7, vectors, a, b, c, c_row, add);
		break;
#endif
	default:
		tile(job, ROWS, vectors, a, b, c, c_row, add);
		break;
	}
}

/* A tile of up to PANEL columns. */
static void full_tile(const struct alm_gemm_job *job, int rows, int columns, const float *a, const float *b,
	float *c, ptrdiff_t c_row, bool add)
{
	if (columns > WIDTH)
		any_tile(job, rows, VECTORS, a, b, c, c_row, add);
	else
		any_tile(job, rows, 1, a, b, c, c_row, add);
}

/* Columns that fill no vector: computed in a copy, so that c is not written past n. */
static void edge_tile(
	const struct alm_gemm_job *job, int rows, int columns, const float *a, const float *b, float *c)
{
	float copy[ROWS * PANEL] = {0};
	size_t n_bytes = (size_t)columns * sizeof(float);
	if (job->add)
		for (int row = 0; row < rows; row++)
			memcpy(copy + row * PANEL, c + row * job->c_row, n_bytes);
	full_tile(job, rows, columns, a, b, copy, PANEL, job->add);
	for (int row = 0; row < rows; row++)
		memcpy(c + row * job->c_row, copy + row * PANEL, n_bytes);
}

/*
 * Rows of the next tile when so many are left. A tile of one or two rows takes nearly as long as one of four, whose eight
 * chains are what hides the latency of an FMA: the last two tiles share their rows.
 */
static int tile_rows(int left)
{
	if (left <= ROWS)
		return left;
	return left <= ROWS + ROWS / 2 ? (left + 1) / 2 : ROWS;
}

/* A panel of `columns` columns, of which b may be read whole vectors. */
static void run_panel(const struct alm_gemm_job *job, int columns, const float *b, float *c)
{
	for (int row = 0, rows; row < job->m; row += rows) {
		rows = tile_rows(job->m - row);
		const float *a = job->a + row * (job->a_transposed ? 1 : job->lda);
		if (columns % WIDTH == 0)
			full_tile(job, rows, columns, a, b, c + row * job->c_row, job->c_row, job->add);
		else
			edge_tile(job, rows, columns, a, b, c + row * job->c_row);
	}
}

/* Copies rows of a panel, b_k apart, to where they lie side by side; columns past `columns` are zero there. */
static void copy_rows(int n, int columns, const float *restrict b, ptrdiff_t b_k, float *restrict to)
{
	for (int i = 0; i < n; i++, b += b_k, to += PANEL) {
		if (columns == PANEL) {
			for (int v = 0; v < VECTORS; v++)
				*(vec *)(to + v * WIDTH) = *(const vec *)(b + v * WIDTH);
			continue;
		}
		memcpy(to, b, (size_t)columns * sizeof(float));
		memset(to + columns, 0, (size_t)(PANEL - columns) * sizeof(float));
	}
}

/* Rows of k of a panel that are copied at once. */
#define DEPTH 128

/* Floats between rows of b from which on its panels are copied. */
#define FAR_APART 256

/*
 * A panel of a b that is not packed: copied piece by piece to where its rows lie side by side and, the last, has padding.
 * The pieces of a chain follow one another in c, so the bits are those of one chain.
 */
static void run_copied(const struct alm_gemm_job *job, int columns, const float *b, float *c)
{
	_Alignas(64) float copy[DEPTH * PANEL]; /* a vector that spans two lines of the cache is read twice */
	struct alm_gemm_job part = *job;
	part.b_k = PANEL;
	for (int k = 0; k < job->k; k += part.k) {
		part.k = job->k - k < DEPTH ? job->k - k : DEPTH;
		part.a = job->a + k * job->lda;
		part.add = job->add || k > 0;
		copy_rows(part.k, columns, b + k * job->b_k, job->b_k, copy);
		run_panel(&part, job->c_padded ? PANEL : columns, copy, c);
	}
}

/*
 * Whether to copy a panel first: where it must not be read past n, and where its rows lie so far apart that a handful of
 * sets of the first-level cache would have to hold them all (4096 bytes from one to the next is one set), if enough tiles
 * go over it to pay for the copy.
 */
static bool is_copied(const struct alm_gemm_job *job, int columns)
{
	if (job->b_padded)
		return false;
	return columns % WIDTH != 0 || (job->b_k >= FAR_APART && job->m >= 4 * ROWS);
}

static void run(const struct alm_gemm_job *job)
{
	assert(job->a_transposed || (job->b_padded && job->b_k == PANEL));
	for (int first = 0, p = 0; first < job->n; first += PANEL, p++) {
		int columns = job->n - first < PANEL ? job->n - first : PANEL;
		const float *b = job->b + p * job->b_panel;
		float *c = job->c + p * job->c_panel;
		if (is_copied(job, columns))
			run_copied(job, columns, b, c);
		else
			run_panel(job, columns, b, c);
	}
}

const struct alm_kernel ALM_KERNEL_OF(ALM_ISA) = {TEXT(ALM_ISA), PANEL, run, ALM_SCALE_OF(ALM_ISA)};
