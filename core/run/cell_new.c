#include "run/cell_new.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "run/template.h"

/* cell.c -> <name>.c, others as they are. */
static void name_file(const char *file, const char *cell, char out[static ALM_CELL_NAME + 8])
{
	snprintf(out, ALM_CELL_NAME + 8, "%s", file);
	if (strcmp(file, "cell.c") == 0)
		snprintf(out, ALM_CELL_NAME + 8, "%s.c", cell);
}

/* The text with the cell's name in place of every mark. */
static void put_text(FILE *to, const char *text, const char *cell)
{
	for (const char *mark; (mark = strstr(text, ALM_TEMPLATE_MARK));
		text = mark + strlen(ALM_TEMPLATE_MARK)) {
		fwrite(text, 1, (size_t)(mark - text), to);
		fputs(cell, to);
	}
	fputs(text, to);
}

/* What errno means for a file that is to be made. */
static enum alm_status status_of(int number)
{
	if (number == ENOSPC || number == EIO || number == EDQUOT || number == EFBIG)
		return ALM_IO;
	return number == EACCES || number == EPERM || number == EROFS ? ALM_NO_PERMISSION : ALM_CANT_CREATE;
}

static enum alm_status cannot(const char *what, const char *folder, const char *file, struct alm_error *err)
{
	return alm_fail(err, status_of(errno), "cannot %s '%s%s%s': %s", what, folder, file ? "/" : "",
		file ? file : "", strerror(errno));
}

/* Makes a file that was not there; on failure there is none. */
static enum alm_status write_file(int at, const char *folder, const char *file, const char *text,
	const char *cell, struct alm_error *err)
{
	int fd = openat(at, file, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	if (fd < 0 && errno == EEXIST)
		return alm_fail(err, ALM_CANT_CREATE,
			"'%s/%s' is there already; give another folder, or move it away", folder, file);
	if (fd < 0)
		return cannot("create", folder, file, err);
	FILE *to = fdopen(fd, "w");
	enum alm_status status = ALM_OK;
	if (to)
		put_text(to, text, cell);
	else
		close(fd);
	if (!to || ferror(to))
		status = cannot("write", folder, file, err);
	if (to && fclose(to) != 0 && status == ALM_OK)
		status = cannot("write", folder, file, err);
	if (status != ALM_OK)
		unlinkat(at, file, 0);
	return status;
}

/* Opens the folder, made when it is not there. */
static enum alm_status open_folder(const char *folder, bool *made, int *at, struct alm_error *err)
{
	*made = mkdir(folder, 0777) == 0;
	if (!*made && errno != EEXIST)
		return cannot("create", folder, NULL, err);
	*at = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*at >= 0)
		return ALM_OK;
	enum alm_status status = cannot("open", folder, NULL, err);
	if (*made)
		rmdir(folder);
	return status;
}

enum alm_status alm_run_cell_new(
	const struct alm_cell_new_request *request, struct alm_cell_new_result *out, struct alm_error *err)
{
	struct alm_cell_new_result made = {0};
	bool made_folder;
	int at = -1;
	const char *cell = request->name, *folder = request->folder ? request->folder : cell;
	if (!alm_cell_is_name(cell))
		return alm_fail(err, ALM_USAGE,
			"'%s' cannot be a cell's name: expected small letters, digits and _, a letter first, "
			"at "
			"most %d",
			cell, ALM_CELL_NAME - 1);
	if (*folder == '\0' || strlen(folder) >= sizeof made.folder)
		return alm_fail(err, ALM_USAGE, "expected a folder, found '%.64s'", folder);
	snprintf(made.folder, sizeof made.folder, "%s", folder);
	enum alm_status status = open_folder(folder, &made_folder, &at, err);
	if (status != ALM_OK)
		return status;
	for (int i = 0; i < alm_n_templates && status == ALM_OK; i++) {
		char *file = made.files[made.n_files];
		name_file(alm_templates[i].name, cell, file);
		status = write_file(at, folder, file, alm_templates[i].text, cell, err);
		made.n_files += status == ALM_OK;
	}
	for (int i = 0; i < made.n_files && status != ALM_OK; i++)
		unlinkat(at, made.files[i], 0);
	close(at);
	if (status != ALM_OK && made_folder)
		rmdir(folder);
	if (status == ALM_OK)
		*out = made;
	return status;
}
