#include <criterion/criterion.h>
#include <string.h>
#include "model/levels.h"

static enum alm_status read_levels(
	const char *loss, const char *text, float *out, int *n, struct alm_error *err)
{
	struct alm_spec spec;
	alm_spec_init(&spec);
	cr_assert_eq(alm_spec_set(&spec, "loss", loss, err), ALM_OK, "%s", err->text);
	cr_assert_eq(alm_spec_set(&spec, "quantiles", text, err), ALM_OK, "%s", err->text);
	return alm_levels_read(&spec, out, n, err);
}

static void refused(const char *loss, const char *text, const char *why)
{
	float levels[ALM_LEVELS_MAX];
	int n;
	struct alm_error err = {0};
	cr_assert_eq(read_levels(loss, text, levels, &n, &err), ALM_USAGE, "%s", text);
	cr_assert(strstr(err.text, "--quantiles") && strstr(err.text, why), "%s: %s", text, err.text);
}

Test(levels, are_read_in_rising_order)
{
	float levels[ALM_LEVELS_MAX];
	int n;
	struct alm_error err = {0};
	cr_assert_eq(read_levels("quantile", "0.025,0.5,0.975", levels, &n, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(n, 3);
	cr_assert_eq(levels[2], 0.975f);
	cr_assert_eq(alm_levels_value(levels[2]), 0.975, "as it was written");
	cr_assert_eq(read_levels("gaussian", "0.9", levels, &n, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(n, 1);
}

Test(levels, that_are_no_levels_are_refused)
{
	refused("gaussian", "", "''");
	refused("gaussian", "0.1,", "'0.1,'");
	refused("gaussian", "0", "'0'");
	refused("gaussian", "1", "'1'");
	refused("gaussian", "nan", "'nan'");
	refused("gaussian", "0.1 0.9", "'0.1 0.9'");
	refused("gaussian", "0.5,0.5", "not above");
	refused("gaussian", "0.9,0.1", "not above");
	refused("quantile", "0.1,0.9", "needs 0.5");
	refused("gaussian",
		"0.01,0.02,0.03,0.04,0.05,0.06,0.07,0.08,0.09,0.1,0.11,0.12,0.13,0.14,0.15,0.16,0.17,0.18,0."
		"19,0.2,"
		"0.21,0.22,0.23,0.24,0.25,0.26,0.27,0.28,0.29,0.3,0.31,0.32,0.33",
		"more than 32");
}
