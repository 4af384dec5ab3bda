#include "check/image.h"
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <unistd.h>

#define BYTES_MAX ((off_t)256 << 20)

/* O_NONBLOCK: opening a pipe must not wait for somebody who writes into it. */
static enum alm_status open_file(const char *path, int *fd, struct alm_error *err)
{
	struct stat about;
	*fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
	if (*fd < 0 && (errno == ENOENT || errno == ENOTDIR))
		return alm_fail(err, ALM_NO_INPUT, "cannot open cell '%s': %s", path, strerror(errno));
	if (*fd < 0 && (errno == EACCES || errno == EPERM))
		return alm_fail(err, ALM_NO_PERMISSION, "cannot open cell '%s': %s", path, strerror(errno));
	if (*fd < 0 && (errno == ENXIO || errno == ENODEV))
		return alm_fail(err, ALM_BAD_DATA, "'%s' is no regular file", path);
	if (*fd < 0 || fstat(*fd, &about) != 0)
		return alm_fail(err, ALM_IO, "cannot open cell '%s': %s", path, strerror(errno));
	if (!S_ISREG(about.st_mode))
		return alm_fail(err, ALM_BAD_DATA, "'%s' is %s, no regular file", path,
			S_ISDIR(about.st_mode)    ? "a folder"
			: S_ISFIFO(about.st_mode) ? "a pipe"
						  : "a device");
	if (about.st_size > BYTES_MAX)
		return alm_fail(err, ALM_BAD_DATA, "'%s' has %lld bytes; a cell has at most %lld", path,
			(long long)about.st_size, (long long)BYTES_MAX);
	return ALM_OK;
}

static enum alm_status copy(int from, int to, const char *path, struct alm_error *err)
{
	ssize_t n;
	off_t total = 0;
	while ((n = sendfile(to, from, NULL, 1 << 20)) > 0)
		if ((total += n) > BYTES_MAX)
			return alm_fail(err, ALM_BAD_DATA, "'%s' grows while it is read", path);
	if (n < 0)
		return alm_fail(err, ALM_IO, "cannot read cell '%s': %s", path, strerror(errno));
	if (fcntl(to, F_ADD_SEALS, F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE) != 0)
		return alm_fail(err, ALM_IO, "cannot seal the copy of '%s': %s", path, strerror(errno));
	return ALM_OK;
}

enum alm_status alm_image_open(const char *path, struct alm_image *out, struct alm_error *err)
{
	struct alm_image image = {.fd = -1};
	int fd = -1;
	enum alm_status status = open_file(path, &fd, err);
	if (status != ALM_OK)
		goto done;
	image.fd = memfd_create("cell", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (image.fd < 0) {
		status = alm_fail(err, ALM_NO_MEMORY, "cannot copy '%s': %s", path, strerror(errno));
		goto done;
	}
	status = copy(fd, image.fd, path, err);
	if (status == ALM_OK)
		status = alm_hash_file(image.fd, path, image.sha256, err);
	if (status == ALM_OK && lseek(image.fd, 0, SEEK_SET) != 0)
		status = alm_fail(err, ALM_IO, "cannot read the copy of '%s': %s", path, strerror(errno));
	if (status == ALM_OK) {
		*out = image;
		image.fd = -1;
	}
done:
	if (fd >= 0)
		close(fd);
	alm_image_close(&image);
	return status;
}

void alm_image_close(struct alm_image *image)
{
	if (image->fd >= 0)
		close(image->fd);
	image->fd = -1;
}
