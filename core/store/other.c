#include "store/other.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Bytes 18 and 19 of a database are 2 when it is in WAL mode (https://sqlite.org/fileformat.html, 1.3.3). */
static bool in_wal_mode(const char *path)
{
	unsigned char head[20] = {0};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	bool read_all = read(fd, head, sizeof head) == (ssize_t)sizeof head;
	close(fd);
	return read_all && head[18] == 2;
}

/* Size of the log beside the file, -1 when there is none. */
static off_t log_size(const char *path)
{
	char log[PATH_MAX];
	struct stat info;
	snprintf(log, sizeof log, "%s-wal", path);
	return stat(log, &info) == 0 ? info.st_size : -1;
}

static bool folder_is_writable(const char *path)
{
	char folder[PATH_MAX];
	snprintf(folder, sizeof folder, "%s", path);
	char *slash = strrchr(folder, '/');
	if (!slash)
		return access(".", W_OK) == 0;
	slash[slash == folder] = '\0';
	return access(folder, W_OK) == 0;
}

static enum alm_status check(const char *path, struct alm_error *err)
{
	struct stat info;
	if (strlen(path) + sizeof "-wal" > PATH_MAX)
		return alm_fail(err, ALM_NO_INPUT, "the path '%.60s...' is too long", path);
	if (stat(path, &info) != 0)
		return alm_fail(err, errno == EACCES ? ALM_NO_PERMISSION : ALM_NO_INPUT,
			"cannot read the database '%s': %s", path, strerror(errno));
	if (S_ISDIR(info.st_mode))
		return alm_fail(err, ALM_BAD_DATA, "'%s' is a folder, not a database", path);
	if (access(path, R_OK) != 0)
		return alm_fail(err, ALM_NO_PERMISSION, "'%s' cannot be read: %s", path, strerror(errno));
	return ALM_OK;
}

enum alm_status alm_other_uri(const char *path, char **uri, bool *tidy, struct alm_error *err)
{
	enum alm_status status = check(path, err);
	if (status != ALM_OK)
		return status;
	bool fresh_log = in_wal_mode(path) && log_size(path) < 0, writable = folder_is_writable(path);
	sqlite3_str *text = sqlite3_str_new(NULL);
	sqlite3_str_appendall(text, "file:");
	for (const char *at = path; *at != '\0'; at++)
		sqlite3_str_appendf(text, strchr("%?#", *at) ? "%%%02X" : "%c", (unsigned char)*at);
	sqlite3_str_appendall(text, fresh_log && !writable ? "?mode=ro&immutable=1" : "?mode=ro");
	char *made = sqlite3_str_finish(text);
	if (!made)
		return alm_fail_memory(err, strlen(path));
	*uri = made;
	*tidy = fresh_log && writable && access(path, W_OK) == 0;
	return ALM_OK;
}

/*
 * A reader may not delete the log, since it cannot take the lock that shows that nobody else is there. The last one who
 * could write does so when it closes; an empty log holds nothing that could change the file on the way.
 */
void alm_other_tidy(const char *path)
{
	sqlite3 *raw = NULL;
	if (log_size(path) != 0)
		return;
	if (sqlite3_open_v2(path, &raw, SQLITE_OPEN_READWRITE, NULL) == SQLITE_OK)
		sqlite3_exec(raw, "SELECT count(*) FROM sqlite_schema", NULL, NULL, NULL);
	sqlite3_close(raw);
}
