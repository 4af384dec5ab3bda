/* An application's database that Almanac has not moved into. */
#include <criterion/criterion.h>
#include <stdio.h>
#include "cli/program.h"
#include "cli/shop.h"

static struct cli cli;

static void setup(void)
{
	cli_init(&cli);
	shop_make(&cli, "t.db");
}

TestSuite(guest, .init = setup);

Test(guest, a_verb_that_needs_what_is_not_there_leaves_the_application_s_file_to_the_last_byte)
{
	static const char *const verbs[][3] = {{"train", "m", "--dataset=sales"}, {"forecast", "m"},
		{"retrain", "--all"}, {"promote", "m", "1"}, {"prune", "m"}, {"score", "m"},
		{"refresh", "sales"}, {"detach", "sales"}};
	char before[128];
	snprintf(before, sizeof before, "%s", shop_hash(&cli, "t.db"));
	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++) {
		struct cli_result result = cli_run(&cli, verbs[i][0], verbs[i][1], verbs[i][2], NULL);
		cli_expect(&result, 66, "there is nothing of Almanac in 't.db', which stays as it is");
		cr_assert_str_eq(shop_hash(&cli, "t.db"), before, "%s", verbs[i][0]);
	}
}
