#include "plugin/source.h"
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "plugin/library.h"
#include "plugin/trust.h"

typedef const struct almanac_source *source_entry(void);

/* The file, with all links resolved; false when there is none. */
static bool find(const char *scheme, char path[static PATH_MAX])
{
	static const char *const folders[] = {"sources", "../lib/almanac/sources"};
	char program[PATH_MAX], beside[2 * PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
	if (n <= 0)
		return false;
	program[n] = '\0';
	char *slash = strrchr(program, '/');
	if (!slash)
		return false;
	*slash = '\0';
	for (size_t i = 0; i < sizeof folders / sizeof *folders; i++) {
		snprintf(beside, sizeof beside, "%s/%s/%s.so", program, folders[i], scheme);
		if (realpath(beside, path))
			return true;
	}
	return false;
}

static enum alm_status verify(
	const struct almanac_source *source, const char *path, const char *scheme, struct alm_error *err)
{
	if (!source || source->size < sizeof *source)
		return alm_fail(err, ALM_BAD_CONFIG,
			"source '%s': size: expected at least %zu, found %u; rebuild it", path,
			sizeof *source, source ? (unsigned)source->size : 0U);
	if (source->abi_min < 1 || source->abi_min > ALMANAC_SOURCE_ABI)
		return alm_fail(err, ALM_BAD_CONFIG,
			"source '%s': abi_min: expected 1..%d, found %d; use a newer Almanac", path,
			ALMANAC_SOURCE_ABI, source->abi_min);
	if (!source->name || strcmp(source->name, scheme) != 0)
		return alm_fail(err, ALM_BAD_CONFIG, "source '%s': name: expected '%s', found '%.40s'", path,
			scheme, source->name ? source->name : "NULL");
	if (!source->location || !source->open || !source->n_columns || !source->column || !source->next ||
		!source->close)
		return alm_fail(err, ALM_BAD_CONFIG, "source '%s': a function is missing", path);
	return ALM_OK;
}

enum alm_status alm_source_plugin_load(
	const char *scheme, const struct almanac_source **out, struct alm_error *err)
{
	char path[PATH_MAX];
	source_entry *entry = NULL;
	if (!find(scheme, path))
		return alm_fail(err, ALM_UNAVAILABLE,
			"there is no source for %s://: no sources/%s.so beside the program, nor in "
			"../lib/almanac",
			scheme, scheme);
	enum alm_status status = alm_plugin_trust(path, err);
	if (status != ALM_OK)
		return status;
	void *library;
	status = alm_library_open(path, "source", path, &library, err);
	if (status != ALM_OK)
		return status;
	void *symbol = alm_library_symbol(library, "almanac_source_v1");
	if (!symbol)
		return alm_fail(err, ALM_BAD_CONFIG,
			"source '%s': symbol: expected almanac_source_v1, found none; it is no source or of "
			"another contract",
			path);
	memcpy(&entry, &symbol, sizeof symbol);
	const struct almanac_source *source = entry();
	status = verify(source, path, scheme, err);
	if (status == ALM_OK)
		*out = source;
	return status;
}
