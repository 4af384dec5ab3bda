#include "cmd.h"
#include "promote.h"

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
	enum alm_status status = options_parse(&options, &verb, session, argc, argv, err);
	if (status == ALM_OK && !options.answered) {
		struct alm_promote_request request = {.model = options.args[0], .rollback = true};
		status = promote_and_print(&options, &request, err);
	}
	options_release(&options);
	return status;
}
