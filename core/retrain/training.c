#include "retrain/training.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "model/layers.h"
#include "retrain/drift_fit.h"
#include "retrain/per_series.h"
#include "store/optimizer_state.h"
#include "train/batch.h"

static enum alm_status check_windows(const struct alm_training *training, struct alm_error *err)
{
	const struct alm_prepared *data = &training->data;
	if (data->train.n > 0)
		return ALM_OK;
	size_t longest = 0;
	for (int i = 0; i < data->panel.n_frames; i++)
		if (data->panel.frames[i].n_rows > longest)
			longest = data->panel.frames[i].n_rows;
	return alm_fail(err, ALM_USAGE,
		"the training part of dataset '%s' holds no window: lookback and horizon span %lld rows, its "
		"longest "
		"stretch has %zu in all; use shorter --lookback and --horizon",
		training->options.dataset->name, (long long)alm_window_span(&data->plan.window), longest);
}

/* The series that have a window in training, in their order: those that can have a vector. Their names into out [n_series]. */
static int find_embedded(const struct alm_prepared *data, const char **out)
{
	const struct alm_panel *panel = &data->panel;
	int n = 0;
	for (int i = 0; i < panel->n_frames; i++)
		if (data->train.n_before[i + 1] > data->train.n_before[i] &&
			(n == 0 || out[n - 1] != panel->frames[i].series))
			out[n++] = panel->frames[i].series;
	return n;
}

/* The network of the data's channels; the series with a vector are the parent's, where there is one. */
static enum alm_status build(struct alm_training *training, struct alm_error *err)
{
	const struct alm_prepared *data = &training->data;
	const struct alm_trained *parent = training->options.parent;
	size_t n_bytes = ((size_t)data->panel.n_series + 1) * sizeof(char *);
	const char **embedded = malloc(n_bytes);
	if (!embedded)
		return alm_fail_memory(err, n_bytes);
	int n_embedded = find_embedded(data, embedded);
	struct alm_roles roles = {.names = (const char *const *)data->panel.channels,
		.n = data->n_data,
		.n_targets = data->n_targets,
		.n_static = data->n_static,
		.n_future = data->n_future,
		.vocabulary = &data->vocabulary,
		.n_joined = data->n_joined,
		.joined = (const char *const *)data->panel.channels + data->panel.n_channels - data->n_joined,
		.n_embedded = parent ? parent->embedded.n : n_embedded,
		.embedded = parent ? (const char *const *)parent->embedded.name : embedded};
	enum alm_status status = alm_trained_init(
		&training->trained, &data->spec, &data->plan, &roles, &training->folders, err);
	free(embedded);
	return status;
}

/* The one that there is without a network for each series. */
static struct alm_lesson lesson_of(struct alm_training *training)
{
	return (struct alm_lesson){.options = &training->options,
		.data = &training->data,
		.trained = &training->trained,
		.parent = training->options.parent ? 0 : -1,
		.series = "",
		.time_budget_s = training->options.time_budget_s,
		.pool = training->pool,
		.reporter = training->options.context->reporter,
		.earlier = training->options.context->reporter};
}

/* Keeps the rows of a shard in the spec, so that a version knows what its bits hang on. */
static enum alm_status choose_shard(struct alm_spec *spec, struct alm_error *err)
{
	if (spec->shard > 0)
		return ALM_OK;
	struct alm_layers layers;
	enum alm_status status = alm_layers_read(spec, &layers, err);
	if (status != ALM_OK)
		return status;
	int widest = 0;
	for (int i = 0; i < layers.n; i++)
		if (layers.layer[i].spec.units > widest)
			widest = layers.layer[i].spec.units;
	spec->shard = alm_batch_rows(widest, (int)spec->batch);
	return ALM_OK;
}

enum alm_status alm_training_prepare(struct alm_training *training,
	const struct alm_training_options *options, const struct alm_spec *spec,
	const struct alm_history *history, struct alm_error *err)
{
	const struct alm_context *context = options->context;
	struct alm_prepared *data = &training->data;
	*training = (struct alm_training){.options = *options};
	struct alm_dataset_arrivals newest;
	/* Before the rows are read: what comes in between is new to the next training. */
	enum alm_status status = alm_target_arrived(
		options->db, options->dataset, spec, INT64_MIN, history->until_ms, &newest, err);
	if (status != ALM_OK)
		return status;
	training->data_to_ms = newest.last_ms;
	status = alm_prepare(
		context, options->db, options->dataset, spec, history, options->parent, data, err);
	if (status == ALM_OK)
		status = check_windows(training, err);
	if (status == ALM_OK)
		status = choose_shard(&data->spec, err);
	if (status == ALM_OK)
		status = alm_cell_folders_init(&training->folders, context->cell_path, err);
	if (status == ALM_OK)
		status = build(training, err);
	struct alm_lesson lesson = lesson_of(training);
	return status == ALM_OK && !spec->per_series ? alm_lesson_begin(&lesson, err) : status;
}

/* Settings of how a network is trained, and not of what it is. */
static const char *const of_training[] = {"valid-from", "test-from", "valid-fraction", "test-fraction",
	"dropout", "recurrent-dropout", "head-dropout", "optimizer", "momentum", "weight-decay", "average",
	"rate", "schedule", "warmup", "schedule-epochs", "schedule-factor", "clip", "clip-value", "batch",
	"epochs", "epoch-windows", "patience", "seed", "shard"};

static bool is_of_training(const char *key)
{
	for (size_t i = 0; i < sizeof of_training / sizeof *of_training; i++)
		if (strcmp(of_training[i], key) == 0)
			return true;
	return false;
}

