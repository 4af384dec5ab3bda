/* The settings of a model as options: each row of spec.def is one, a FLAG also as --no-<key>. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "model/layers.h"
#include "model/spec.h"
#include "options.h"

/* Keys by place in spec.def; the negative forms come after all of them. */
enum {
	KEY_FIRST = OPTIONS_KEY + 1000,
#define FIELD(kind, member, key, value, fallback, help) PLACE_##member,
#include "model/spec.def"
#undef FIELD
	KEY_NO = OPTIONS_KEY + 2000,
};

#define PLACE(member) (PLACE_##member - KEY_FIRST - 1)

/* The help has a heading before each of these; argp sorts the options below it by name. */
#define SECTION(at)                                                                                          \
	(50 + ((at) >= PLACE(lookback)) + ((at) >= PLACE(valid_from)) + ((at) >= PLACE(cell)) +              \
		((at) >= PLACE(loss)))

#define OPTION_TEXT(key, at, value, help)     {key, KEY_FIRST + (at), value, 0, help, SECTION(at)},
#define OPTION_DURATION(key, at, value, help) OPTION_TEXT(key, at, value, help)
#define OPTION_COUNT(key, at, value, help)    OPTION_TEXT(key, at, value, help)
#define OPTION_REAL(key, at, value, help)     OPTION_TEXT(key, at, value, help)
#define OPTION_TIME(key, at, value, help)     OPTION_TEXT(key, at, value, help)
#define OPTION_CHOICE(key, at, value, help)   OPTION_TEXT(key, at, value, help)
#define OPTION_LIST(key, at, value, help)     OPTION_TEXT(key, at, value, help)
#define OPTION_FLAG(key, at, value, help)                                                                    \
	{key, KEY_FIRST + (at), NULL, 0, help, SECTION(at)},                                                 \
		{"no-" key, KEY_NO + (at), NULL, OPTION_ALIAS, NULL, SECTION(at)},

static const struct argp_option settings_options[] = {
	{0, 0, 0, 0, "Settings, kept with the model. Data:", SECTION(PLACE(target))},
	{0, 0, 0, 0, "Windows:", SECTION(PLACE(lookback))},
	{0, 0, 0, 0, "Parts:", SECTION(PLACE(valid_from))},
	{0, 0, 0, 0, "Network:", SECTION(PLACE(cell))},
	{0, 0, 0, 0, "Training:", SECTION(PLACE(loss))},
#define FIELD(kind, member, key, value, fallback, help) OPTION_##kind(key, PLACE(member), value, help)
#include "model/spec.def"
#undef FIELD
	{0},
};

/* The setting of a key, or NULL. */
static const struct alm_field *field_of(int key)
{
	int place = key >= KEY_NO ? key - KEY_NO : key - KEY_FIRST;
	return place >= 0 && place < alm_spec_n_fields ? &alm_spec_fields[place] : NULL;
}

/* Checked at once, so that the error of a bad value is one of usage, before any file is touched. */
static enum alm_status take(struct options *options, const struct alm_field *field, const char *text)
{
	struct alm_spec scratch;
	alm_spec_init(&scratch);
	enum alm_status status = alm_spec_set(&scratch, field->key, text, options->err);
	if (status != ALM_OK)
		return status;
	const char *before = alm_pairs_get(&options->settings, field->key);
	if (field->kind != ALM_FIELD_LIST || !before)
		return alm_pairs_set(&options->settings, field->key, text, options->err);
	char *list;
	if (asprintf(&list, "%s%c%s", before, ALM_LAYERS_BETWEEN, text) < 0)
		return alm_fail_memory(options->err, strlen(before) + strlen(text));
	status = alm_pairs_set(&options->settings, field->key, list, options->err);
	free(list);
	return status;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	const struct alm_field *field = field_of(key);
	if (!field)
		return ARGP_ERR_UNKNOWN;
	bool flag = field->kind == ALM_FIELD_FLAG;
	return options_status(take(state->input, field, flag ? (key >= KEY_NO ? "no" : "yes") : arg));
}

/* Help with the default behind it; argp frees what is not the text it gave. */
static char *with_default(int key, const char *text, void *input)
{
	(void)input;
	const struct alm_field *field = field_of(key);
	char *whole = NULL;
	if (!text || !field || *field->fallback == '\0' ||
		asprintf(&whole, "%s [%s]", text, field->fallback) < 0)
		return (char *)text;
	return whole;
}

const struct argp options_settings = {settings_options, parse, 0, 0, 0, with_default, 0};
