/* A model's two ways: into a version of the store, and back. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "model/trained.h"

#define LAYOUT_TEXT 512

/* What of a cell decides whether stored weights mean the same to it. */
static const char *layout_of(const struct almanac_cell *cell, char out[static LAYOUT_TEXT])
{
	int n = snprintf(out, LAYOUT_TEXT, "gates %d, states %d, flags %d, parameters", cell->gates,
		cell->states, cell->flags & (ALMANAC_CELL_SPLIT | ALMANAC_CELL_NO_REC));
	for (int i = 0; i < cell->n_params && n < LAYOUT_TEXT; i++)
		n += snprintf(out + n, LAYOUT_TEXT - (size_t)n, " %s", cell->params[i].name);
	return out;
}

#define KEY_TEXT 40

/* The key of a fact of which there may be several: "cell", then "cell.1". */
static const char *key_of(const char *key, int place, char out[static KEY_TEXT])
{
	snprintf(out, KEY_TEXT, place ? "%s.%d" : "%s", key, place);
	return out;
}

static enum alm_status save_cell(
	const struct alm_cell *cell, int place, struct alm_pairs *facts, struct alm_error *err)
{
	char layout[LAYOUT_TEXT], key[KEY_TEXT];
	const char *const fact[][2] = {
		{"cell", cell->name},
		{"cell_version", cell->facts.version},
		{"cell_layout", layout_of(&cell->facts, layout)},
		{"cell_sha256", cell->sha256},
	};
	enum alm_status status = ALM_OK;
	for (size_t i = 0; i < sizeof fact / sizeof *fact && status == ALM_OK; i++)
		status = alm_pairs_add(facts, key_of(fact[i][0], place, key), fact[i][1], err);
	return status;
}

/* The key of the fact of an option of a layer's cell: "cell_option.0.forget_bias". */
static const char *option_key(
	int layer, const struct almanac_option *option, char out[static ALM_TENSOR_NAME])
{
	snprintf(out, ALM_TENSOR_NAME, "cell_option.%d.%s", layer, option->name);
	return out;
}

/* Every option of every layer's cell, also those that nobody set: a later build may have other values of its own. */
static enum alm_status save_options(
	const struct alm_network *network, struct alm_pairs *facts, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int layer = 0; layer < network->spec.n_layers; layer++) {
		const struct alm_recurrent_spec *spec = &network->layers[layer].direction[0].spec;
		for (int i = 0; i < spec->cell->n_options && status == ALM_OK; i++) {
			char key[ALM_TENSOR_NAME], value[32];
			snprintf(value, sizeof value, "%.9g", (double)spec->option[i]);
			status = alm_pairs_add(
				facts, option_key(layer, &spec->cell->options[i], key), value, err);
		}
	}
	return status;
}

/* "series.0" ... or "channel.0" ... */
static enum alm_status save_names(const char *key, int n,
	const char *(*name)(const struct alm_trained *, int), const struct alm_trained *trained,
	struct alm_pairs *facts, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0; i < n && status == ALM_OK; i++) {
		char numbered[KEY_TEXT];
		snprintf(numbered, sizeof numbered, "%s.%d", key, i);
		status = alm_pairs_add(facts, numbered, name(trained, i), err);
	}
	return status;
}

static const char *channel_name(const struct alm_trained *trained, int i)
{
	return trained->channels[i];
}

static const char *series_name(const struct alm_trained *trained, int i)
{
	return trained->scaler.series[i];
}

static const char *joined_name(const struct alm_trained *trained, int i)
{
	return trained->joined.name[i];
}

static const char *embedded_name(const struct alm_trained *trained, int i)
{
	return trained->embedded.name[i];
}

/* "word.<channel>": the begin of the keys of a category's words. */
static const char *word_key(int channel, char out[static KEY_TEXT])
{
	snprintf(out, KEY_TEXT, "word.%d", channel);
	return out;
}

