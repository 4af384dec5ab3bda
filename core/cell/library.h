/* A shared library is loaded, and what the loader has to say becomes an error of ours. Internal to cell. */
#ifndef ALM_CELL_LIBRARY_H
#define ALM_CELL_LIBRARY_H
#include "base/status.h"

/*
 * dlopen with all its symbols bound and none of them shown to others. `kind` and `shown` name it in messages. ALM_UNAVAILABLE: it
 * is no library that can be loaded. ALM_NO_MEMORY: the loader was refused memory, which says nothing of the library.
 */
ALM_MUST_CHECK enum alm_status alm_library_open(
	const char *path, const char *kind, const char *shown, void **out, struct alm_error *err);

#endif
