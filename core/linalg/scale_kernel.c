/*
 * Scales rows, compiled once for every instruction set (ALM_ISA). Rows go to where each is in a page of its own, so each is written
 * from its first to its last column while its line is in the first-level cache: two vectors, which fill a line, at a time. The last
 * ones end where the row ends, and write some columns twice.
 */
#include "linalg/gemm_kernel.h"

#if defined(__AVX2__)
#define WIDTH 8
#else
#define WIDTH 4
#endif

typedef float vec __attribute__((vector_size(WIDTH * sizeof(float)), aligned(sizeof(float)), may_alias));

static vec load(const float *at)
{
	return *(const vec *)at;
}

/* The columns of two vectors. */
static void scale_two(const struct alm_scale_job *job, int first, int second)
{
	vec middle[2] = {load(job->middle + first), load(job->middle + second)};
	vec factor[2] = {load(job->factor + first), load(job->factor + second)};
	const float *from = job->from;
	float *to = job->to;
	for (int row = 0; row < job->rows; row++, from += job->from_ld, to += job->to_ld) {
		vec a = load(from + first), b = load(from + second);
		*(vec *)(to + first) = (a - middle[0]) * factor[0];
		*(vec *)(to + second) = (b - middle[1]) * factor[1];
	}
}

/* Fewer columns than a vector has. */
static void scale_few(const struct alm_scale_job *job)
{
	const float *from = job->from;
	float *to = job->to;
	for (int row = 0; row < job->rows; row++, from += job->from_ld, to += job->to_ld)
		for (int column = 0; column < job->n; column++)
			to[column] = (from[column] - job->middle[column]) * job->factor[column];
}

static int least(int a, int b)
{
	return a < b ? a : b;
}

void ALM_SCALE_OF(ALM_ISA)(const struct alm_scale_job *job)
{
	int last = job->n - WIDTH;
	if (last < 0) {
		scale_few(job);
		return;
	}
	for (int column = 0; column < job->n; column += 2 * WIDTH)
		scale_two(job, least(column, last), least(column + WIDTH, last));
}
