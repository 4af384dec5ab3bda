/* Whose code may run: files of root's or the user's, in folders that nobody else can write to. */
#ifndef ALM_PLUGIN_TRUST_H
#define ALM_PLUGIN_TRUST_H
#include "base/status.h"

/* Whether the path, which must be absolute and free of links, may be trusted. ALM_NO_PERMISSION names the component. */
ALM_MUST_CHECK enum alm_status alm_plugin_trust(const char *path, struct alm_error *err);

#endif
