/*
 * A layer between SQLite and the files, for tests: it counts the calls that reach a disk, and does something at one of them.
 * It is linked into almanac-torture only; the shipped program has no such door. Without its environment it does nothing.
 *
 *   ALMANAC_SHIM_CALLS  letters of the calls that count: w write, s sync, t truncate, d delete, r read, o open, l lock, z size,
 *                       a access, m shared memory
 *   ALMANAC_SHIM_DO     "kill N": SIGKILL before call N.  "torn N": half of write N, then SIGKILL.  "once N": call N fails.
 *                       "ever N": N and all after it fail.  "full N": as ever, with the disk full where it is a write.
 *   ALMANAC_SHIM_COUNT  file that gets "calls fired" when the process ends
 *   ALMANAC_SHIM_LOG    file to which every write, sync, truncate and delete is appended, with what was written
 *
 * https://www.sqlite.org/vfs.html. One thread writes to a database, so nothing is locked here.
 */
#include <signal.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum act { NOTHING, KILL, TORN, ONCE, EVER, FULL };

static struct {
	sqlite3_vfs vfs;   /* ours, over: */
	sqlite3_vfs *real; /* SQLite's own */
	const char *calls;
	enum act act;
	long at, n, n_fired;
	FILE *log;
	pid_t pid;
} shim;

struct shim_file {
	sqlite3_file base; /* first: what SQLite sees */
	const char *path;  /* SQLite keeps it as long as the file is open; NULL = temporary */
	sqlite3_file *real;
};

static sqlite3_file *real_of(sqlite3_file *file)
{
	return ((struct shim_file *)file)->real;
}

/* Counts a call of a class. The result code when it is to fail, SQLITE_OK when it is to be made; may not return. */
static int meet(char class, int code)
{
	if (!strchr(shim.calls, class))
		return SQLITE_OK;
	shim.n++;
	if (shim.act == NOTHING || shim.act == TORN || shim.n < shim.at ||
		(shim.act == ONCE && shim.n > shim.at) || (shim.act == KILL && shim.n > shim.at))
		return SQLITE_OK;
	if (shim.act == KILL) {
		raise(SIGKILL);
		_exit(125);
	}
	shim.n_fired++;
	return shim.act == FULL && class == 'w' ? SQLITE_FULL : code;
}

static void note(char what, const char *path, sqlite3_int64 offset, int n, const void *bytes)
{
	if (!shim.log || !path)
		return;
	fprintf(shim.log, "%c %lld %d %s\n", what, (long long)offset, n, path);
	if (bytes)
		fwrite(bytes, 1, (size_t)n, shim.log);
	fflush(shim.log);
}

static int file_close(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);
	return real->pMethods->xClose(real);
}

static int file_read(sqlite3_file *file, void *to, int n, sqlite3_int64 offset)
{
	sqlite3_file *real = real_of(file);
	int code = meet('r', SQLITE_IOERR_READ);
	return code == SQLITE_OK ? real->pMethods->xRead(real, to, n, offset) : code;
}

static int file_write(sqlite3_file *file, const void *from, int n, sqlite3_int64 offset)
{
	sqlite3_file *real = real_of(file);
	int code = meet('w', SQLITE_IOERR_WRITE);
	if (code != SQLITE_OK)
		return code;
	if (shim.act == TORN && shim.n == shim.at) {
		real->pMethods->xWrite(real, from, n / 2, offset);
		raise(SIGKILL);
	}
	code = real->pMethods->xWrite(real, from, n, offset);
	if (code == SQLITE_OK)
		note('W', ((struct shim_file *)file)->path, offset, n, from);
	return code;
}

static int file_truncate(sqlite3_file *file, sqlite3_int64 size)
{
	sqlite3_file *real = real_of(file);
	int code = meet('t', SQLITE_IOERR_TRUNCATE);
	if (code == SQLITE_OK)
		code = real->pMethods->xTruncate(real, size);
	if (code == SQLITE_OK)
		note('T', ((struct shim_file *)file)->path, size, 0, NULL);
	return code;
}

static int file_sync(sqlite3_file *file, int flags)
{
	sqlite3_file *real = real_of(file);
	int code = meet('s', SQLITE_IOERR_FSYNC);
	if (code == SQLITE_OK)
		code = real->pMethods->xSync(real, flags);
	if (code == SQLITE_OK)
		note('S', ((struct shim_file *)file)->path, 0, 0, NULL);
	return code;
}

static int file_size(sqlite3_file *file, sqlite3_int64 *size)
{
	sqlite3_file *real = real_of(file);
	int code = meet('z', SQLITE_IOERR_FSTAT);
	return code == SQLITE_OK ? real->pMethods->xFileSize(real, size) : code;
}

static int file_lock(sqlite3_file *file, int level)
{
	sqlite3_file *real = real_of(file);
	int code = meet('l', SQLITE_IOERR_LOCK);
	return code == SQLITE_OK ? real->pMethods->xLock(real, level) : code;
}

static int file_unlock(sqlite3_file *file, int level)
{
	sqlite3_file *real = real_of(file);
	return real->pMethods->xUnlock(real, level);
}

