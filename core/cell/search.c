#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cell/cell.h"

#ifndef ALM_CELLS_DIR
#define ALM_CELLS_DIR "/usr/local/lib/almanac/cells"
#endif

static enum alm_status add(
	struct alm_cell_folders *folders, const char *path, size_t length, struct alm_error *err)
{
	if (length >= PATH_MAX)
		return alm_fail(
			err, ALM_USAGE, "cell folder '%.64s...' is longer than %d bytes", path, PATH_MAX - 1);
	size_t n_bytes = ((size_t)folders->n + 1) * sizeof(*folders->path);
	void *grown = realloc(folders->path, n_bytes);
	if (!grown)
		return alm_fail_memory(err, n_bytes);
	folders->path = grown;
	memcpy(folders->path[folders->n], path, length);
	folders->path[folders->n][length] = 0;
	folders->n++;
	return ALM_OK;
}

/* Adds every entry of a ':'-separated list; `origin` says whose it is. */
static enum alm_status add_list(
	struct alm_cell_folders *folders, const char *list, const char *origin, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	while (list && *list && status == ALM_OK) {
		size_t length = strcspn(list, ":");
		if (*list != '/')
			return alm_fail(err, ALM_USAGE, "%s: '%.*s' is not an absolute path", origin,
				(int)length, list);
		status = add(folders, list, length, err);
		list += length + (list[length] == ':');
	}
	return status;
}

static enum alm_status add_user(struct alm_cell_folders *folders, struct alm_error *err)
{
	const char *data = getenv("XDG_DATA_HOME"), *home = getenv("HOME");
	char path[PATH_MAX];
	int length = 0;
	if (data && *data == '/')
		length = snprintf(path, sizeof path, "%s/almanac/cells", data);
	else if (home && *home == '/')
		length = snprintf(path, sizeof path, "%s/.local/share/almanac/cells", home);
	if (length <= 0 || length >= (int)sizeof path)
		return ALM_OK;
	return add(folders, path, (size_t)length, err);
}

/* Beside the program: <folder>/cells in a build tree, <folder>/../lib/almanac/cells in an installed one. */
static enum alm_status add_beside(struct alm_cell_folders *folders, struct alm_error *err)
{
	char program[PATH_MAX], path[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", program, sizeof program - 1);
	if (n <= 0)
		return ALM_OK;
	program[n] = 0;
	char *slash = strrchr(program, '/');
	if (!slash)
		return ALM_OK;
	*slash = 0;
	const char *const beside[] = {"cells", "../lib/almanac/cells"};
	enum alm_status status = ALM_OK;
	for (int i = 0; i < 2 && status == ALM_OK; i++) {
		int length = snprintf(path, sizeof path, "%s/%s", program, beside[i]);
		if (length > 0 && length < (int)sizeof path)
			status = add(folders, path, (size_t)length, err);
	}
	return status;
}

enum alm_status alm_cell_folders_init(
	struct alm_cell_folders *folders, const char *first, struct alm_error *err)
{
	struct alm_cell_folders made = {0};
	enum alm_status status = add_list(&made, first, "--cell-path", err);
	if (status == ALM_OK)
		status = add_list(&made, getenv("ALMANAC_CELL_PATH"), "ALMANAC_CELL_PATH", err);
	if (status == ALM_OK)
		status = add_user(&made, err);
	if (status == ALM_OK)
		status = add_beside(&made, err);
	if (status == ALM_OK)
		status = add(&made, ALM_CELLS_DIR, strlen(ALM_CELLS_DIR), err);
	if (status != ALM_OK) {
		alm_cell_folders_release(&made);
		return status;
	}
	*folders = made;
	return ALM_OK;
}

void alm_cell_folders_release(struct alm_cell_folders *folders)
{
	free(folders->path);
	*folders = (struct alm_cell_folders){0};
}
