/* Initial values of matrices, each a pure function of (seed, stream). Named as in Keras. */
#ifndef ALM_NN_INIT_H
#define ALM_NN_INIT_H
#include <stdint.h>

/* [rows][columns], rows ld apart: uniform in +-sqrt(6 / (rows + columns)) (Glorot and Bengio 2010). */
void alm_init_glorot_uniform(int rows, int columns, int ld, uint64_t seed, uint64_t stream, float *out);

/* [n][n], rows ld apart: a random orthogonal matrix, Gram-Schmidt in double on normal vectors (Saxe et al.
 * 2014). */
void alm_init_orthogonal(int n, int ld, uint64_t seed, uint64_t stream, float *out);

#endif
