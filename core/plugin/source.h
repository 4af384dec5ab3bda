/*
 * The door through which source plugins come in: <scheme>.so in `sources` beside the program or in ../lib/almanac/sources,
 * trusted as cells are, loaded with dlopen and never unloaded.
 */
#ifndef ALM_PLUGIN_SOURCE_H
#define ALM_PLUGIN_SOURCE_H
#include "almanac_source.h"
#include "base/status.h"

/*
 * The source for URLs of a scheme, which is of small letters and digits. ALM_UNAVAILABLE: there is none, or it is no library.
 * ALM_NO_PERMISSION: others may change it. ALM_BAD_CONFIG: another contract; says field, expected, found.
 */
ALM_MUST_CHECK enum alm_status alm_source_plugin_load(
	const char *scheme, const struct almanac_source **out, struct alm_error *err);

#endif
