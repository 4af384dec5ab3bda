/* Settings that do not go together are refused before anything is trained, with the options named. */
#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "model/build.h"

struct setting {
	const char *key, *text;
};

/* Builds a model of two channels, the first n_targets of them targets, and with --static and --future one of each. */
static enum alm_status check(const struct setting *settings, int n_targets, struct alm_error *err)
{
	struct alm_spec spec;
	struct alm_plan plan;
	struct alm_layers layers;
	struct alm_freq hourly = {.step_ms = 3600000};
	alm_spec_init(&spec);
	cr_assert_eq(alm_spec_set(&spec, "lookback", "48", err), ALM_OK);
	for (; settings->key; settings++)
		cr_assert_eq(
			alm_spec_set(&spec, settings->key, settings->text, err), ALM_OK, "%s", err->text);
	enum alm_status status = alm_plan_make(&spec, &hourly, &plan, err);
	if (status == ALM_OK)
		status = alm_layers_read(&spec, &layers, err);
	if (status != ALM_OK)
		return status;
	int n_calendar = spec.calendar ? 6 : 0, n_future = *spec.future != '\0',
	    n_static = *spec.fixed != '\0';
	const struct alm_panel shape = {.n_channels = 2 + n_static + n_future + n_calendar,
		.n_static = n_static,
		.n_known = n_future + n_calendar,
		.n_calendar = n_calendar};
	struct alm_feed feed = alm_build_feed(&spec, &plan, &shape, n_targets);
	return alm_build_check(&spec, &layers, &feed, err);
}

static void fits(const struct setting *settings, int n_targets)
{
	struct alm_error err = {0};
	cr_assert_eq(check(settings, n_targets, &err), ALM_OK, "%s", err.text);
}

static void refused(const struct setting *settings, int n_targets, const char *why)
{
	struct alm_error err = {0};
	cr_assert_eq(check(settings, n_targets, &err), ALM_USAGE, "%s", why);
	cr_assert(strstr(err.text, why), "%s: %s", why, err.text);
}

#define SETTINGS(...) ((const struct setting[]){__VA_ARGS__, {NULL, NULL}})

Test(build, segments_want_whole_segments_of_targets_alone)
{
	fits(SETTINGS({"segment", "12"}), 2);
	fits(SETTINGS({"segment", "12"}, {"horizon", "31"}, {"min-lookback", "12"}), 2);
	refused(SETTINGS({"segment", "12"}), 1, "--past none");
	refused(SETTINGS({"segment", "13"}), 2, "no multiple");
	refused(SETTINGS({"segment", "0"}), 2, "--segment: expected at least one");
	refused(SETTINGS({"segment", "12"}, {"calendar", "yes"}), 2, "--calendar");
	refused(SETTINGS({"segment", "12"}, {"mask", "yes"}), 2, "--no-mask");
	refused(SETTINGS({"segment", "12"}, {"future", "plan"}), 2, "--future");
	refused(SETTINGS({"segment", "12"}, {"static", "size"}), 2, "--static");
	refused(SETTINGS({"segment", "12"}, {"min-lookback", "11"}), 2, "--min-lookback");
	refused(SETTINGS({"segment", "12"}, {"return", "sequences"}), 2, "--return last");
	refused(SETTINGS({"segment", "12"}, {"head", "recursive"}), 2, "--head direct");
}

Test(build, a_loss_at_every_step_must_not_see_the_future)
{
	fits(SETTINGS({"return", "sequences"}, {"calendar", "yes"}), 1);
	refused(SETTINGS({"return", "sequences"}, {"bidirectional", "sum"}), 1, "bidirectional");
	refused(SETTINGS({"return", "sequences"}, {"layer", "gru:8;gru:8,bidirectional"}), 1,
		"bidirectional");
	refused(SETTINGS({"return", "sequences"}, {"window-norm", "last"}), 1, "--window-norm");
}

Test(build, a_recursive_head_needs_every_channel_of_the_next_row)
{
	fits(SETTINGS({"head", "recursive"}, {"calendar", "yes"}, {"return", "sequences"}), 2);
	fits(SETTINGS({"head", "recursive"}, {"future", "plan"}, {"static", "size"}, {"mask", "yes"}), 2);
	refused(SETTINGS({"head", "recursive"}), 1, "--past none");
	refused(SETTINGS({"head", "recursive"}, {"delay", "1"}), 2, "--delay 0");
	refused(SETTINGS({"head", "recursive"}, {"sampling", "2"}), 2, "--sampling 1");
	refused(SETTINGS({"head", "recursive"}, {"bidirectional", "concat"}), 2, "one direction");
}
