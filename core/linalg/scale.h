/* Rows of values as a network sees them: each column has a value subtracted and is multiplied by a factor. */
#ifndef ALM_LINALG_SCALE_H
#define ALM_LINALG_SCALE_H
#include <stddef.h>

/*
 * to[i][j] = (from[i][j] - middle[j]) * factor[j], with rows from_ld and to_ld floats apart. The bits are those of a subtraction and a
 * product in float, whatever kernel computes them. Nothing outside of the rows is read or written.
 */
struct alm_scale_job {
	int rows, n;
	const float *from;
	ptrdiff_t from_ld;
	float *to;
	ptrdiff_t to_ld;
	const float *middle, *factor; /* [n] */
};

#endif
