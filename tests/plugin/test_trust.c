#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "plugin/trust.h"
#include "support/make.h"

#define SOMEBODY 54321 /* a user who is neither root nor us */

static void refused(const char *path, const char *component, const char *reason)
{
	struct alm_error err = {0};
	cr_assert_eq(alm_plugin_trust(path, &err), ALM_NO_PERMISSION, "%s", err.text);
	cr_assert(strstr(err.text, component) && strstr(err.text, reason), "%s", err.text);
}

/* A folder and a file in it, both as a careful user would leave them, with all links resolved. */
static void open_place(char **folder, char **file)
{
	char *made = make_folder();
	*folder = realpath(made, NULL);
	cr_assert(*folder);
	*file = make_path(*folder, "cell.so");
	make_file(*file, "");
	cr_assert_eq(chmod(*folder, 0755), 0);
	cr_assert_eq(chmod(*file, 0644), 0);
	free(made);
}

static void close_place(char *folder, char *file)
{
	free(folder);
	free(file);
}

Test(trust, our_own_file_in_our_own_folder_is_trusted)
{
	char *folder, *file;
	struct alm_error err = {0};
	open_place(&folder, &file);
	cr_assert_eq(alm_plugin_trust(file, &err), ALM_OK, "%s", err.text);
	close_place(folder, file);
}

Test(trust, the_component_that_others_may_write_is_named)
{
	char *folder, *file;
	open_place(&folder, &file);
	cr_assert_eq(chmod(file, 0664), 0);
	refused(file, file, "chmod go-w");
	cr_assert_eq(chmod(file, 0646), 0);
	refused(file, file, "chmod go-w");
	cr_assert_eq(chmod(file, 0644), 0);
	cr_assert_eq(chmod(folder, 0775), 0);
	refused(file, folder, "chmod go-w");
	close_place(folder, file);
}

Test(trust, a_sticky_folder_may_be_open_to_all)
{
	char *folder, *file;
	struct alm_error err = {0};
	open_place(&folder, &file);
	cr_assert_eq(chmod(folder, 01777), 0);
	cr_assert_eq(alm_plugin_trust(file, &err), ALM_OK, "%s", err.text);
	close_place(folder, file);
}

Test(trust, what_somebody_else_owns_is_refused)
{
	char *folder, *file;
	if (geteuid() != 0)
		cr_skip_test("only root can give a file away");
	open_place(&folder, &file);
	cr_assert_eq(chown(file, SOMEBODY, 0), 0);
	refused(file, file, "owned by somebody else");
	cr_assert_eq(chown(file, 0, 0), 0);
	cr_assert_eq(chown(folder, SOMEBODY, 0), 0);
	refused(file, folder, "owned by somebody else");
	close_place(folder, file);
}

Test(trust, a_folder_is_no_cell)
{
	char *folder, *file;
	open_place(&folder, &file);
	refused(folder, folder, "not a regular file");
	close_place(folder, file);
}

Test(trust, a_path_that_is_not_there_or_not_absolute_is_said_to_be_so)
{
	char *folder, *file;
	struct alm_error err = {0};
	open_place(&folder, &file);
	cr_assert_eq(unlink(file), 0);
	cr_assert_eq(alm_plugin_trust(file, &err), ALM_UNAVAILABLE);
	cr_assert(strstr(err.text, file), "%s", err.text);
	cr_assert_eq(alm_plugin_trust("cells/gru.so", &err), ALM_BUG);
	close_place(folder, file);
}
