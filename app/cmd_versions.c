#include "cmd.h"
#include "options.h"
#include "run/show.h"

static const struct verb verb = {.name = "versions",
	.args_doc = "[MODEL]",
	.doc = "Shows the versions of a model, or of all: the same as almanac show versions.\v"
	       "  almanac versions tomorrow",
	.least = 0,
	.most = 1,
	.of_model = true,
	.takes = VERB_FORMAT};

enum alm_status cmd_versions(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct options options = {0};
	struct alm_text_table rows;
	enum alm_status status = options_parse(&options, &verb, session, argc, argv, err);
	if (status == ALM_OK && !options.answered)
		status = alm_run_show(&options.context, "versions", options.args[0], 0, &rows, err);
	if (status == ALM_OK && !options.answered) {
		status = out_print(stdout, options.format, "versions", &rows, err);
		alm_text_table_release(&rows);
	}
	options_release(&options);
	return status;
}
