/* Shared libraries: they are loaded, and what the loader has to say becomes an error of ours. */
#ifndef ALM_PLUGIN_LIBRARY_H
#define ALM_PLUGIN_LIBRARY_H
#include "base/status.h"

/*
 * dlopen with all its symbols bound and none of them shown to others. `kind` and `shown` name it in messages. ALM_UNAVAILABLE: it
 * is no library that can be loaded. ALM_NO_MEMORY: the loader was refused memory, which says nothing of the library.
 */
ALM_MUST_CHECK enum alm_status alm_library_open(
	const char *path, const char *kind, const char *shown, void **out, struct alm_error *err);
void alm_library_close(void *library);

/* Where a symbol of it lies, or NULL. */
void *alm_library_symbol(void *library, const char *name);

/* Loads a library of the system for good, where it is there. */
void alm_library_preload(const char *name);

#endif