enum alm_status alm_training_differs(
	const struct alm_spec *spec, const struct alm_spec *before, const char **key, struct alm_error *err)
{
	struct alm_pairs now = {0}, then = {0};
	const char *differs = NULL;
	enum alm_status status = alm_spec_pairs(spec, &now, err);
	if (status == ALM_OK)
		status = alm_spec_pairs(before, &then, err);
	for (int i = 0; status == ALM_OK && i < alm_spec_n_fields && !differs; i++) {
		const char *name = alm_spec_fields[i].key;
		const char *a = alm_pairs_get(&now, name), *b = alm_pairs_get(&then, name);
		if (!is_of_training(name) && a && b && strcmp(a, b) != 0)
			differs = name;
	}
	alm_pairs_release(&now);
	alm_pairs_release(&then);
	if (status == ALM_OK)
		*key = differs;
	return status;
}

/* The one network of all series. */
static enum alm_status run_one(struct alm_training *training, int64_t run_id, struct alm_error *err)
{
	struct alm_lesson lesson = lesson_of(training);
	enum alm_status status = alm_lesson_run(&lesson, run_id, err);
	training->moments = lesson.moments;
	training->outcome = lesson.outcome;
	training->resumed_after = lesson.resumed_after;
	return status;
}

enum alm_status alm_training_run(struct alm_training *training, int64_t run_id, struct alm_error *err)
{
	const struct alm_context *context = training->options.context;
	int threads = context->threads > 0 ? context->threads : alm_pool_processors();
	enum alm_status status = alm_pool_new(threads, &training->pool, err);
	if (status != ALM_OK)
		return status;
	status = training->data.spec.per_series ? alm_per_series_run(training, run_id, err)
						: run_one(training, run_id, err);
	if (status != ALM_OK)
		return status;
	return alm_drift_fit(&training->data, &training->trained, &training->options.drift_window,
		training->pool, &training->references, err);
}

/* What of a panel has a network, and what has not: the whole list, where a note names the first few. */
static enum alm_status add_networks(
	const struct alm_training *training, struct alm_pairs *facts, struct alm_error *err)
{
	const struct alm_pairs *left_out = &training->left_out;
	char text[1024];
	if (!training->data.spec.per_series)
		return ALM_OK;
	snprintf(text, sizeof text, "%d", training->bank.n);
	enum alm_status status = alm_pairs_add(facts, "networks", text, err);
	for (int i = 0; i < left_out->n && status == ALM_OK; i++) {
		char key[32];
		snprintf(key, sizeof key, "left_out.%d", i);
		snprintf(text, sizeof text, "'%s': %s", left_out->pair[i].key, left_out->pair[i].value);
		status = alm_pairs_add(facts, key, text, err);
	}
	return status;
}

enum alm_status alm_training_facts(
	const struct alm_training *training, struct alm_pairs *facts, struct alm_error *err)
{
	const struct alm_train_outcome *outcome = &training->outcome;
	const struct {
		const char *key;
		double value;
	} numbers[] = {
		{"epochs", outcome->epochs},
		{"best_epoch", outcome->best_epoch},
		{"steps", (double)outcome->n_steps},
		{"train_loss", outcome->train_loss},
		{"valid_loss", outcome->valid_loss},
		{"train_seconds", outcome->seconds},
		{"restarts", outcome->n_restarts},
	};
	enum alm_status status = ALM_OK;
	for (size_t i = 0; i < sizeof numbers / sizeof *numbers && status == ALM_OK; i++) {
		char text[32];
		snprintf(text, sizeof text, "%.9g", numbers[i].value);
		status = alm_pairs_add(facts, numbers[i].key, text, err);
	}
	return status == ALM_OK ? add_networks(training, facts, err) : status;
}

static enum alm_status store_moments(
	const struct alm_training *training, int64_t version_id, struct alm_error *err)
{
	const struct alm_trained *trained = &training->trained;
	const struct alm_moments *moments = trained->networks ? training->bank.moments : &training->moments;
	enum alm_status status = ALM_OK;
	for (int i = 0; i < alm_trained_networks(trained) && status == ALM_OK; i++) {
		struct alm_optimizer_state state = {.version_id = version_id,
			.series = alm_trained_owner(trained, i),
			.steps = moments[i].steps,
			.n_slots = moments[i].n_slots,
			.slots = moments[i].slots};
		if (state.slots)
			status = alm_optimizer_state_put(training->options.db, &state, err);
	}
	return status;
}

enum alm_status alm_training_store(struct alm_training *training, int64_t run_id, int64_t parent_id,
	struct alm_version *version, struct alm_error *err)
{
	struct alm_db *db = training->options.db;
	*version = (struct alm_version){.model_id = training->options.model_id,
		.run_id = run_id,
		.parent_id = parent_id,
		.data_to_ms = training->data_to_ms};
	enum alm_status status = alm_trained_save(&training->trained, version, err);
	if (status == ALM_OK)
		status = alm_version_put(db, version, err);
	if (status == ALM_OK)
		status = store_moments(training, version->id, err);
	if (status == ALM_OK)
		status = alm_drift_references_put(db, version->id, &training->references, err);
	return status == ALM_OK ? alm_checkpoint_drop(db, training->options.model_id, err) : status;
}

void alm_training_release(struct alm_training *training)
{
	alm_pool_free(training->pool);
	alm_trained_release(&training->trained);
	alm_prepared_release(&training->data);
	alm_cell_folders_release(&training->folders);
	alm_pairs_release(&training->left_out);
	alm_drift_references_release(&training->references);
	free(training->moments.slots);
	alm_bank_release(&training->bank);
	*training = (struct alm_training){0};
}
