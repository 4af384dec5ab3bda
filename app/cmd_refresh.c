#include <errno.h>
#include <stdlib.h>
#include "cmd.h"
#include "options.h"
#include "out/text.h"
#include "run/names.h"
#include "run/refresh.h"
#include "time/timestamp.h"

struct refresh {
	struct options common;
	bool all;
	int64_t overlap_ms;
};

enum { KEY_ALL = OPTIONS_KEY + 100, KEY_OVERLAP };

static const struct argp_option own_options[] = {
	{"all", KEY_ALL, 0, 0, "every dataset that was attached with --copy", 1},
	{"overlap", KEY_OVERLAP, "TIME", 0, "look so far back for corrections, e.g. 2d [0s]", 1},
	{0},
};

static error_t check(struct refresh *refresh)
{
	if (refresh->common.answered || refresh->all != (refresh->common.args[0] != NULL))
		return 0;
	return options_status(alm_fail(refresh->common.err, ALM_USAGE,
		refresh->all ? "--all and a NAME exclude each other" : "expected NAME or --all"));
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct refresh *refresh = state->input;
	switch (key) {
	case KEY_ALL:
		refresh->all = true;
		return 0;
	case KEY_OVERLAP:
		return options_time(&refresh->common, "--overlap", arg, &refresh->overlap_ms);
	case ARGP_KEY_END:
		return check(refresh);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct verb verb = {.name = "refresh",
	.args_doc = "[NAME]",
	.doc = "Copies the rows that are newer than the last of their series from the source of a dataset "
	       "that was "
	       "attached with --copy, in one transaction.\v"
	       "With --overlap, rows from before the last one are compared again and replaced where they "
	       "have "
	       "changed. With --all, a dataset that fails does not keep the others from being refreshed.\n\n"
	       "  almanac refresh load --overlap 2d\n"
	       "  almanac refresh --all",
	.least = 0,
	.most = 1,
	.options = own_options,
	.parse = parse};

static void print_result(const struct alm_refresh_result *result)
{
	char a[TEXT_NUMBER], b[TEXT_NUMBER], c[TEXT_NUMBER];
	char first[ALM_TIME_TEXT], last[ALM_TIME_TEXT];
	const struct alm_pull_summary *pulled = &result->pulled;
	char *dataset = text_escaped(result->dataset);
	printf("dataset   %s, %s of %s rows taken in %s\n", dataset ? dataset : "?",
		text_count((int64_t)pulled->n_taken, a), text_count((int64_t)pulled->n_read, b),
		text_seconds(result->seconds, c));
	printf("          %s new, %s changed, %s as they were\n", text_count((int64_t)pulled->n_inserted, a),
		text_count((int64_t)pulled->n_updated, b), text_count((int64_t)pulled->n_unchanged, c));
	if (pulled->n_taken > 0)
		printf("time      %s to %s\n", alm_time_print(pulled->first_ms, first),
			alm_time_print(pulled->last_ms, last));
	free(dataset);
}

static void add_json(struct alm_json *json, const struct alm_refresh_result *result)
{
	const struct alm_pull_summary *pulled = &result->pulled;
	char first[ALM_TIME_TEXT], last[ALM_TIME_TEXT];
	bool any = pulled->n_taken > 0;
	alm_json_object(json, NULL);
	alm_json_text(json, "dataset", result->dataset);
	alm_json_integer(json, "rows", (int64_t)pulled->n_taken);
	alm_json_integer(json, "inserted", (int64_t)pulled->n_inserted);
	alm_json_integer(json, "updated", (int64_t)pulled->n_updated);
	alm_json_integer(json, "unchanged", (int64_t)pulled->n_unchanged);
	alm_json_integer(json, "duplicates", (int64_t)pulled->n_duplicates);
	alm_json_integer(json, "nulls", (int64_t)pulled->n_nulls);
	alm_json_text(json, "first", any ? alm_time_print(pulled->first_ms, first) : NULL);
	alm_json_text(json, "last", any ? alm_time_print(pulled->last_ms, last) : NULL);
	alm_json_real(json, "seconds", result->seconds);
	alm_json_close(json);
}

/* One dataset, into the JSON object or onto the terminal. */
static enum alm_status refresh_one(
	struct refresh *refresh, const char *name, struct alm_json *json, struct alm_error *err)
{
	struct alm_refresh_request request = {.name = name, .overlap_ms = refresh->overlap_ms};
	struct alm_refresh_result result;
	enum alm_status status = alm_run_refresh(&refresh->common.context, &request, &result, err);
	if (status != ALM_OK)
		return status;
	progress_end(&refresh->common.progress);
	if (json)
		add_json(json, &result);
	else if (options_prints(&refresh->common))
		print_result(&result);
	return ALM_OK;
}

/* Goes on after a failure; the first is the verb's, the others are noted. A signal ends it. */
static enum alm_status refresh_all(struct refresh *refresh, struct alm_json *json, struct alm_error *err)
{
	struct alm_names names = {0};
	struct alm_error why;
	enum alm_status first = ALM_OK, status = alm_run_copies(&refresh->common.context, &names, err);
	if (status != ALM_OK)
		return status;
	for (int i = 0; i < names.n && first != ALM_INTERRUPTED; i++) {
		status = refresh_one(refresh, names.name[i], json, first == ALM_OK ? err : &why);
		if (status != ALM_OK && first != ALM_OK)
			alm_note(refresh->common.context.reporter, "%s", why.text);
		if (first == ALM_OK || status == ALM_INTERRUPTED)
			first = status;
	}
	alm_names_release(&names);
	return first;
}

static enum alm_status run(struct refresh *refresh, struct alm_json *json, struct alm_error *err)
{
	if (json) {
		alm_json_object(json, NULL);
		alm_json_array(json, "refreshed");
	}
	enum alm_status status = refresh->all ? refresh_all(refresh, json, err)
					      : refresh_one(refresh, refresh->common.args[0], json, err);
	if (json) {
		alm_json_close(json);
		alm_json_close(json);
	}
	/* What was refreshed is told even when something else failed. */
	struct alm_error lost;
	if (!json || (status != ALM_OK && !refresh->all))
		return status;
	enum alm_status printed = out_json_text(stdout, json, status == ALM_OK ? err : &lost);
	return status == ALM_OK ? printed : status;
}

enum alm_status cmd_refresh(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct refresh refresh = {0};
	struct alm_json *json = NULL;
	enum alm_status status = options_parse(&refresh.common, &verb, session, argc, argv, err);
	if (status != ALM_OK || refresh.common.answered)
		goto done;
	if (refresh.common.json)
		status = alm_json_new(&json, err);
	if (status == ALM_OK)
		status = run(&refresh, json, err);
	alm_json_free(json);
done:
	options_release(&refresh.common);
	return status;
}