static int file_reserved(sqlite3_file *file, int *reserved)
{
	sqlite3_file *real = real_of(file);
	int code = meet('l', SQLITE_IOERR_CHECKRESERVEDLOCK);
	return code == SQLITE_OK ? real->pMethods->xCheckReservedLock(real, reserved) : code;
}

static int file_control(sqlite3_file *file, int op, void *arg)
{
	sqlite3_file *real = real_of(file);
	return real->pMethods->xFileControl(real, op, arg);
}

static int file_sector(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);
	return real->pMethods->xSectorSize(real);
}

static int file_traits(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);
	return real->pMethods->xDeviceCharacteristics(real);
}

static int shm_map(sqlite3_file *file, int region, int size, int extend, void volatile **out)
{
	sqlite3_file *real = real_of(file);
	int code = meet('m', SQLITE_IOERR_SHMMAP);
	return code == SQLITE_OK ? real->pMethods->xShmMap(real, region, size, extend, out) : code;
}

static int shm_lock(sqlite3_file *file, int offset, int n, int flags)
{
	sqlite3_file *real = real_of(file);
	return real->pMethods->xShmLock(real, offset, n, flags);
}

static void shm_barrier(sqlite3_file *file)
{
	sqlite3_file *real = real_of(file);
	real->pMethods->xShmBarrier(real);
}

static int shm_unmap(sqlite3_file *file, int delete)
{
	sqlite3_file *real = real_of(file);
	return real->pMethods->xShmUnmap(real, delete);
}

static const sqlite3_io_methods methods = {.iVersion = 2,
	.xClose = file_close,
	.xRead = file_read,
	.xWrite = file_write,
	.xTruncate = file_truncate,
	.xSync = file_sync,
	.xFileSize = file_size,
	.xLock = file_lock,
	.xUnlock = file_unlock,
	.xCheckReservedLock = file_reserved,
	.xFileControl = file_control,
	.xSectorSize = file_sector,
	.xDeviceCharacteristics = file_traits,
	.xShmMap = shm_map,
	.xShmLock = shm_lock,
	.xShmBarrier = shm_barrier,
	.xShmUnmap = shm_unmap};

static int vfs_open(sqlite3_vfs *vfs, const char *path, sqlite3_file *file, int flags, int *out)
{
	struct shim_file *opened = (struct shim_file *)file;
	(void)vfs;
	*opened = (struct shim_file){.path = path, .real = (sqlite3_file *)(opened + 1)};
	int code = meet('o', SQLITE_CANTOPEN);
	if (code == SQLITE_OK)
		code = shim.real->xOpen(shim.real, path, opened->real, flags, out);
	if (code == SQLITE_OK || opened->real->pMethods)
		file->pMethods = &methods;
	if (code == SQLITE_OK)
		note('O', path, 0, 0, NULL);
	return code;
}

static int vfs_delete(sqlite3_vfs *vfs, const char *path, int sync)
{
	(void)vfs;
	int code = meet('d', SQLITE_IOERR_DELETE);
	if (code == SQLITE_OK)
		code = shim.real->xDelete(shim.real, path, sync);
	if (code == SQLITE_OK)
		note('D', path, sync, 0, NULL);
	return code;
}

static int vfs_access(sqlite3_vfs *vfs, const char *path, int flags, int *out)
{
	(void)vfs;
	int code = meet('a', SQLITE_IOERR_ACCESS);
	return code == SQLITE_OK ? shim.real->xAccess(shim.real, path, flags, out) : code;
}

static void finish(void)
{
	const char *path = getenv("ALMANAC_SHIM_COUNT");
	FILE *file = path && getpid() == shim.pid ? fopen(path, "w") : NULL;
	if (!file)
		return;
	fprintf(file, "%ld %ld\n", shim.n, shim.n_fired);
	fclose(file);
}

static void read_plan(void)
{
	static const char *const acts[] = {"", "kill", "torn", "once", "ever", "full"};
	char word[8] = "";
	const char *plan = getenv("ALMANAC_SHIM_DO"), *log = getenv("ALMANAC_SHIM_LOG");
	if (plan && sscanf(plan, "%7s %ld", word, &shim.at) == 2)
		for (int act = KILL; act <= FULL; act++)
			if (strcmp(word, acts[act]) == 0)
				shim.act = (enum act)act;
	if (plan && shim.act == NOTHING) {
		fprintf(stderr, "shim: '%s' is no plan\n", plan);
		_exit(125);
	}
	shim.log = log ? fopen(log, "a") : NULL;
}

__attribute__((constructor)) static void install(void)
{
	shim.calls = getenv("ALMANAC_SHIM_CALLS");
	if (!shim.calls || sqlite3_initialize() != SQLITE_OK)
		return;
	shim.pid = getpid();
	read_plan();
	shim.real = sqlite3_vfs_find(NULL);
	shim.vfs = *shim.real;
	shim.vfs.szOsFile = (int)sizeof(struct shim_file) + shim.real->szOsFile;
	shim.vfs.zName = "shim";
	shim.vfs.pNext = NULL;
	shim.vfs.xOpen = vfs_open;
	shim.vfs.xDelete = vfs_delete;
	shim.vfs.xAccess = vfs_access;
	sqlite3_vfs_register(&shim.vfs, 1);
	atexit(finish);
}
