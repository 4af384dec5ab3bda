/*
 * What a loaded library keeps in memory of its own: variables of the file and of each thread. A cell may have such only as
 * constants; a copy made before all calls shows afterwards whether it kept something.
 */
#ifndef ALM_CHECK_MODULE_H
#define ALM_CHECK_MODULE_H
#include <stddef.h>
#include "base/status.h"

#define ALM_MODULE_PARTS 8

struct alm_module {
	const void *inside; /* an address of the library */
	int n_parts;
	struct alm_module_part {
		const char *at; /* the library's; NULL = the calling thread's variables, wherever they are */
		char *before;   /* [n_bytes]; owned */
		size_t n_bytes;
	} parts[ALM_MODULE_PARTS];
};

/* Copies what the library with the address `inside` may write to. ALM_NO_MEMORY. Release it also after an error. */
ALM_MUST_CHECK enum alm_status alm_module_save(
	struct alm_module *module, const void *inside, struct alm_error *err);
void alm_module_release(struct alm_module *module);

/* How many bytes differ from the copy, in the file's variables and those of the calling thread. */
size_t alm_module_changed(const struct alm_module *module);

#endif
