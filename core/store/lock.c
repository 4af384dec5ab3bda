#include "store/lock.h"
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>
#include "store/sql.h"

enum alm_status alm_lock_path(struct alm_db *db, char out[static PATH_MAX], struct alm_error *err)
{
	if (snprintf(out, PATH_MAX, "%s-almanac-lock", alm_db_path(db)) >= PATH_MAX)
		return alm_fail(err, ALM_CANT_CREATE, "the path of '%s' is too long", alm_db_path(db));
	return ALM_OK;
}

static struct flock one_byte(int64_t byte)
{
	return (struct flock){.l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = byte, .l_len = 1};
}

static enum alm_status open_file(struct alm_db *db, int *fd, struct alm_error *err)
{
	char path[PATH_MAX];
	enum alm_status status = alm_lock_path(db, path, err);
	if (status != ALM_OK)
		return status;
	*fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0644);
	if (*fd >= 0)
		return ALM_OK;
	int code = errno;
	return alm_fail(err,
		code == EACCES                     ? ALM_NO_PERMISSION
		: code == ENOSPC || code == EDQUOT ? ALM_IO
						   : ALM_CANT_CREATE,
		"cannot open the lock file '%s': %s", path, strerror(code));
}

static enum alm_status take(struct alm_db *db, int fd, int64_t byte, bool *taken, struct alm_error *err)
{
	struct flock lock = one_byte(byte);
	*taken = fcntl(fd, F_OFD_SETLK, &lock) == 0;
	if (*taken || errno == EAGAIN || errno == EACCES)
		return ALM_OK;
	return alm_fail(err, ALM_IO, "cannot lock '%s-almanac-lock': %s", alm_db_path(db), strerror(errno));
}

enum alm_status alm_lock_take(struct alm_db *db, int64_t byte, int *fd, bool *taken, struct alm_error *err)
{
	int opened;
	enum alm_status status = open_file(db, &opened, err);
	if (status != ALM_OK)
		return status;
	status = take(db, opened, byte, taken, err);
	if (status == ALM_OK && *taken)
		*fd = opened;
	else
		close(opened);
	return status;
}

enum alm_status alm_lock_keep(struct alm_db *db, int64_t byte, struct alm_error *err)
{
	int *fd = alm_sql_lock(db);
	bool taken;
	enum alm_status status = *fd < 0 ? open_file(db, fd, err) : ALM_OK;
	if (status == ALM_OK)
		status = take(db, *fd, byte, &taken, err);
	if (status != ALM_OK || taken)
		return status;
	return alm_fail(err, ALM_BUSY, "byte %lld of '%s-almanac-lock' is held by another process",
		(long long)byte, alm_db_path(db));
}

enum alm_status alm_lock_held(struct alm_db *db, int64_t byte, bool *held, struct alm_error *err)
{
	char path[PATH_MAX];
	struct flock lock = one_byte(byte);
	enum alm_status status = alm_lock_path(db, path, err);
	if (status != ALM_OK)
		return status;
	/* A description of its own: one never conflicts with itself. */
	int fd = open(path, O_RDONLY | O_CLOEXEC), code = errno;
	if (fd < 0 && code == ENOENT) {
		*held = false;
		return ALM_OK;
	}
	if (fd >= 0) {
		code = fcntl(fd, F_OFD_GETLK, &lock) == 0 ? 0 : errno;
		close(fd);
	}
	if (code != 0)
		return alm_fail(err, code == EACCES ? ALM_NO_PERMISSION : ALM_IO,
			"cannot look at the lock file '%s': %s", path, strerror(code));
	*held = lock.l_type != F_UNLCK;
	return ALM_OK;
}
