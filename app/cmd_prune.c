#include "cmd.h"
#include "options.h"
#include "run/prune.h"

struct prune {
	struct options common;
	struct alm_prune_request request;
};

enum { KEY_KEEP = OPTIONS_KEY + 100 };

static const struct argp_option own_options[] = {
	{"keep", KEY_KEEP, "N", 0, "newest versions of each model that keep their weights [5]", 1},
	{0},
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct prune *prune = state->input;
	int64_t number = 0;
	if (key != KEY_KEEP)
		return ARGP_ERR_UNKNOWN;
	if (options_count(&prune->common, "--keep", arg, 1, INT32_MAX, &number) != 0)
		return EINVAL;
	prune->request.keep = (int)number;
	return 0;
}

static const struct verb verb = {.name = "prune",
	.args_doc = "[MODEL]",
	.doc = "Drops the weights of old versions of a model, or of all models.\v"
	       "The newest versions keep theirs, and so do the champion and the two champions before it. "
	       "What "
	       "versions have forecast, and how that fared, stays. The file does not shrink; its free pages "
	       "are used again (VACUUM gives them back).\n\n"
	       "  almanac prune --keep 10",
	.least = 0,
	.most = 1,
	.of_model = true,
	.options = own_options,
	.parse = parse};

static enum alm_status print_json(int n, struct alm_error *err)
{
	struct alm_json *json;
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(json, NULL);
	alm_json_integer(json, "pruned", n);
	alm_json_close(json);
	status = out_json_text(stdout, json, err);
	alm_json_free(json);
	return status;
}

enum alm_status cmd_prune(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct prune prune = {.request = {.keep = 5}};
	int n = 0;
	enum alm_status status = options_parse(&prune.common, &verb, session, argc, argv, err);
	if (status != ALM_OK || prune.common.answered)
		goto done;
	prune.request.model = prune.common.args[0];
	status = alm_run_prune(&prune.common.context, &prune.request, &n, err);
	if (status != ALM_OK)
		goto done;
	if (prune.common.json)
		status = print_json(n, err);
	else if (options_prints(&prune.common))
		printf("dropped the weights of %d version%s\n", n, n == 1 ? "" : "s");
done:
	options_release(&prune.common);
	return status;
}
