/* Where the fields of each released contract lie, to be compared with the contract as it is now. */
#ifndef TESTS_ABI_FIELDS_H
#define TESTS_ABI_FIELDS_H
#include <stddef.h>

struct abi_field {
	const char *name; /* "forward.pre" */
	size_t offset, size;
};

struct abi_fields {
	size_t n;
	const struct abi_field *field;
	int split, no_rec, saved_only; /* flags */
};

extern const struct abi_fields abi_fields_1, abi_fields_2, abi_fields_now;

#endif
