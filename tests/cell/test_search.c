#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cell/cell.h"
#include "support/make.h"

static struct alm_cell_folders folders_of(const char *first)
{
	struct alm_cell_folders folders;
	struct alm_error err = {0};
	cr_assert_eq(alm_cell_folders_init(&folders, first, &err), ALM_OK, "%s", err.text);
	return folders;
}

Test(search, folders_come_in_their_order)
{
	setenv("ALMANAC_CELL_PATH", "/from/environment", 1);
	setenv("XDG_DATA_HOME", "/from/user", 1);
	struct alm_cell_folders folders = folders_of("/first:/second");
	cr_assert_eq(folders.n, 7);
	cr_assert_str_eq(folders.path[0], "/first");
	cr_assert_str_eq(folders.path[1], "/second");
	cr_assert_str_eq(folders.path[2], "/from/environment");
	cr_assert_str_eq(folders.path[3], "/from/user/almanac/cells");
	cr_assert(strstr(folders.path[4], "/cells"));
	cr_assert(strstr(folders.path[5], "/../lib/almanac/cells"));
	alm_cell_folders_release(&folders);
	cr_assert_eq(folders.n, 0);
}

Test(search, the_users_folder_is_below_home_without_xdg)
{
	unsetenv("ALMANAC_CELL_PATH");
	setenv("XDG_DATA_HOME", "relative", 1);
	setenv("HOME", "/home/ada", 1);
	struct alm_cell_folders folders = folders_of(NULL);
	cr_assert_str_eq(folders.path[0], "/home/ada/.local/share/almanac/cells");
	alm_cell_folders_release(&folders);
}

Test(search, no_home_is_no_error)
{
	unsetenv("ALMANAC_CELL_PATH");
	unsetenv("XDG_DATA_HOME");
	unsetenv("HOME");
	struct alm_cell_folders folders = folders_of("");
	cr_assert_eq(folders.n, 3);
	alm_cell_folders_release(&folders);
}

Test(search, the_working_directory_is_never_searched)
{
	struct alm_cell_folders folders = {.n = 77};
	struct alm_error err = {0};
	cr_assert_eq(alm_cell_folders_init(&folders, ".", &err), ALM_USAGE);
	cr_assert(strstr(err.text, "--cell-path"), "%s", err.text);
	cr_assert_eq(folders.n, 77);
	setenv("ALMANAC_CELL_PATH", "/fine:cells", 1);
	cr_assert_eq(alm_cell_folders_init(&folders, NULL, &err), ALM_USAGE);
	cr_assert(strstr(err.text, "ALMANAC_CELL_PATH") && strstr(err.text, "'cells'"), "%s", err.text);
	setenv("ALMANAC_CELL_PATH", ":/fine", 1);
	cr_assert_eq(alm_cell_folders_init(&folders, NULL, &err), ALM_USAGE);
}

Test(search, a_folder_longer_than_a_path_can_be_is_refused)
{
	struct alm_cell_folders folders;
	struct alm_error err = {0};
	char *list = malloc(PATH_MAX + 2);
	memset(list, 'x', PATH_MAX + 1);
	list[0] = '/';
	list[PATH_MAX + 1] = 0;
	cr_assert_eq(alm_cell_folders_init(&folders, list, &err), ALM_USAGE);
	cr_assert(strstr(err.text, "longer than"), "%s", err.text);
	free(list);
}

static bool first_gru(void *to, const char *path, const struct alm_cell *cell, const char *refused)
{
	(void)cell;
	(void)refused;
	if (!strstr(path, "/gru.so"))
		return true;
	snprintf(to, PATH_MAX, "%s", path);
	return false;
}

Test(search, a_name_is_taken_from_the_first_folder_that_has_it)
{
	char *folder = make_folder(), *file = make_path(folder, "gru.so"), found[PATH_MAX] = "";
	make_file(file, "this hides the built-in gru\n");
	struct alm_cell_folders folders = folders_of(folder);
	struct alm_cell cell;
	struct alm_error err = {0};
	cr_assert_eq(alm_cell_load(&folders, "gru", &cell, &err), ALM_UNAVAILABLE);
	cr_assert(strstr(err.text, file), "%s", err.text);
	cr_assert_eq(alm_cell_list(&folders, first_gru, found, &err), ALM_OK);
	cr_assert_str_eq(found, file);
	alm_cell_folders_release(&folders);
	free(folder);
	free(file);
}

static bool count(void *to, const char *path, const struct alm_cell *cell, const char *refused)
{
	(void)path;
	(void)cell;
	(void)refused;
	++*(int *)to;
	return true;
}

Test(search, files_that_cannot_be_cells_are_left_out_of_the_list)
{
	static const char *const others[] = {"notes.txt", "Upper.so", ".so", "libgru.so.1", "with-dash.so"};
	char *folder = make_folder();
	int n = 0;
	for (size_t i = 0; i < sizeof others / sizeof *others; i++) {
		char *file = make_path(folder, others[i]);
		make_file(file, "");
		free(file);
	}
	struct alm_cell_folders folders = {.n = 1, .path = calloc(1, sizeof *folders.path)};
	snprintf(folders.path[0], PATH_MAX, "%s", folder);
	cr_assert_eq(alm_cell_list(&folders, count, &n, NULL), ALM_OK);
	cr_assert_eq(n, 0);
	snprintf(folders.path[0], PATH_MAX, "/nonexistent");
	cr_assert_eq(alm_cell_list(&folders, count, &n, NULL), ALM_OK);
	cr_assert_eq(n, 0);
	alm_cell_folders_release(&folders);
	free(folder);
}

Test(search, without_any_cell_the_message_says_where_to_look)
{
	struct alm_cell_folders none = {0};
	struct alm_cell cell;
	struct alm_error err = {0};
	cr_assert_eq(alm_cell_load(&none, "gru", &cell, &err), ALM_UNAVAILABLE);
	cr_assert(strstr(err.text, "none") && strstr(err.text, "--cell-path"), "%s", err.text);
}
