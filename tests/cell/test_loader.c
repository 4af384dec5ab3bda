#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "cell/cell.h"
#include "support/make.h"

static enum alm_status load_from(
	const char *folders, const char *name, struct alm_cell *cell, struct alm_error *err)
{
	struct alm_cell_folders path;
	unsetenv("ALMANAC_CELL_PATH");
	setenv("XDG_DATA_HOME", "/nonexistent", 1);
	enum alm_status status = alm_cell_folders_init(&path, folders, err);
	if (status != ALM_OK)
		return status;
	status = alm_cell_load(&path, name, cell, err);
	alm_cell_folders_release(&path);
	return status;
}

/* Copies a file, as a user installs a cell. */
static void copy(const char *from, const char *to)
{
	char command[4096];
	snprintf(command, sizeof command, "cp '%s' '%s'", from, to);
	cr_assert_eq(system(command), 0); /* NOLINT(cert-env33-c): a test */
}

/* The built gru in a folder of its own: the folder's and the file's path. */
static void install_gru(char **folder, char **file)
{
	char *built = make_path(getenv("ALMANAC_CELL_PATH"), "gru.so");
	*folder = make_folder();
	*file = make_path(*folder, "gru.so");
	copy(built, *file);
	cr_assert_eq(chmod(*folder, 0755), 0);
	cr_assert_eq(chmod(*file, 0644), 0);
	free(built);
}

static void refused(const char *name, enum alm_status expected, const char *text)
{
	struct alm_cell cell;
	struct alm_error err = {0};
	enum alm_status status = load_from(getenv("ALMANAC_TEST_CELLS"), name, &cell, &err);
	cr_assert_eq(status, expected, "%s: %d %s", name, status, err.text);
	cr_assert(strstr(err.text, text), "%s: '%s' lacks '%s'", name, err.text, text);
}

Test(loader, loads_a_cell_with_its_name_path_and_hash)
{
	struct alm_cell cell;
	struct alm_error err = {0};
	char *folder, *file;
	install_gru(&folder, &file);
	cr_assert_eq(load_from(folder, "gru", &cell, &err), ALM_OK, "%s", err.text);
	cr_assert_str_eq(cell.name, "gru");
	cr_assert_str_eq(cell.path, file);
	cr_assert_eq(strlen(cell.sha256), 64);
	cr_assert_eq(cell.facts.gates, 3);
	free(folder);
	free(file);
}

Test(loader, a_cell_of_a_newer_contract_is_refused_with_both_numbers)
{
	refused("future", ALM_BAD_CONFIG, "999");
}

Test(loader, a_table_of_an_impossible_size_is_refused)
{
	refused("tiny", ALM_BAD_CONFIG, "size");
	refused("vast", ALM_BAD_CONFIG, "size");
}

Test(loader, a_missing_function_is_refused)
{
	refused("noforward", ALM_BAD_CONFIG, "forward");
}

Test(loader, absurd_counts_are_refused_with_limits)
{
	refused("crowd", ALM_BAD_CONFIG, "expected 1..64, found 1000");
}

Test(loader, a_cell_must_be_called_what_its_file_is_called)
{
	refused("alias", ALM_BAD_CONFIG, "name");
	refused("slash", ALM_BAD_CONFIG, "name");
}

Test(loader, an_unknown_flag_is_refused)
{
	refused("flagged", ALM_BAD_CONFIG, "flags");
}

Test(loader, a_library_that_is_no_cell_is_refused)
{
	refused("nosymbol", ALM_BAD_CONFIG, "almanac_cell_v1");
	refused("nullfacts", ALM_BAD_CONFIG, "table of facts");
}

Test(loader, a_name_with_a_slash_never_reaches_the_file_system)
{
	refused("../gru", ALM_USAGE, "../gru");
	refused("", ALM_USAGE, "");
}

Test(loader, a_cell_that_is_nowhere_is_named_with_those_there_are)
{
	struct alm_cell cell;
	struct alm_error err = {0};
	char *folder, *file;
	install_gru(&folder, &file);
	cr_assert_eq(load_from(folder, "nosuch", &cell, &err), ALM_UNAVAILABLE);
	cr_assert(strstr(err.text, "nosuch") && strstr(err.text, "gru"), "%s", err.text);
	free(folder);
	free(file);
}

Test(loader, a_text_file_is_no_library)
{
	struct alm_cell cell;
	struct alm_error err = {0};
	char *folder = make_folder(), *file = make_path(folder, "text.so");
	make_file(file, "this is no library\n");
	cr_assert_eq(load_from(folder, "text", &cell, &err), ALM_UNAVAILABLE);
	cr_assert(strstr(err.text, file), "%s", err.text);
	free(folder);
	free(file);
}

Test(loader, a_file_or_folder_that_others_may_write_is_refused)
{
	struct alm_cell cell;
	struct alm_error err = {0};
	char *folder, *file;
	install_gru(&folder, &file);
	cr_assert_eq(chmod(file, 0666), 0);
	cr_assert_eq(load_from(folder, "gru", &cell, &err), ALM_NO_PERMISSION);
	cr_assert(strstr(err.text, file), "%s", err.text);
	cr_assert_eq(chmod(file, 0644), 0);
	cr_assert_eq(chmod(folder, 0777), 0);
	cr_assert_eq(load_from(folder, "gru", &cell, &err), ALM_NO_PERMISSION);
	cr_assert(strstr(err.text, folder), "%s", err.text);
	free(folder);
	free(file);
}

Test(loader, a_link_is_judged_by_what_it_points_to)
{
	struct alm_cell cell;
	struct alm_error err = {0};
	char *folder, *file, *safe = make_folder(), *link = make_path(safe, "gru.so");
	install_gru(&folder, &file);
	cr_assert_eq(symlink(file, link), 0);
	cr_assert_eq(load_from(safe, "gru", &cell, &err), ALM_OK, "%s", err.text);
	cr_assert_str_eq(cell.path, file);
	cr_assert_eq(chmod(file, 0666), 0);
	cr_assert_eq(load_from(safe, "gru", &cell, &err), ALM_NO_PERMISSION);
	free(folder);
	free(file);
	free(safe);
	free(link);
}

Test(loader, a_relative_folder_is_refused)
{
	struct alm_cell_folders folders;
	struct alm_error err = {0};
	cr_assert_eq(alm_cell_folders_init(&folders, "cells", &err), ALM_USAGE);
	cr_assert_eq(alm_cell_folders_init(&folders, "/tmp::/usr", &err), ALM_USAGE);
}

struct listed {
	int n, n_refused;
	bool future, gru;
};

static bool note(void *to, const char *path, const struct alm_cell *cell, const char *why)
{
	struct listed *listed = to;
	listed->n++;
	if (!cell) {
		listed->n_refused++;
		listed->future = listed->future || (strstr(path, "future.so") && strstr(why, "999"));
	}
	listed->gru = listed->gru || (cell && strcmp(cell->name, "gru") == 0);
	return true;
}

Test(loader, the_list_has_every_cell_and_says_why_one_is_refused)
{
	struct alm_cell_folders folders;
	struct listed listed = {0};
	cr_assert_eq(alm_cell_folders_init(&folders, getenv("ALMANAC_TEST_CELLS"), NULL), ALM_OK);
	cr_assert_eq(alm_cell_list(&folders, note, &listed, NULL), ALM_OK);
	cr_assert(listed.future);
	cr_assert(listed.gru);
	cr_assert_geq(listed.n_refused, 10);
	alm_cell_folders_release(&folders);
}
