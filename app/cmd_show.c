#include <errno.h>
#include <string.h>
#include "cmd.h"
#include "options.h"
#include "run/show.h"

struct show {
	struct options common;
	int limit;
};

enum { KEY_LIMIT = OPTIONS_KEY + 100 };

static const struct argp_option own_options[] = {
	{"limit", KEY_LIMIT, "N", 0, "the newest N rows at most, 0 for all [0]", 1},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct show *show = state->input;
	int64_t number = 0;
	if (key != KEY_LIMIT)
		return ARGP_ERR_UNKNOWN;
	if (options_count(&show->common, "--limit", arg, 0, INT32_MAX, &number) != 0)
		return EINVAL;
	show->limit = (int)number;
	return 0;
}

static const struct verb verb = {.name = "show",
	.args_doc = "WHAT [NAME]",
	.doc = "Shows what is there. WHAT is datasets, sources, channels, models, versions, runs, forecasts "
	       "(each with the id for almanac replay), scores (of backtests), live (how forecasts fared), "
	       "drift, promotions, policies, words (of categories) or cells; NAME "
	       "restricts it to one dataset, model or cell.\v"
	       "  almanac show models\n"
	       "  almanac show scores tomorrow --format csv",
	.least = 1,
	.most = 2,
	.options = own_options,
	.parse = parse,
	.takes = VERB_CELLS | VERB_FORMAT};

enum alm_status cmd_show(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct show show = {0};
	struct alm_text_table rows;
	enum alm_status status = options_parse(&show.common, &verb, session, argc, argv, err);
	const char *const *args = show.common.args;
	if (status != ALM_OK || show.common.answered)
		goto done;
	if (show.limit > 0 && strcmp(args[0], "cells") == 0) {
		status = alm_fail(err, ALM_USAGE, "show: --limit is for rows of the database, not for cells");
		goto done;
	}
	if (show.common.context.cell_path && strcmp(args[0], "cells") != 0) {
		status = alm_fail(err, ALM_USAGE, "show: --cell-path is for cells, not for %s", args[0]);
		goto done;
	}
	status = alm_run_show(&show.common.context, args[0], args[1], show.limit, &rows, err);
	if (status != ALM_OK)
		goto done;
	status = out_print(stdout, show.common.format, args[0], &rows, err);
	alm_text_table_release(&rows);
done:
	options_release(&show.common);
	return status;
}
