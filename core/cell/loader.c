#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cell/cell.h"
#include "plugin/library.h"
#include "plugin/trust.h"

#define SUFFIX ".so"

bool alm_cell_is_name(const char *name)
{
	size_t length = strlen(name);
	return length > 0 && length < ALM_CELL_NAME && name[0] >= 'a' && name[0] <= 'z' &&
	       strspn(name, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

/* The file's hash, read before its first byte of code runs. */
static enum alm_status hash(const char *path, char out[static ALM_HASH_TEXT], struct alm_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return alm_fail(err, ALM_UNAVAILABLE, "cannot open cell '%s': %s", path, strerror(errno));
	enum alm_status status = alm_hash_file(fd, path, out, err);
	close(fd);
	return status;
}

enum alm_status alm_cell_open(
	const char *path, const char *shown, struct alm_cell_library *out, struct alm_error *err)
{
	void *library;
	enum alm_status status = alm_library_open(path, "cell", shown, &library, err);
	if (status != ALM_OK)
		return status;
	void *symbol = alm_library_symbol(library, "almanac_cell_v1");
	if (!symbol) {
		alm_library_close(library);
		return alm_fail(err, ALM_BAD_CONFIG,
			"cell '%s': symbol: expected almanac_cell_v1, found none; it is no cell or of "
			"another contract",
			shown);
	}
	out->handle = library;
	memcpy(&out->entry, &symbol, sizeof symbol);
	return ALM_OK;
}

void alm_cell_shut(struct alm_cell_library *library)
{
	alm_library_close(library->handle);
	*library = (struct alm_cell_library){0};
}

void alm_cell_preload(void)
{
	static const char *const names[] = {"libm.so.6", "libmvec.so.1", "libgcc_s.so.1", "libstdc++.so.6"};
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		alm_library_preload(names[i]);
}

static enum alm_status load_file(
	const char *path, const char *name, struct alm_cell *out, struct alm_error *err)
{
	struct alm_cell cell = {0};
	if (!realpath(path, cell.path))
		return errno == ENOMEM ? alm_fail_memory(err, PATH_MAX)
				       : alm_fail(err, ALM_UNAVAILABLE, "cannot open cell '%s': %s", path,
						 strerror(errno));
	/* Never shut: its functions and texts stay in use. */
	struct alm_cell_library library = {0};
	enum alm_status status = alm_plugin_trust(cell.path, err);
	if (status == ALM_OK)
		status = hash(cell.path, cell.sha256, err);
	if (status == ALM_OK)
		status = alm_cell_open(cell.path, cell.path, &library, err);
	if (status == ALM_OK)
		status = alm_cell_verify(library.entry(), cell.path, name, &cell.facts, err);
	if (status != ALM_OK)
		return status;
	snprintf(cell.name, sizeof cell.name, "%s", name);
	*out = cell;
	return ALM_OK;
}

/* Names of the cells there are, for the message about one that is not. */
struct names {
	char text[512];
};

static bool add_name(void *to, const char *path, const struct alm_cell *cell, const char *refused)
{
	struct names *names = to;
	size_t used = strlen(names->text);
	(void)path;
	if (!refused)
		snprintf(names->text + used, sizeof names->text - used, "%s%s", used ? ", " : "", cell->name);
	return true;
}

enum alm_status alm_cell_find(const struct alm_cell_folders *folders, const char *name,
	char path[static PATH_MAX], struct alm_error *err)
{
	if (!alm_cell_is_name(name))
		return alm_fail(err, ALM_USAGE,
			"'%s' cannot be a cell's name: small letters, digits and _ only, never a path; "
			"use --cell-path for its folder",
			name);
	for (int i = 0; i < folders->n; i++) {
		int length = snprintf(path, PATH_MAX, "%s/%s" SUFFIX, folders->path[i], name);
		if (length < PATH_MAX && access(path, F_OK) == 0)
			return ALM_OK;
	}
	return alm_fail(err, ALM_UNAVAILABLE, "no cell '%s'; see almanac show cells", name);
}

enum alm_status alm_cell_load(
	const struct alm_cell_folders *folders, const char *name, struct alm_cell *out, struct alm_error *err)
{
	char path[PATH_MAX];
	struct names names = {0};
	enum alm_status status = alm_cell_find(folders, name, path, err);
	if (status == ALM_OK)
		return load_file(path, name, out, err);
	if (status == ALM_UNAVAILABLE)
		status = alm_cell_list(folders, add_name, &names, err);
	if (status != ALM_OK)
		return status;
	return alm_fail(err, ALM_UNAVAILABLE,
		"no cell '%s' (there are: %s); put %s" SUFFIX
		" into ~/.local/share/almanac/cells, or name its "
		"folder with --cell-path or ALMANAC_CELL_PATH",
		name, names.text[0] ? names.text : "none", name);
}

static int by_name(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

/* <name>.so -> name; false for other files. */
static bool name_of(const char *file, char name[static ALM_CELL_NAME])
{
	size_t length = strlen(file), suffix = strlen(SUFFIX);
	if (length <= suffix || length - suffix >= ALM_CELL_NAME ||
		strcmp(file + length - suffix, SUFFIX) != 0)
		return false;
	memcpy(name, file, length - suffix);
	name[length - suffix] = 0;
	return alm_cell_is_name(name);
}

enum alm_status alm_cell_load_file(const char *path, struct alm_cell *out, struct alm_error *err)
{
	char name[ALM_CELL_NAME];
	const char *slash = strrchr(path, '/');
	if (!name_of(slash ? slash + 1 : path, name))
		return alm_fail(err, ALM_USAGE,
			"'%s' is no file of a cell: those are called NAME" SUFFIX
			", NAME of small letters, digits and _",
			path);
	return load_file(path, name, out, err);
}

static bool is_hidden(const struct alm_cell_folders *folders, int folder, const char *file)
{
	char path[PATH_MAX + 256];
	for (int i = 0; i < folder; i++) {
		snprintf(path, sizeof path, "%s/%s", folders->path[i], file);
		if (access(path, F_OK) == 0)
			return true;
	}
	return false;
}

static bool visit_file(
	const struct alm_cell_folders *folders, int folder, const char *file, alm_cell_visit *visit, void *to)
{
	char name[ALM_CELL_NAME], path[PATH_MAX + 256];
	if (!name_of(file, name) || is_hidden(folders, folder, file))
		return true;
	struct alm_error refused = {0};
	struct alm_cell cell;
	snprintf(path, sizeof path, "%s/%s", folders->path[folder], file);
	bool loaded = load_file(path, name, &cell, &refused) == ALM_OK;
	return visit(to, path, loaded ? &cell : NULL, loaded ? NULL : refused.text);
}

enum alm_status alm_cell_list(
	const struct alm_cell_folders *folders, alm_cell_visit *visit, void *to, struct alm_error *err)
{
	bool go_on = true;
	for (int i = 0; i < folders->n && go_on; i++) {
		struct dirent **files;
		int n = scandir(folders->path[i], &files, NULL, by_name);
		if (n < 0 && errno == ENOMEM)
			return alm_fail_memory(err, 0);
		for (int file = 0; file < n; file++) {
			if (go_on)
				go_on = visit_file(folders, i, files[file]->d_name, visit, to);
			free(files[file]);
		}
		if (n >= 0)
			free(files);
	}
	return ALM_OK;
}
