#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "cell/cell.h"
#include "check/module.h"
#include "support/make.h"

static struct alm_cell_library library;
static struct alm_module module;
static struct alm_error err;

static void setup(void)
{
	char *path = make_path(getenv("ALMANAC_TEST_CELLS"), "counting.so");
	cr_assert_eq(alm_cell_open(path, "counting.so", &library, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(alm_module_save(&module, (const void *)library.entry, &err), ALM_OK, "%s", err.text);
	free(path);
}

static void teardown(void)
{
	alm_module_release(&module);
	alm_cell_shut(&library);
}

TestSuite(module, .init = setup, .fini = teardown);

Test(module, nothing_is_changed_before_anything_was_called)
{
	cr_assert_gt(module.n_parts, 1);
	cr_assert_eq(alm_module_changed(&module), 0);
}

Test(module, a_variable_of_the_file_that_was_written_to_is_seen)
{
	library.entry()->forward(&(struct almanac_forward){.rows = 2});
	cr_assert_gt(alm_module_changed(&module), 0);
}

Test(module, a_variable_of_the_thread_that_was_written_to_is_seen)
{
	library.entry()->forward(&(struct almanac_forward){.rows = 1});
	cr_assert_gt(alm_module_changed(&module), 0);
}
