#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "cell.h"
#include "options.h"
#include "out/check.h"
#include "run/cell_check.h"
#include "time/freq.h"

#define TIMEOUT_MS 60000
#define SEEDS_MAX  1000

struct check {
	struct options common;
	struct alm_cell_check_request request;
};

enum { KEY_SEED = OPTIONS_KEY + 100, KEY_SEEDS, KEY_TIMEOUT };

static const struct argp_option own_options[] = {
	{"seed", KEY_SEED, "N", 0, "seed of the inputs that are tried [1]", 1},
	{"seeds", KEY_SEEDS, "N", 0, "rounds of checks, each with the next seed [1]", 1},
	{"timeout", KEY_TIMEOUT, "TIME", 0, "end a cell that does not return in time [60s]", 1},
	{0},
};

static error_t take_timeout(struct check *check, const char *text)
{
	struct alm_duration duration;
	struct alm_error *err = check->common.err;
	enum alm_status status = alm_duration_parse("--timeout", text, &duration, err);
	if (status == ALM_OK &&
		(duration.kind != ALM_DURATION_MS || duration.count < 1 || duration.count > INT32_MAX / 2))
		status = alm_fail(err, ALM_USAGE,
			"--timeout: expected a length of time such as 30s or 10min, found '%s'", text);
	if (status == ALM_OK)
		check->request.timeout_ms = (int)duration.count;
	return options_status(status);
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct check *check = state->input;
	int64_t number = 0;
	switch (key) {
	case KEY_SEED:
		if (options_count(&check->common, "--seed", arg, 0, INT64_MAX, &number) != 0)
			return EINVAL;
		check->request.seed = (uint64_t)number;
		return 0;
	case KEY_SEEDS:
		if (options_count(&check->common, "--seeds", arg, 1, SEEDS_MAX, &number) != 0)
			return EINVAL;
		check->request.n_seeds = (int)number;
		return 0;
	case KEY_TIMEOUT:
		return take_timeout(check, arg);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct verb verb = {.name = "cell check",
	.args_doc = "FILE|NAME",
	.doc = "Tries everything on a cell that its contract asks of it.\v"
	       "The cell runs in a process of its own that is shut off from files, network and the rest of "
	       "the "
	       "system: what it tries, and how it ends, is a finding. An argument with a slash is a file, "
	       "one "
	       "without is the name of a cell on the path. Exit code 0 when all checks passed, 65 when one "
	       "failed.\n\n"
	       "  almanac cell check ./mycell.so\n"
	       "  almanac cell check lstm --seeds 50 --json",
	.least = 1,
	.most = 1,
	.options = own_options,
	.parse = parse,
	.takes = VERB_CELLS};

static enum alm_status print(
	const struct check *check, const struct alm_cell_check *found, struct alm_error *err)
{
	if (!options_prints(&check->common))
		return ALM_OK;
	if (check->common.json)
		return out_check_json(stdout, found, err);
	out_check_text(stdout, found);
	return ALM_OK;
}

enum alm_status cell_check(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct check check = {.request = {.seed = 1, .n_seeds = 1, .timeout_ms = TIMEOUT_MS}};
	struct alm_cell_check found;
	enum alm_status status = options_parse(&check.common, &verb, session, argc, argv, err);
	if (status != ALM_OK || check.common.answered)
		goto done;
	check.request.cell = check.common.args[0];
	status = alm_run_cell_check(&check.common.context, &check.request, &found, err);
	if (status != ALM_OK) {
		status = alm_fail_in(err, "cell check");
		goto done;
	}
	status = print(&check, &found, err);
	if (status == ALM_OK && found.results.n_failed > 0)
		status = alm_fail(err, ALM_BAD_DATA, "cell check: '%s' fails %d of %d checks",
			check.request.cell, found.results.n_failed,
			found.results.n_failed + found.results.n_passed);
	alm_check_results_release(&found.results);
done:
	options_release(&check.common);
	return status;
}
