#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "ingest/files.h"
#include "support/make.h"

static char *folder, *names[3], *star, *nothing;

static void setup(void)
{
	folder = make_folder();
	names[0] = make_path(folder, "b.csv");
	names[1] = make_path(folder, "a.csv");
	names[2] = make_path(folder, "[x].txt");
	star = make_path(folder, "*.csv");
	nothing = make_path(folder, "*.none");
	for (int i = 0; i < 3; i++)
		make_file(names[i], "");
}

static void teardown(void)
{
	for (int i = 0; i < 3; i++)
		free(names[i]);
	free(folder);
	free(star);
	free(nothing);
}

TestSuite(files, .init = setup, .fini = teardown);

Test(files, a_pattern_gives_its_files_by_name)
{
	struct alm_files files;
	const char *paths[] = {"-", star};
	cr_assert_eq(alm_files_find(&files, paths, 2, NULL), ALM_OK);
	cr_assert_eq(files.n, 3);
	cr_assert_str_eq(files.path[0], "-");
	cr_assert_str_eq(files.path[1], names[1]);
	cr_assert_str_eq(files.path[2], names[0]);
	alm_files_release(&files);
}

Test(files, a_file_called_like_a_pattern_is_itself)
{
	struct alm_files files;
	const char *paths[] = {names[2]};
	cr_assert_eq(alm_files_find(&files, paths, 1, NULL), ALM_OK);
	cr_assert_eq(files.n, 1);
	cr_assert_str_eq(files.path[0], names[2]);
	alm_files_release(&files);
}

static void fails(const char *const *paths, int n, enum alm_status status, const char *error)
{
	struct alm_files files;
	struct alm_error err;
	cr_assert_eq(alm_files_find(&files, paths, n, &err), status);
	cr_assert(strstr(err.text, error), "%s", err.text);
}

Test(files, a_pattern_without_files_and_a_file_that_is_not_there_are_missing_input)
{
	const char *pattern[] = {names[0], nothing}, *file[] = {names[0], "/none/x.csv"};
	fails(pattern, 2, ALM_NO_INPUT, "no file matches '");
	fails(file, 2, ALM_NO_INPUT, "cannot open '/none/x.csv': No such file or directory");
}

Test(files, standard_input_is_read_once)
{
	const char *paths[] = {"-", "-"};
	fails(paths, 2, ALM_USAGE, "standard input (-) can be read only once");
}