static enum alm_status save_words(
	const struct alm_trained *trained, struct alm_pairs *facts, struct alm_error *err)
{
	const struct alm_vocabulary *vocabulary = &trained->vocabulary;
	enum alm_status status = ALM_OK;
	for (int channel = 0; channel < vocabulary->n_channels; channel++)
		for (int i = 0; i < vocabulary->words[channel].n && status == ALM_OK; i++) {
			char key[KEY_TEXT], numbered[2 * KEY_TEXT];
			snprintf(numbered, sizeof numbered, "%s.%d", word_key(channel, key), i);
			status = alm_pairs_add(facts, numbered, vocabulary->words[channel].name[i], err);
		}
	return status;
}

/* What a version says of the model beside its spec and weights. */
static enum alm_status save_facts(
	const struct alm_trained *trained, struct alm_pairs *facts, struct alm_error *err)
{
	const struct {
		const char *role;
		int n;
	} counts[] = {{"targets", trained->n_targets}, {"static", trained->n_static},
		{"future", alm_trained_future(trained)}};
	enum alm_status status = ALM_OK;
	for (int i = 0; i < trained->n_cells && status == ALM_OK; i++)
		status = save_cell(&trained->cells[i], i, facts, err);
	if (status == ALM_OK)
		status = save_options(&trained->network, facts, err);
	if (status == ALM_OK)
		status = alm_pairs_add(facts, "kernel", trained->network.kernel->name, err);
	for (size_t i = 0; i < sizeof counts / sizeof *counts && status == ALM_OK; i++) {
		char text[16];
		snprintf(text, sizeof text, "%d", counts[i].n);
		if (counts[i].n > 0)
			status = alm_pairs_add(facts, counts[i].role, text, err);
	}
	if (status == ALM_OK)
		status = save_names("channel", trained->n_channels, channel_name, trained, facts, err);
	if (status == ALM_OK)
		status = save_names("joined", trained->joined.n, joined_name, trained, facts, err);
	if (status == ALM_OK)
		status = save_names("vector", trained->embedded.n, embedded_name, trained, facts, err);
	if (status == ALM_OK)
		status = save_words(trained, facts, err);
	if (status == ALM_OK)
		status = save_names("series", trained->scaler.n_series, series_name, trained, facts, err);
	return status;
}

static struct alm_tensor_row row_of(const struct alm_tensor *tensor, const float *values)
{
	struct alm_tensor_row row = {.n_dims = tensor->n_dims, .values = values + tensor->offset};
	snprintf(row.name, sizeof row.name, "%s", tensor->name);
	memcpy(row.shape, tensor->shape, sizeof row.shape);
	return row;
}

/* The scaler's centers (0) or scales (1) as a tensor: [channels], or [1 + series][channels]. */
static struct alm_tensor scaler_tensor(const struct alm_scaler *scaler, int which)
{
	struct alm_tensor tensor = {.n_dims = 1, .shape = {scaler->n_channels}};
	snprintf(tensor.name, sizeof tensor.name, which ? "scaler.scale" : "scaler.center");
	if (scaler->n_series > 0) {
		tensor.n_dims = 2;
		tensor.shape[0] = 1 + scaler->n_series;
		tensor.shape[1] = scaler->n_channels;
	}
	tensor.n = (size_t)(1 + scaler->n_series) * (size_t)scaler->n_channels;
	return tensor;
}

static enum alm_status save_tensors(
	const struct alm_trained *trained, struct alm_version *version, struct alm_error *err)
{
	const struct alm_params *params = &trained->network.params;
	size_t n_bytes = (size_t)(params->n + 2) * sizeof *version->tensors;
	version->tensors = malloc(n_bytes);
	if (!version->tensors)
		return alm_fail_memory(err, n_bytes);
	for (int i = 0; i < params->n; i++)
		version->tensors[i] = row_of(&params->tensor[i], trained->network.values);
	const struct alm_scaler *scaler = &trained->scaler;
	for (int i = 0; i < 2; i++) {
		struct alm_tensor tensor = scaler_tensor(scaler, i);
		version->tensors[params->n + i] = row_of(&tensor, i ? scaler->scale : scaler->center);
	}
	version->n_tensors = params->n + 2;
	return ALM_OK;
}

