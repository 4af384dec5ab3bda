#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "ingest/stage.h"

struct file {
	struct alm_stage stage;
	int fd;
	unsigned char head[ALM_STAGE_HEAD];
	size_t n_head, head_at;
};

void alm_stage_close_all(struct alm_stage *stage)
{
	for (struct alm_stage *below; stage; stage = below) {
		below = stage->below;
		stage->close(stage);
	}
}

/* A read that a signal breaks off is one that was asked to stop. */
static enum alm_status read_some(
	const struct file *file, void *to, size_t room, size_t *n, struct alm_error *err)
{
	ssize_t got = read(file->fd, to, room);
	if (got < 0 && errno == EINTR)
		return alm_fail(err, ALM_INTERRUPTED, "reading '%s' was stopped; nothing was written",
			file->stage.name);
	if (got < 0)
		return alm_fail(err, ALM_IO, "cannot read '%s': %s", file->stage.name, strerror(errno));
	*n = (size_t)got;
	return ALM_OK;
}

static enum alm_status file_read(
	struct alm_stage *stage, char *to, size_t room, size_t *n, struct alm_error *err)
{
	struct file *file = (struct file *)stage;
	size_t left = file->n_head - file->head_at;
	if (left == 0)
		return read_some(file, to, room, n, err);
	memcpy(to, file->head + file->head_at, left);
	file->head_at += left;
	*n = left;
	return ALM_OK;
}

static void file_close(struct alm_stage *stage)
{
	struct file *file = (struct file *)stage;
	if (file->fd > STDIN_FILENO)
		close(file->fd);
	free(file);
}

static enum alm_status open_path(struct file *file, const char *path, struct alm_error *err)
{
	struct stat info;
	file->fd = STDIN_FILENO;
	if (strcmp(path, "-") == 0)
		return ALM_OK;
	file->fd = open(path, O_RDONLY | O_CLOEXEC);
	if (file->fd < 0)
		return alm_fail(err, errno == EACCES ? ALM_NO_PERMISSION : ALM_NO_INPUT,
			"cannot open '%s': %s", path, strerror(errno));
	if (fstat(file->fd, &info) == 0 && S_ISDIR(info.st_mode))
		return alm_fail(err, ALM_BAD_DATA, "'%s' is a folder, not a file", path);
	posix_fadvise(file->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
	return ALM_OK;
}

/* A pipe may give its first bytes one by one. */
static enum alm_status read_head(struct file *file, struct alm_error *err)
{
	size_t n = 1;
	while (n > 0 && file->n_head < ALM_STAGE_HEAD) {
		enum alm_status status =
			read_some(file, file->head + file->n_head, ALM_STAGE_HEAD - file->n_head, &n, err);
		if (status != ALM_OK)
			return status;
		file->n_head += n;
	}
	return ALM_OK;
}

enum alm_status alm_stage_file(
	const char *path, const char *name, struct alm_stage **out, struct alm_error *err)
{
	struct file *file = calloc(1, sizeof *file);
	if (!file)
		return alm_fail_memory(err, sizeof *file);
	file->stage = (struct alm_stage){.read = file_read, .close = file_close, .name = name};
	enum alm_status status = open_path(file, path, err);
	if (status == ALM_OK)
		status = read_head(file, err);
	if (status == ALM_OK)
		*out = &file->stage;
	else
		file_close(&file->stage);
	return status;
}

size_t alm_stage_file_head(const struct alm_stage *stage, const unsigned char **head)
{
	const struct file *file = (const struct file *)stage;
	*head = file->head;
	return file->n_head;
}
