#include "cmd.h"
#include "options.h"
#include "out/promotion.h"
#include "promote.h"

static const struct verb verb = {.name = "promote",
	.args_doc = "MODEL VERSION",
	.doc = "Makes a version of a model its champion, which forecasts from then on.\v"
	       "The version is loaded first, with its cell. What was champion stays in the history: almanac "
	       "rollback goes back to it.\n\n"
	       "  almanac promote tomorrow 7",
	.least = 2,
	.most = 2,
	.of_model = true,
	.takes = VERB_CELLS};

enum alm_status promote_and_print(
	const struct options *options, const struct alm_promote_request *request, struct alm_error *err)
{
	struct alm_promote_result result;
	enum alm_status status = alm_run_promote(&options->context, request, &result, err);
	if (status != ALM_OK)
		return status;
	if (options->json)
		return out_promotion_json(stdout, &result, err);
	if (options_prints(options))
		out_promotion_text(stdout, &result);
	return ALM_OK;
}

enum alm_status cmd_promote(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct options options = {0};
	int64_t version = 0;
	enum alm_status status = options_parse(&options, &verb, session, argc, argv, err);
	if (status != ALM_OK || options.answered)
		goto done;
	if (options_count(&options, "promote: VERSION", options.args[1], 1, INT32_MAX, &version) != 0) {
		status = err->status;
		goto done;
	}
	struct alm_promote_request request = {.model = options.args[0], .version = (int)version};
	status = promote_and_print(&options, &request, err);
done:
	options_release(&options);
	return status;
}