enum alm_status alm_trained_save(
	const struct alm_trained *trained, struct alm_version *out, struct alm_error *err)
{
	struct alm_version made = *out;
	made.spec = made.facts = (struct alm_pairs){0};
	made.tensors = NULL;
	made.values = NULL;
	enum alm_status status = alm_spec_pairs(&trained->spec, &made.spec, err);
	if (status == ALM_OK)
		status = save_facts(trained, &made.facts, err);
	if (status == ALM_OK)
		status = save_tensors(trained, &made, err);
	if (status != ALM_OK) {
		alm_trained_unsave(&made);
		return status;
	}
	*out = made;
	return ALM_OK;
}

void alm_trained_unsave(struct alm_version *version)
{
	alm_pairs_release(&version->spec);
	alm_pairs_release(&version->facts);
	free(version->tensors);
	version->tensors = NULL;
	version->n_tensors = 0;
}

static enum alm_status missing_fact(const struct alm_version *version, const char *key, struct alm_error *err)
{
	return alm_fail(err, ALM_BAD_CONFIG, "version %d has no fact '%s'; train the model again",
		version->number, key);
}

/* The place that a key "<key>.<place>" has; -1 for any other text. */
static long place_of(const char *text, const char *key)
{
	size_t length = strlen(key);
	char *end;
	if (strncmp(text, key, length) != 0 || text[length] != '.' || text[length + 1] < '0' ||
		text[length + 1] > '9')
		return -1;
	long place = strtol(text + length + 1, &end, 10);
	return *end == '\0' ? place : -1;
}

/*
 * The names "<key>.0" ... of a version: the caller frees *names, the texts are the version's. One pass: there may be as many
 * as a panel has series.
 */
static enum alm_status load_names(const struct alm_version *version, const char *key, const char ***names,
	int *n, struct alm_error *err)
{
	const struct alm_pairs *facts = &version->facts;
	size_t n_bytes = ((size_t)facts->n + 1) * sizeof **names;
	const char **made = calloc((size_t)facts->n + 1, sizeof *made);
	if (!made)
		return alm_fail_memory(err, n_bytes);
	for (int i = 0; i < facts->n; i++) {
		long place = place_of(facts->pair[i].key, key);
		if (place >= 0 && place < facts->n)
			made[place] = facts->pair[i].value;
	}
	for (*n = 0; made[*n]; ++*n)
		;
	*names = made;
	return ALM_OK;
}

/* The number of channels of a role, which leaves room for the others: none where the version does not say. */
static enum alm_status load_count(
	const struct alm_version *version, const char *role, int most, int *n, struct alm_error *err)
{
	const char *text = alm_pairs_get(&version->facts, role);
	long count = text ? strtol(text, NULL, 10) : 0;
	if (count < 0 || count > most)
		return missing_fact(version, role, err);
	*n = (int)count;
	return ALM_OK;
}

static enum alm_status load_roles(
	const struct alm_version *version, struct alm_roles *roles, struct alm_error *err)
{
	if (roles->n == 0)
		return missing_fact(version, "channel.0", err);
	enum alm_status status = load_count(version, "targets", roles->n, &roles->n_targets, err);
	if (status == ALM_OK && roles->n_targets == 0)
		status = missing_fact(version, "targets", err);
	int others = roles->n - roles->n_targets;
	if (status == ALM_OK)
		status = load_count(version, "static", others, &roles->n_static, err);
	if (status == ALM_OK)
		status = load_count(version, "future", others - roles->n_static, &roles->n_future, err);
	return status;
}

static enum alm_status load_words(const struct alm_version *version, int n_channels,
	struct alm_vocabulary *vocabulary, struct alm_error *err)
{
	enum alm_status status = alm_vocabulary_init(vocabulary, n_channels, err);
	for (int channel = 0; channel < n_channels && status == ALM_OK; channel++) {
		char key[KEY_TEXT];
		const char **names = NULL;
		int n = 0;
		status = load_names(version, word_key(channel, key), &names, &n, err);
		for (int i = 0; i < n && status == ALM_OK; i++)
			status = alm_vocabulary_add(vocabulary, channel, names[i], err);
		free(names);
	}
	return status;
}

