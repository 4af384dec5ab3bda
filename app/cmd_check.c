#include <string.h>
#include "cmd.h"
#include "options.h"
#include "out/text.h"
#include "run/check.h"

struct check {
	struct options common;
	struct alm_check_request request;
	const char *load;
};

enum { KEY_DEEP = OPTIONS_KEY + 100, KEY_LOAD };

static const struct argp_option own_options[] = {
	{"deep", KEY_DEEP, 0, 0, "also load every champion, each in a process of its own", 1},
	{"load", KEY_LOAD, "MODEL", 0, "only load the champion of one model, in this process", 1},
	{0},
};

/* The type is argp's. */
// NOLINTNEXTLINE(readability-non-const-parameter)
static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct check *check = state->input;
	switch (key) {
	case KEY_DEEP:
		check->request.deep = true;
		return 0;
	case KEY_LOAD:
		check->load = arg;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct verb verb = {.name = "check",
	.doc = "Finds out whether everything in a database is as it must be: structure, schema, datasets, "
	       "runs, "
	       "versions, champions and forecasts.\v"
	       "Writes nothing. A line 'VIOLATION ID DETAIL' on standard output for each violation; "
	       "docs/reliability.md lists the rules by ID. Exit code 0 when there is none, 65 when there are "
	       "some.\n\n"
	       "  almanac check --deep",
	.options = own_options,
	.parse = parse,
	.takes = VERB_CELLS};

static void print_text(const struct check *check, const struct alm_check_result *result)
{
	const struct alm_violations *violations = &result->violations;
	char detail[4096], seconds[TEXT_NUMBER];
	for (int i = 0; i < violations->n; i++) {
		text_escape(violations->item[i].detail, detail, sizeof detail);
		printf("VIOLATION %s %s\n", violations->item[i].id, detail);
	}
	if (violations->n_all > violations->n)
		printf("%lld more of these\n", (long long)violations->n_all - violations->n);
	if (violations->n_all > 0 || check->common.quiet)
		return;
	printf("%lld datasets, %lld models, %lld versions, %lld forecasts", (long long)result->n_datasets,
		(long long)result->n_models, (long long)result->n_versions, (long long)result->n_forecasts);
	if (check->request.deep)
		printf(", %d champions loaded", result->n_loaded);
	printf(": all as it must be (%s)\n", text_seconds(result->seconds, seconds));
}

static enum alm_status print_json(const struct alm_check_result *result, struct alm_error *err)
{
	struct alm_json *json;
	const struct alm_violations *violations = &result->violations;
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(json, NULL);
	alm_json_integer(json, "schema", result->schema);
	alm_json_integer(json, "datasets", result->n_datasets);
	alm_json_integer(json, "models", result->n_models);
	alm_json_integer(json, "versions", result->n_versions);
	alm_json_integer(json, "forecasts", result->n_forecasts);
	alm_json_integer(json, "loaded", result->n_loaded);
	alm_json_real(json, "seconds", result->seconds);
	alm_json_integer(json, "n_violations", violations->n_all);
	alm_json_array(json, "violations");
	for (int i = 0; i < violations->n; i++) {
		alm_json_object(json, NULL);
		alm_json_text(json, "id", violations->item[i].id);
		alm_json_text(json, "detail", violations->item[i].detail);
		alm_json_close(json);
	}
	alm_json_close(json);
	alm_json_close(json);
	status = out_json_text(stdout, json, err);
	alm_json_free(json);
	return status;
}

static enum alm_status run(const struct check *check, struct alm_error *err)
{
	const struct alm_context *context = &check->common.context;
	struct alm_check_result result;
	if (check->load && check->request.deep)
		return alm_fail(err, ALM_USAGE, "check: --load is of one champion, --deep of all; use one");
	if (check->load)
		return alm_run_check_load(context, check->load, err);
	enum alm_status status = alm_run_check(context, &check->request, &result, err);
	if (status != ALM_OK)
		return status;
	if (check->common.json)
		status = print_json(&result, err);
	else
		print_text(check, &result);
	if (status == ALM_OK && result.violations.n_all > 0)
		status = alm_fail(err, ALM_BAD_DATA,
			"check: '%s' violates %lld rules; see docs/reliability.md", context->db_path,
			(long long)result.violations.n_all);
	alm_check_result_release(&result);
	return status;
}

enum alm_status cmd_check(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct check check = {0};
	enum alm_status status = options_parse(&check.common, &verb, session, argc, argv, err);
	if (status == ALM_OK && !check.common.answered)
		status = run(&check, err);
	options_release(&check.common);
	return status;
}
