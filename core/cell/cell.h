/*
 * The door through which every recurrent cell comes in, built-in or not: found by name, its file's owner and
 * mode checked, loaded with dlopen, its table of facts verified before any of it is used. Knows no cell by
 * name.
 *
 * Folders, in order: the caller's path, $ALMANAC_CELL_PATH, the user's ($XDG_DATA_HOME/almanac/cells, by
 * default
 * ~/.local/share/almanac/cells), those beside the program (cells, ../lib/almanac/cells), the installed one.
 * Never the working directory: a relative or empty entry is refused.
 */
#ifndef ALM_CELL_CELL_H
#define ALM_CELL_CELL_H
#include <limits.h>
#include <stdbool.h>
#include "almanac_cell.h"
#include "base/hash.h"
#include "base/status.h"

#define ALM_CELL_NAME    32 /* bytes of a cell's name with the zero */
#define ALM_CELL_OPTIONS 16 /* options of a cell at most */

struct alm_cell {
	struct almanac_cell
		facts; /* our copy, fields the cell does not have are zero; pointers are the cell's */
	char name[ALM_CELL_NAME];
	char path[PATH_MAX]; /* the file, with all links resolved */
	char sha256[ALM_HASH_TEXT];
};

/* The folders, each an absolute path. */
struct alm_cell_folders {
	int n;
	char (*path)[PATH_MAX]; /* [n]; owned */
};

/* `first` is a ':'-separated list or NULL. ALM_USAGE for an entry that is not absolute. Release the result.
 */
ALM_MUST_CHECK enum alm_status alm_cell_folders_init(
	struct alm_cell_folders *folders, const char *first, struct alm_error *err);
void alm_cell_folders_release(struct alm_cell_folders *folders);

/* [a-z][a-z0-9_]*, at most 31 bytes. */
bool alm_cell_is_name(const char *name);

/*
 * The path of the first <name>.so of the folders, unlooked at. ALM_USAGE: not a name. ALM_UNAVAILABLE: in no folder.
 */
ALM_MUST_CHECK enum alm_status alm_cell_find(const struct alm_cell_folders *folders, const char *name,
	char path[static PATH_MAX], struct alm_error *err);

/*
 * Loads the first <name>.so of the folders; a cell is never unloaded. ALM_USAGE: not a name. ALM_UNAVAILABLE:
 * in no folder (lists the cells there are), or no library. ALM_NO_PERMISSION: file or a folder above it is
 * owned by somebody else than root and the user, or others may write to it. ALM_BAD_CONFIG: another contract,
 * or a field out of range; says file, field, expected, found.
 */
ALM_MUST_CHECK enum alm_status alm_cell_load(const struct alm_cell_folders *folders, const char *name,
	struct alm_cell *out, struct alm_error *err);

/* The same for a file that was named: <folder>/<name>.so, relative or not. ALM_USAGE: not called like a cell. */
ALM_MUST_CHECK enum alm_status alm_cell_load_file(
	const char *path, struct alm_cell *out, struct alm_error *err);

/*
 * Calls visit once for every <name>.so of the folders: the loaded cell, or NULL and the reason it was
 * refused. A name that an earlier folder has is left out. Stops when visit returns false.
 */
typedef bool alm_cell_visit(void *to, const char *path, const struct alm_cell *cell, const char *refused);
ALM_MUST_CHECK enum alm_status alm_cell_list(
	const struct alm_cell_folders *folders, alm_cell_visit *visit, void *to, struct alm_error *err);

/*
 * Loads a library whoever it belongs to, and finds its symbol, which is not called yet: for processes that are closed off
 * from everything (core/check), as its constructors run. `shown` is its name in messages, a path's last part at most.
 * alm_cell_shut unloads it; its destructors run. Errors as of alm_cell_load.
 */
typedef const struct almanac_cell *alm_cell_entry(void);
struct alm_cell_library {
	void *handle;
	alm_cell_entry *entry;
};
ALM_MUST_CHECK enum alm_status alm_cell_open(
	const char *path, const char *shown, struct alm_cell_library *out, struct alm_error *err);
void alm_cell_shut(struct alm_cell_library *library);

/* Loads the libraries of the system that a cell may be linked with, where they are there. */
void alm_cell_preload(void);

/*
 * Checks a table of facts and copies it. Reads no byte beyond facts->size. `path` is for the message, `name`
 * what the file is called; NULL = any. ALM_BAD_CONFIG with field, expected and found.
 */
ALM_MUST_CHECK enum alm_status alm_cell_verify(const struct almanac_cell *facts, const char *path,
	const char *name, struct almanac_cell *out, struct alm_error *err);

#endif