/* Copies the version's tensor of that name into `to` if it has the shape expected. */
static enum alm_status load_tensor(const struct alm_version *version, const struct alm_tensor *expected,
	float *to, struct alm_error *err)
{
	for (int i = 0; i < version->n_tensors; i++) {
		const struct alm_tensor_row *tensor = &version->tensors[i];
		if (strcmp(tensor->name, expected->name) != 0)
			continue;
		if (tensor->n_dims != expected->n_dims ||
			memcmp(tensor->shape, expected->shape,
				(size_t)expected->n_dims * sizeof *expected->shape) != 0)
			return alm_fail(err, ALM_BAD_CONFIG,
				"version %d: tensor '%s' has another shape than its spec says",
				version->number, expected->name);
		memcpy(to, tensor->values, expected->n * sizeof(float));
		return ALM_OK;
	}
	return alm_fail(
		err, ALM_BAD_CONFIG, "version %d has no tensor '%s'", version->number, expected->name);
}

/* The scaler of as many series as the version names. */
static enum alm_status load_scaler(
	struct alm_trained *trained, const struct alm_version *version, struct alm_error *err)
{
	const char **series = NULL;
	int n = 0;
	struct alm_scaler scaler;
	enum alm_status status = load_names(version, "series", &series, &n, err);
	if (status == ALM_OK)
		status = alm_scaler_init(&scaler, trained->scaler.n_channels, series, n, err);
	free(series);
	if (status != ALM_OK)
		return status;
	alm_scaler_release(&trained->scaler);
	trained->scaler = scaler;
	for (int i = 0; i < 2 && status == ALM_OK; i++) {
		struct alm_tensor tensor = scaler_tensor(&scaler, i);
		status = load_tensor(version, &tensor, i ? scaler.scale : scaler.center, err);
	}
	return status;
}

static enum alm_status load_values(
	struct alm_trained *trained, const struct alm_version *version, struct alm_error *err)
{
	const struct alm_params *params = &trained->network.params;
	enum alm_status status = load_scaler(trained, version, err);
	for (int i = 0; i < params->n && status == ALM_OK; i++)
		status = load_tensor(
			version, &params->tensor[i], trained->network.values + params->tensor[i].offset, err);
	if (status == ALM_OK)
		alm_network_pack(&trained->network);
	return status;
}

/* Refuses a cell that would read the weights otherwise; warns of one that has changed. */
static enum alm_status check_cell(const struct alm_cell *cell, int place, const struct alm_version *version,
	struct alm_reporter *reporter, struct alm_error *err)
{
	char layout[LAYOUT_TEXT], key[KEY_TEXT];
	const char *was = alm_pairs_get(&version->facts, key_of("cell_layout", place, key));
	const char *sha256 = alm_pairs_get(&version->facts, key_of("cell_sha256", place, key));
	if (!was || strcmp(was, layout_of(&cell->facts, layout)) != 0)
		return alm_fail(err, ALM_BAD_CONFIG,
			"%s: version %d was trained with cell '%s' of layout (%s), this one has (%s); train "
			"again",
			cell->path, version->number, cell->name, was ? was : "unknown", layout);
	if (sha256 && strcmp(sha256, cell->sha256) != 0)
		alm_note(reporter,
			"warning: cell '%s' (%s) has changed since version %d was trained: sha256 was %.12s, "
			"is %.12s; "
			"forecasts may differ, so train again, or put the old file back",
			cell->name, cell->path, version->number, sha256, cell->sha256);
	return ALM_OK;
}

static enum alm_status check_cells(const struct alm_trained *trained, const struct alm_version *version,
	struct alm_reporter *reporter, struct alm_error *err)
{
	const char *kernel = alm_pairs_get(&version->facts, "kernel");
	enum alm_status status = ALM_OK;
	for (int i = 0; i < trained->n_cells && status == ALM_OK; i++)
		status = check_cell(&trained->cells[i], i, version, reporter, err);
	if (status == ALM_OK && kernel && strcmp(kernel, trained->network.kernel->name) != 0)
		alm_note(reporter,
			"version %d was trained with kernel %s, this machine uses %s: the last bits may "
			"differ",
			version->number, kernel, trained->network.kernel->name);
	return status;
}

