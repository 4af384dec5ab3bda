/* The model that a version of the store holds. */
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "model/trained_facts.h"

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
		char key[ALM_KEY_TEXT];
		const char **names = NULL;
		int n = 0;
		status = load_names(version, alm_word_key(channel, key), &names, &n, err);
		for (int i = 0; i < n && status == ALM_OK; i++)
			status = alm_vocabulary_add(vocabulary, channel, names[i], err);
		free(names);
	}
	return status;
}

/* A version's tensors as they are looked for: mostly in the order in which they were saved, and there may be very many. */
struct tensors {
	const struct alm_version *version;
	int next; /* place behind the one found last */
};

static const struct alm_tensor_row *find_tensor(struct tensors *tensors, const char *name)
{
	const struct alm_version *version = tensors->version;
	for (int i = 0; i < version->n_tensors; i++) {
		int place = (tensors->next + i) % version->n_tensors;
		if (strcmp(version->tensors[place].name, name) != 0)
			continue;
		tensors->next = place + 1;
		return &version->tensors[place];
	}
	return NULL;
}

/* Copies the tensor of that name into `to` if it has the shape expected. */
static enum alm_status load_tensor(
	struct tensors *tensors, const struct alm_tensor *expected, float *to, struct alm_error *err)
{
	int number = tensors->version->number;
	const struct alm_tensor_row *tensor = find_tensor(tensors, expected->name);
	if (!tensor)
		return alm_fail(err, ALM_BAD_CONFIG, "version %d has no tensor '%s'", number, expected->name);
	if (tensor->n_dims != expected->n_dims ||
		memcmp(tensor->shape, expected->shape, (size_t)expected->n_dims * sizeof *expected->shape) !=
			0)
		return alm_fail(err, ALM_BAD_CONFIG,
			"version %d: tensor '%s' has another shape than its spec says", number,
			expected->name);
	memcpy(to, tensor->values, expected->n * sizeof(float));
	return ALM_OK;
}

/* The scaler of as many series as the version names. */
static enum alm_status load_scaler(
	struct alm_trained *trained, struct tensors *tensors, struct alm_error *err)
{
	const char **series = NULL;
	int n = 0;
	struct alm_scaler scaler;
	enum alm_status status = load_names(tensors->version, "series", &series, &n, err);
	if (status == ALM_OK && trained->spec.per_series && n == 0)
		status = missing_fact(tensors->version, "series.0", err);
	if (status == ALM_OK)
		status = alm_scaler_init(&scaler, trained->scaler.n_channels, series, n, err);
	free(series);
	if (status != ALM_OK)
		return status;
	alm_scaler_release(&trained->scaler);
	trained->scaler = scaler;
	for (int i = 0; i < 2 && status == ALM_OK; i++) {
		struct alm_tensor tensor = alm_scaler_tensor(&scaler, i);
		status = load_tensor(tensors, &tensor, i ? scaler.scale : scaler.center, err);
	}
	alm_scaler_set_inverse(&scaler);
	return status;
}

static enum alm_status load_network(struct alm_trained *trained, struct tensors *tensors, int number,
	float *values, struct alm_error *err)
{
	const struct alm_params *params = &trained->network.params;
	enum alm_status status = ALM_OK;
	for (int i = 0; i < params->n && status == ALM_OK; i++) {
		struct alm_tensor tensor = alm_network_tensor(trained, number, &params->tensor[i]);
		status = load_tensor(tensors, &tensor, values + tensor.offset, err);
	}
	return status;
}

/* The networks of as many series as the scaler has. */
static enum alm_status load_networks(
	struct alm_trained *trained, struct tensors *tensors, struct alm_error *err)
{
	size_t n_floats = trained->network.params.n_floats, n_bytes = 0;
	int n = trained->scaler.n_series;
	if (!alm_mul_size((size_t)n, n_floats * sizeof(float), &n_bytes))
		return alm_fail_memory(err, SIZE_MAX);
	trained->networks = malloc(n_bytes);
	if (!trained->networks)
		return alm_fail_memory(err, n_bytes);
	enum alm_status status = ALM_OK;
	for (int i = 0; i < n && status == ALM_OK; i++)
		status = load_network(trained, tensors, i, trained->networks + (size_t)i * n_floats, err);
	return status;
}

static enum alm_status load_values(
	struct alm_trained *trained, const struct alm_version *version, struct alm_error *err)
{
	struct tensors tensors = {.version = version};
	enum alm_status status = load_scaler(trained, &tensors, err);
	if (status == ALM_OK)
		status = trained->spec.per_series
				 ? load_networks(trained, &tensors, err)
				 : load_network(trained, &tensors, 0, trained->network.values, err);
	if (status == ALM_OK)
		alm_network_pack(&trained->network);
	return status;
}

/* Refuses a cell that would read the weights otherwise; warns of one that has changed. */
static enum alm_status check_cell(const struct alm_cell *cell, int place, const struct alm_version *version,
	struct alm_reporter *reporter, struct alm_error *err)
{
	char layout[ALM_LAYOUT_TEXT], key[ALM_KEY_TEXT];
	const char *was = alm_pairs_get(&version->facts, alm_fact_key("cell_layout", place, key));
	const char *sha256 = alm_pairs_get(&version->facts, alm_fact_key("cell_sha256", place, key));
	if (!was || strcmp(was, alm_cell_layout(&cell->facts, layout)) != 0)
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
			const char *text = alm_pairs_get(&version->facts, alm_option_key(layer, option, key));
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
