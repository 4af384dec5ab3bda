#include "store/tensor.h"
#include <stdio.h>
#include <string.h>
#include "base/arena.h"

bool alm_tensor_count(const struct alm_tensor_row *tensor, size_t *n)
{
	*n = 1;
	for (int dim = 0; dim < tensor->n_dims; dim++)
		if (tensor->shape[dim] < 1 || !alm_mul_size(*n, (size_t)tensor->shape[dim], n))
			return false;
	return tensor->n_dims >= 1;
}

const char *alm_tensor_print_shape(const struct alm_tensor_row *tensor, char out[static ALM_SHAPE_TEXT])
{
	int used = 0;
	for (int dim = 0; dim < tensor->n_dims; dim++)
		used += snprintf(out + used, ALM_SHAPE_TEXT - (size_t)used, "%c%lld", dim ? ',' : '[',
			(long long)tensor->shape[dim]);
	snprintf(out + used, ALM_SHAPE_TEXT - (size_t)used, "]");
	return out;
}

bool alm_tensor_read_shape(const char *text, struct alm_tensor_row *tensor)
{
	char end = '\0';
	for (tensor->n_dims = 0; end != ']'; tensor->n_dims++) {
		long long size;
		int used = 0;
		if (tensor->n_dims == ALM_TENSOR_DIMS ||
			sscanf(text, tensor->n_dims ? ",%lld%n" : "[%lld%n", &size, &used) != 1 || used == 0)
			return false;
		tensor->shape[tensor->n_dims] = size;
		text += used;
		end = *text;
	}
	return text[1] == '\0';
}

void alm_tensor_hash(const struct alm_tensor_row *tensor, const void *payload, size_t n_bytes,
	char out[static ALM_HASH_TEXT])
{
	char shape[ALM_SHAPE_TEXT];
	alm_tensor_print_shape(tensor, shape);
	struct alm_hash_part parts[] = {
		{tensor->name, strlen(tensor->name) + 1}, {shape, strlen(shape) + 1}, {payload, n_bytes}};
	alm_hash_parts(parts, 3, out);
}

void alm_tensor_swap(float *values, size_t n)
{
#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
	for (size_t i = 0; i < n; i++) {
		uint32_t word;
		memcpy(&word, &values[i], sizeof word);
		word = __builtin_bswap32(word);
		memcpy(&values[i], &word, sizeof word);
	}
#else
	(void)values;
	(void)n;
#endif
}
