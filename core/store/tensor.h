/* How a named array lies in a row: its sizes as text, its values as little-endian float32, its hash. Internal to store. */
#ifndef ALM_STORE_TENSOR_H
#define ALM_STORE_TENSOR_H
#include <stdbool.h>
#include <stddef.h>
#include "base/hash.h"
#include "store/model.h"

#define ALM_SHAPE_TEXT 96

/* Values of a tensor, or false when the product of its sizes does not fit. */
bool alm_tensor_count(const struct alm_tensor_row *tensor, size_t *n);

/* "[24,4,64]" and back. */
const char *alm_tensor_print_shape(const struct alm_tensor_row *tensor, char out[static ALM_SHAPE_TEXT]);
bool alm_tensor_read_shape(const char *text, struct alm_tensor_row *tensor);

/* SHA-256 over name, shape and payload. */
void alm_tensor_hash(const struct alm_tensor_row *tensor, const void *payload, size_t n_bytes,
	char out[static ALM_HASH_TEXT]);

/* Between the host's floats and little-endian bytes, in place; nothing to do on most machines. */
void alm_tensor_swap(float *values, size_t n);

#endif
