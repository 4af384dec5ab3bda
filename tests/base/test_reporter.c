#include <criterion/criterion.h>
#include <string.h>
#include "base/reporter.h"

static char heard[2000];

static void hear(struct alm_reporter *self, const char *line)
{
	(void)self;
	strncpy(heard, line, sizeof heard - 1);
}

Test(reporter, passes_on_finished_lines)
{
	struct alm_reporter reporter = {.note = hear};
	alm_note(&reporter, "%d rows", 7);
	cr_assert_str_eq(heard, "7 rows");
}

Test(reporter, nobody_needs_to_listen)
{
	struct alm_reporter deaf = {0};
	alm_note(NULL, "x");
	alm_note(&deaf, "x");
	alm_progress(NULL, NULL);
	alm_progress(&deaf, &(struct alm_progress){0});
	cr_assert_not(alm_stopped(NULL));
	cr_assert_not(alm_stopped(&deaf));
}

Test(reporter, knows_the_wish_to_stop)
{
	volatile sig_atomic_t stop = 0;
	struct alm_reporter reporter = {.stop = &stop};
	cr_assert_not(alm_stopped(&reporter));
	stop = 15;
	cr_assert(alm_stopped(&reporter));
}

Test(reporter, the_clock_does_not_go_back)
{
	double before = alm_monotonic_s();
	cr_assert_geq(alm_monotonic_s(), before);
}
