/* Where the fields of the contract lie, as the header says that this is compiled with (ABI: its number, ABI_NAME: how it is called here). */
#include "abi/fields.h"
#include <stddef.h>
#include "almanac_cell.h"

#define FIELD(of, name)                                                                                      \
	{                                                                                                    \
#of "." #name, offsetof(struct almanac_##of, name), sizeof(((struct almanac_##of *)0)->name) \
	}

#define CAT2(a, b) a##b
#define CAT(a, b)  CAT2(a, b)

static const struct abi_field fields[] = {
#include "abi/fields_1.def"
#if ABI >= 2
#include "abi/fields_2.def"
#endif
};

const struct abi_fields CAT(abi_fields_, ABI_NAME) = {sizeof fields / sizeof *fields, fields,
	ALMANAC_CELL_SPLIT, ALMANAC_CELL_NO_REC, ALMANAC_CELL_SAVED_ONLY};
