#include "model/layers.h"
#include <stdio.h>
#include <string.h>

/* What one layer may say of itself, and what it means without a value. */
static const struct {
	const char *key, *bare;
} options[] = {
	{"dropout", NULL},
	{"recurrent-dropout", NULL},
	{"bidirectional", "concat"},
	{"skip", "yes"},
	{"layer-norm", "yes"},
	{"trained-state", "yes"},
};

static enum alm_status refuse(const char *text, const char *what, struct alm_error *err)
{
	return alm_fail(err, ALM_USAGE,
		"--layer: '%s' in '%s'; expected CELL:UNITS and after commas dropout=X, recurrent-dropout=X, "
		"bidirectional=concat|sum|mean, skip, layer-norm, trained-state, and options of the cell "
		"(see almanac show cells)",
		what, text);
}

/* Takes the text up to one of the characters out of *text into word; the character it ended at. */
static char next_word(const char **text, const char *ends, alm_spec_TEXT word)
{
	size_t n = strcspn(*text, ends);
	char end = (*text)[n];
	snprintf(word, sizeof(alm_spec_TEXT), "%.*s", (int)n, *text);
	*text += end ? n + 1 : n;
	return end;
}

/* Keeps "name=value" for the layer's cell, which alone knows its options. */
static enum alm_status keep_option(alm_spec_TEXT options_of_cell, const char *name, const char *value,
	const char *text, struct alm_error *err)
{
	size_t used = strlen(options_of_cell), room = sizeof(alm_spec_TEXT) - used;
	int n = snprintf(options_of_cell + used, room, "%s%s=%s", used ? "," : "", name, value);
	return n < (int)room ? ALM_OK : refuse(text, "too many options", err);
}

static enum alm_status set_option(struct alm_spec *own, char *word, const char *text, bool *skip_given,
	alm_spec_TEXT options_of_cell, struct alm_error *err)
{
	char *value = strchr(word, '=');
	if (value)
		*value++ = '\0';
	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		if (strcmp(word, options[i].key) != 0)
			continue;
		const char *given = value ? value : options[i].bare;
		*skip_given |= strcmp(word, "skip") == 0;
		if (!given)
			return alm_fail(
				err, ALM_USAGE, "--layer: %s in '%s' needs a value: %s=X", word, text, word);
		enum alm_status status = alm_spec_set(own, word, given, err);
		return status == ALM_OK ? ALM_OK : alm_fail_in(err, "--layer '%s'", text);
	}
	return value ? keep_option(options_of_cell, word, value, text, err) : refuse(text, word, err);
}

/* One layer from the settings that hold for it. */
static struct alm_layer_spec layer_of(const struct alm_spec *own, bool skip)
{
	return (struct alm_layer_spec){.units = (int)own->units,
		.merge = (enum alm_merge)own->bidirectional,
		.dropout = own->dropout,
		.recurrent_dropout = own->recurrent_dropout,
		.skip = own->skip && skip,
		.norm = own->layer_norm,
		.trained_state = own->trained_state};
}

/* "CELL:UNITS,option=value" on top of the settings for all layers. */
static enum alm_status read_layer(
	const struct alm_spec *spec, const char *text, struct alm_layers *out, struct alm_error *err)
{
	struct alm_spec own = *spec;
	alm_spec_TEXT word;
	const char *rest = text;
	bool skip = out->n > 0;
	*out->layer[out->n].options = '\0';
	char end = next_word(&rest, ":,", own.cell);
	enum alm_status status = *own.cell ? ALM_OK : refuse(text, "no cell", err);
	if (status == ALM_OK && end == ':') {
		end = next_word(&rest, ",", word);
		status = alm_spec_set(&own, "units", word, err);
		if (status != ALM_OK)
			alm_fail_in(err, "--layer '%s'", text);
	}
	while (status == ALM_OK && end == ',') {
		end = next_word(&rest, ",", word);
		status = set_option(&own, word, text, &skip, out->layer[out->n].options, err);
	}
	if (status != ALM_OK)
		return status;
	snprintf(out->layer[out->n].cell, sizeof out->layer[out->n].cell, "%s", own.cell);
	out->layer[out->n++].spec = layer_of(&own, skip);
	return ALM_OK;
}

static enum alm_status too_many(long long n, struct alm_error *err)
{
	return alm_fail(err, ALM_USAGE, "--layers: expected 1..%d, found %lld", ALM_LAYERS_MAX, n);
}

enum alm_status alm_layers_read(const struct alm_spec *spec, struct alm_layers *out, struct alm_error *err)
{
	alm_spec_TEXT text;
	const char between[] = {ALM_LAYERS_BETWEEN, '\0'}, *rest = spec->layer;
	enum alm_status status = ALM_OK;
	char end = *rest ? ALM_LAYERS_BETWEEN : '\0';
	out->n = 0;
	while (end && status == ALM_OK) {
		end = next_word(&rest, between, text);
		status = out->n < ALM_LAYERS_MAX ? read_layer(spec, text, out, err)
						 : too_many(out->n + 1, err);
	}
	if (status != ALM_OK || out->n > 0)
		return status;
	if (spec->layers < 1 || spec->layers > ALM_LAYERS_MAX)
		return too_many((long long)spec->layers, err);
	for (; out->n < (int)spec->layers; out->n++) {
		snprintf(out->layer[out->n].cell, sizeof out->layer[out->n].cell, "%s", spec->cell);
		*out->layer[out->n].options = '\0';
		out->layer[out->n].spec = layer_of(spec, out->n > 0);
	}
	return ALM_OK;
}
