#include <stdlib.h>
#include "cmd.h"
#include "options.h"
#include "out/text.h"
#include "run/replay.h"
#include "time/timestamp.h"

struct replay {
	struct options common;
	struct alm_replay_request request;
};

enum { KEY_FUTURE = OPTIONS_KEY + 100 };

static const struct argp_option own_options[] = {
	{"future", KEY_FUTURE, "FILE", 0, "what was known ahead, when the forecast was made with such a file",
		1},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct replay *replay = state->input;
	if (key != KEY_FUTURE)
		return ARGP_ERR_UNKNOWN;
	replay->request.future = arg;
	return 0;
}

static const struct verb verb = {.name = "replay",
	.args_doc = "FORECAST",
	.doc = "Makes a stored forecast again, by its version and from the rows up to its cutoff, and "
	       "compares "
	       "every bit. Writes nothing.\v"
	       "FORECAST is an id: the last column of almanac show forecasts. Exit code 0: it comes out the "
	       "same; 65: it "
	       "does "
	       "not, and the line names the first difference; 66: there is no such forecast, or the weights "
	       "of "
	       "its version were dropped.\n\n"
	       "  almanac replay 12",
	.least = 1,
	.most = 1,
	.options = own_options,
	.parse = parse,
	.takes = VERB_CELLS};

static void print_text(int64_t id, const struct alm_stored_forecast *same)
{
	char cutoff[ALM_TIME_TEXT];
	char *model = text_escaped(same->model), *series = text_escaped(same->series);
	char *channel = text_escaped(same->channel);
	printf("forecast %lld is the same: model %s version %d, %s%s%s from %s, %d steps", (long long)id,
		model ? model : "?", same->version, series ? series : "?", *same->series ? ", " : "",
		channel ? channel : "?", alm_time_print(same->cutoff_ms, cutoff), same->n_steps);
	if (same->n_quantiles > 0)
		printf(" and %d quantiles", same->n_quantiles);
	putchar('\n');
	free(model);
	free(series);
	free(channel);
}

static enum alm_status print_json(int64_t id, const struct alm_stored_forecast *same, struct alm_error *err)
{
	char cutoff[ALM_TIME_TEXT];
	struct alm_json *json;
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(json, NULL);
	alm_json_integer(json, "forecast", id);
	alm_json_bool(json, "same", true);
	alm_json_text(json, "model", same->model);
	alm_json_integer(json, "version", same->version);
	alm_json_text(json, "series", same->series);
	alm_json_text(json, "channel", same->channel);
	alm_json_text(json, "cutoff", alm_time_print(same->cutoff_ms, cutoff));
	alm_json_integer(json, "steps", same->n_steps);
	alm_json_integer(json, "quantiles", same->n_quantiles);
	alm_json_close(json);
	status = out_json_text(stdout, json, err);
	alm_json_free(json);
	return status;
}

enum alm_status cmd_replay(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct replay replay = {.request = {.future = NULL}};
	struct alm_stored_forecast same = {.n_steps = 0};
	int64_t id = 0;
	enum alm_status status = options_parse(&replay.common, &verb, session, argc, argv, err);
	if (status != ALM_OK || replay.common.answered)
		goto done;
	if (options_count(&replay.common, "replay: FORECAST", replay.common.args[0], 1, INT64_MAX, &id) !=
		0) {
		status = err->status;
		goto done;
	}
	replay.request.forecast_id = id;
	status = alm_run_replay(&replay.common.context, &replay.request, &same, err);
	progress_end(&replay.common.progress);
	if (status == ALM_OK && replay.common.json)
		status = print_json(id, &same, err);
	else if (status == ALM_OK && options_prints(&replay.common))
		print_text(id, &same);
done:
	alm_stored_forecast_release(&same);
	options_release(&replay.common);
	return status;
}
