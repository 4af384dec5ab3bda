#include "cmd.h"
#include <errno.h>
#include "options.h"
#include "out/describe.h"
#include "run/describe.h"

/* Strips that are drawn, and their columns: with a name before them they fit into a terminal. */
#define STRIPS      12
#define STRIP_WIDTH 64

struct describe {
	struct options common;
	struct alm_describe_request request;
};

enum { KEY_SERIES = OPTIONS_KEY + 100, KEY_FREQ };

static const struct argp_option own_options[] = {
	{"series", KEY_SERIES, "ID", 0, "only this series (default: all)", 1},
	{"freq", KEY_FREQ, "STEP", 0, "grid step such as 1h, 15min, 1bd, 1mo (default: inferred)", 1},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct describe *describe = state->input;
	struct alm_freq freq;
	switch (key) {
	case KEY_SERIES:
		describe->request.series = arg;
		return 0;
	case KEY_FREQ:
		describe->request.freq = arg;
		return options_status(alm_freq_parse("--freq", arg, &freq, describe->common.err));
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct verb verb = {.name = "describe",
	.args_doc = "DATASET",
	.doc = "Shows what is in a dataset and what of it is irregular: gaps, rows off the grid, missing "
	       "values, "
	       "outliers; which seasons it has, and which parts of the time range are there. Changes "
	       "nothing.\v"
	       "Outliers lie more than 3.5 robust deviations, MAD / 0.6745, from the median of their series. "
	       "Seasons are peaks of the autocorrelation of the differences, and of the values less their "
	       "trend, of the series with most rows.\n\n"
	       "  almanac describe load\n"
	       "  almanac describe sales --series north --json",
	.least = 1,
	.most = 1,
	.options = own_options,
	.parse = parse};

enum alm_status cmd_describe(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct describe describe = {.request = {.strips = STRIPS, .strip_width = STRIP_WIDTH}};
	struct alm_description description;
	enum alm_status status = options_parse(&describe.common, &verb, session, argc, argv, err);
	if (status != ALM_OK || describe.common.answered)
		goto done;
	describe.request.dataset = describe.common.args[0];
	status = alm_run_describe(&describe.common.context, &describe.request, &description, err);
	if (status != ALM_OK)
		goto done;
	progress_end(&describe.common.progress);
	status = describe.common.json ? describe_json(&description, err) : describe_text(&description, err);
	alm_description_release(&description);
done:
	options_release(&describe.common);
	return status;
}
