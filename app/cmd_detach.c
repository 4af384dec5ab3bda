#include "cmd.h"
#include "options.h"
#include "out/text.h"
#include "run/detach.h"

static const struct verb verb = {.name = "detach",
	.args_doc = "NAME",
	.doc = "Forgets where the rows of an attached dataset are. What the application keeps is not "
	       "touched. A "
	       "dataset that is read in place is gone then, and is not forgotten while models are trained on "
	       "it; "
	       "one that was copied stays with its rows, and is refreshed no more.\v"
	       "  almanac detach sales",
	.least = 1,
	.most = 1};

static enum alm_status print_json(const struct alm_detach_result *result, struct alm_error *err)
{
	struct alm_json *json;
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(json, NULL);
	alm_json_text(json, "dataset", result->dataset);
	alm_json_text(json, "source", result->source);
	alm_json_bool(json, "kept", result->copied);
	alm_json_close(json);
	status = out_json_text(stdout, json, err);
	alm_json_free(json);
	return status;
}

static void print_text(const struct alm_detach_result *result)
{
	char dataset[2 * ALM_NAME_MAX + 2], source[2 * ALM_ORIGIN_TEXT];
	text_escape(result->dataset, dataset, sizeof dataset);
	text_escape(result->source, source, sizeof source);
	printf("detached  %s from %s, which is as it was\n", dataset, source);
	if (result->copied)
		puts("rows      those that were copied stay in the dataset");
}

enum alm_status cmd_detach(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct options options = {0};
	struct alm_detach_result result;
	enum alm_status status = options_parse(&options, &verb, session, argc, argv, err);
	if (status != ALM_OK || options.answered)
		goto done;
	status = alm_run_detach(&options.context, options.args[0], &result, err);
	if (status != ALM_OK)
		goto done;
	if (options.json)
		status = print_json(&result, err);
	else if (options_prints(&options))
		print_text(&result);
done:
	options_release(&options);
	return status;
}
