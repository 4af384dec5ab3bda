#include "ingest/files.h"
#include <errno.h>
#include <glob.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static enum alm_status add(struct alm_files *files, const char *path, struct alm_error *err)
{
	if (files->n == files->room) {
		int room = files->room ? 2 * files->room : 16;
		char **grown = realloc(files->path, (size_t)room * sizeof *grown);
		if (!grown)
			return alm_fail_memory(err, (size_t)room * sizeof *grown);
		files->path = grown;
		files->room = room;
	}
	char *copy = strdup(path);
	if (!copy)
		return alm_fail_memory(err, strlen(path) + 1);
	files->path[files->n++] = copy;
	return ALM_OK;
}

static enum alm_status add_pattern(struct alm_files *files, const char *pattern, struct alm_error *err)
{
	glob_t found = {0};
	enum alm_status status = ALM_OK;
	switch (glob(pattern, GLOB_ERR, NULL, &found)) {
	case 0:
		for (size_t i = 0; status == ALM_OK && i < found.gl_pathc; i++)
			status = add(files, found.gl_pathv[i], err);
		break;
	case GLOB_NOMATCH:
		status = alm_fail(err, ALM_NO_INPUT, "no file matches '%s'", pattern);
		break;
	case GLOB_NOSPACE:
		status = alm_fail_memory(err, strlen(pattern));
		break;
	default:
		status = alm_fail(err, ALM_IO, "cannot look for '%s': %s", pattern, strerror(errno));
		break;
	}
	globfree(&found);
	return status;
}

static enum alm_status add_path(struct alm_files *files, const char *path, struct alm_error *err)
{
	if (strcmp(path, "-") == 0 || access(path, F_OK) == 0)
		return add(files, path, err);
	if (strpbrk(path, "*?["))
		return add_pattern(files, path, err);
	return alm_fail(err, errno == EACCES ? ALM_NO_PERMISSION : ALM_NO_INPUT, "cannot open '%s': %s", path,
		strerror(errno));
}

enum alm_status alm_files_find(
	struct alm_files *files, const char *const *paths, int n_paths, struct alm_error *err)
{
	struct alm_files made = {0};
	enum alm_status status = ALM_OK;
	int n_stdin = 0;
	for (int i = 0; status == ALM_OK && i < n_paths; i++) {
		n_stdin += strcmp(paths[i], "-") == 0;
		status = n_stdin > 1 ? alm_fail(err, ALM_USAGE, "standard input (-) can be read only once")
				     : add_path(&made, paths[i], err);
	}
	if (status == ALM_OK)
		*files = made;
	else
		alm_files_release(&made);
	return status;
}

void alm_files_release(struct alm_files *files)
{
	for (int i = 0; i < files->n; i++)
		free(files->path[i]);
	free(files->path);
	*files = (struct alm_files){0};
}
