#include "cmd.h"
#include "options.h"
#include "out/promotion.h"
#include "run/promote.h"

static const struct verb verb = {.name = "rollback",
	.args_doc = "MODEL",
	.doc = "Makes the champion before the champion the champion again.\v"
	       "A second rollback goes one further back. The version is loaded first, with its cell.\n\n"
	       "  almanac rollback tomorrow",
	.least = 1,
	.most = 1,
	.of_model = true,
	.takes = VERB_CELLS};

enum alm_status cmd_rollback(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct options options = {0};
	struct alm_promote_result result;
	enum alm_status status = options_parse(&options, &verb, session, argc, argv, err);
	if (status != ALM_OK || options.answered)
		goto done;
	struct alm_promote_request request = {.model = options.args[0], .rollback = true};
	status = alm_run_promote(&options.context, &request, &result, err);
	if (status != ALM_OK)
		goto done;
	if (options.json)
		status = out_promotion_json(stdout, &result, err);
	else if (options_prints(&options))
		out_promotion_text(stdout, &result);
done:
	options_release(&options);
	return status;
}