/* Options as they were in training; one that the cell did not have then is at the cell's own value. */
static enum alm_status load_options(
	struct alm_network *network, const struct alm_version *version, struct alm_error *err)
{
	for (int layer = 0; layer < network->spec.n_layers; layer++) {
		const struct almanac_cell *cell = network->spec.layers[layer].cell;
		for (int i = 0; i < cell->n_options; i++) {
			char key[ALM_TENSOR_NAME];
			const struct almanac_option *option = &cell->options[i];
			const char *text = alm_pairs_get(&version->facts, option_key(layer, option, key));
			float value = text ? strtof(text, NULL) : option->value;
			if (!(value >= option->low && value <= option->high))
				return alm_fail(err, ALM_BAD_CONFIG,
					"version %d was trained with %s = %s, cell '%s' now allows %g..%g; "
					"train again",
					version->number, option->name, text, cell->name, (double)option->low,
					(double)option->high);
			alm_layer_set_option(&network->layers[layer], i, value);
		}
	}
	return ALM_OK;
}

/* Spec and plan as they were when the version was trained; what does not fit is the file's fault, not usage. */
static enum alm_status load_plan(const struct alm_version *version, struct alm_spec *spec,
	struct alm_plan *plan, struct alm_error *err)
{
	struct alm_freq freq;
	alm_spec_init(spec);
	enum alm_status status = alm_spec_apply(spec, &version->spec, err);
	if (status == ALM_OK)
		status = alm_spec_check(spec, err);
	if (status == ALM_OK)
		status = alm_freq_parse("--freq", spec->freq, &freq, err);
	if (status == ALM_OK)
		status = alm_plan_make(spec, &freq, plan, err);
	if (status != ALM_USAGE)
		return status;
	alm_fail_in(err, "version %d: its spec", version->number);
	if (err)
		err->status = ALM_BAD_CONFIG;
	return ALM_BAD_CONFIG;
}

enum alm_status alm_trained_load(struct alm_trained *trained, const struct alm_version *version,
	const struct alm_cell_folders *folders, struct alm_reporter *reporter, struct alm_error *err)
{
	struct alm_spec spec;
	struct alm_plan plan;
	const char **names = NULL, **joined = NULL, **embedded = NULL;
	struct alm_vocabulary vocabulary = {0};
	struct alm_roles roles = {.vocabulary = &vocabulary};
	enum alm_status status = load_plan(version, &spec, &plan, err);
	if (status == ALM_OK)
		status = load_names(version, "channel", &names, &roles.n, err);
	if (status != ALM_OK)
		return status;
	roles.names = names;
	status = load_roles(version, &roles, err);
	if (status == ALM_OK)
		status = load_names(version, "joined", &joined, &roles.n_joined, err);
	roles.joined = joined;
	if (status == ALM_OK)
		status = load_names(version, "vector", &embedded, &roles.n_embedded, err);
	if (status == ALM_OK && spec.series_embedding > 0 && roles.n_embedded == 0)
		status = missing_fact(version, "vector.0", err);
	roles.embedded = embedded;
	if (status == ALM_OK)
		status = load_words(version, roles.n, &vocabulary, err);
	if (status == ALM_OK)
		status = alm_trained_init(trained, &spec, &plan, &roles, folders, err);
	free(names);
	free(joined);
	free(embedded);
	alm_vocabulary_release(&vocabulary);
	if (status == ALM_UNAVAILABLE)
		return alm_fail_in(err, "version %d needs a cell that is not here", version->number);
	if (status != ALM_OK)
		return status;
	status = check_cells(trained, version, reporter, err);
	if (status == ALM_OK)
		status = load_options(&trained->network, version, err);
	if (status == ALM_OK)
		status = load_values(trained, version, err);
	if (status != ALM_OK)
		alm_trained_release(trained);
	return status;
}
