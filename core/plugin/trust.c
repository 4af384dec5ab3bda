#include "plugin/trust.h"
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/*
 * What may be wrong with one component, or NULL. Others may write to a folder that is sticky (as /tmp): they
 * cannot replace what is ours in it.
 */
static const char *distrust(const struct stat *about, bool is_last)
{
	if (about->st_uid != 0 && about->st_uid != geteuid())
		return "is owned by somebody else; it must be root's or yours";
	if (is_last && !S_ISREG(about->st_mode))
		return "is not a regular file";
	if (!is_last && S_ISDIR(about->st_mode) && (about->st_mode & S_ISVTX))
		return NULL;
	if (about->st_mode & (S_IWGRP | S_IWOTH))
		return "can be written by others; use chmod go-w";
	return NULL;
}

enum alm_status alm_plugin_trust(const char *path, struct alm_error *err)
{
	char part[PATH_MAX];
	if (path[0] != '/' || strlen(path) >= sizeof part)
		return alm_fail(err, ALM_BUG, "'%s' is no absolute path", path);
	for (const char *end = path;; end++) {
		if (*end != '/' && *end != 0)
			continue;
		size_t length = end == path ? 1 : (size_t)(end - path);
		snprintf(part, sizeof part, "%.*s", (int)length, path);
		struct stat about;
		if (lstat(part, &about) != 0)
			return alm_fail(
				err, ALM_UNAVAILABLE, "cannot look at '%s': %s", part, strerror(errno));
		const char *reason = distrust(&about, *end == 0);
		if (reason)
			return alm_fail(
				err, ALM_NO_PERMISSION, "'%s' is not trusted: '%s' %s", path, part, reason);
		if (*end == 0)
			return ALM_OK;
	}
}
