#include "plugin/library.h"
#include <dlfcn.h>
#include <errno.h>
#include <stdbool.h>
#include <string.h>

/* What dlopen has to say, without the path in front: it is not always one that the user knows. */
static const char *complaint(const char *path)
{
	const char *text = dlerror();
	size_t length = strlen(path);
	if (!text)
		return "no reason is given";
	return strncmp(text, path, length) == 0 && strncmp(text + length, ": ", 2) == 0 ? text + length + 2
											: text;
}

/*
 * The loader has no code for it. It puts the words for ENOMEM behind its message, or has nothing but "out of memory"; where there
 * was no memory for the message either, making it has left errno.
 */
static bool lacks_memory(const char *text)
{
	return errno == ENOMEM || strstr(text, strerror(ENOMEM)) || strstr(text, "out of memory");
}

enum alm_status alm_library_open(
	const char *path, const char *kind, const char *shown, void **out, struct alm_error *err)
{
	errno = 0;
	void *library = dlopen(path, RTLD_NOW | RTLD_LOCAL);
	if (library) {
		*out = library;
		return ALM_OK;
	}
	const char *why = complaint(path);
	if (lacks_memory(why))
		return alm_fail(err, ALM_NO_MEMORY, "%s '%s': there is no memory to load it", kind, shown);
	return alm_fail(
		err, ALM_UNAVAILABLE, "%s '%s' is no library that can be loaded: %s", kind, shown, why);
}

void alm_library_close(void *library)
{
	dlclose(library);
}

void *alm_library_symbol(void *library, const char *name)
{
	return dlsym(library, name);
}

void alm_library_preload(const char *name)
{
	(void)dlopen(name, RTLD_NOW | RTLD_LOCAL);
}
