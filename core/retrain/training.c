#include "retrain/training.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/optimizer_state.h"

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

/* The scaler of the training part takes the place of the one that changes nothing. */
static enum alm_status fit_scaler(struct alm_training *training, struct alm_error *err)
{
	struct alm_prepared *data = &training->data;
	struct alm_reporter *reporter = training->options.context->reporter;
	enum alm_scaling scaling = (enum alm_scaling)data->spec.scaler;
	struct alm_scaler scaler;
	enum alm_status status =
		alm_scaler_fit(&scaler, &data->panel, &data->split.train, scaling, reporter, err);
	if (status != ALM_OK)
		return status;
	alm_scaler_release(&training->trained.scaler);
	training->trained.scaler = scaler;
	if (data->spec.scale_by == ALM_SCALE_BY_SERIES)
		status = alm_scaler_fit_series(
			&training->trained.scaler, &data->panel, &data->split.train, scaling, reporter, err);
	return status;
}

/* The weights of the parent, and the scales that they were learned with. */
static enum alm_status begin_with(
	struct alm_training *training, const struct alm_trained *parent, struct alm_error *err)
{
	struct alm_network *network = &training->trained.network;
	const struct alm_scaler *from = &parent->scaler;
	struct alm_scaler scaler;
	if (parent->network.params.n_floats != network->params.n_floats ||
		from->n_channels != training->trained.scaler.n_channels)
		return alm_fail(
			err, ALM_BAD_CONFIG, "the version to begin with has another layout; use --cold");
	enum alm_status status = alm_scaler_init(
		&scaler, from->n_channels, (const char *const *)from->series, from->n_series, err);
	if (status != ALM_OK)
		return status;
	size_t n = (size_t)(1 + from->n_series) * (size_t)from->n_channels;
	memcpy(scaler.center, from->center, n * sizeof *scaler.center);
	memcpy(scaler.scale, from->scale, n * sizeof *scaler.scale);
	alm_scaler_set_inverse(&scaler);
	alm_scaler_release(&training->trained.scaler);
	training->trained.scaler = scaler;
	memcpy(network->values, parent->network.values, network->params.n_floats * sizeof(float));
	alm_network_pack(network);
	return ALM_OK;
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

/* Its first weights and scales. */
static enum alm_status init_trained(struct alm_training *training, struct alm_error *err)
{
	enum alm_status status = build(training, err);
	if (status == ALM_OK && training->options.parent)
		return begin_with(training, training->options.parent, err);
	if (status != ALM_OK)
		return status;
	alm_network_initialise(&training->trained.network, (uint64_t)training->data.spec.seed);
	return fit_scaler(training, err);
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
		status = alm_cell_folders_init(&training->folders, context->cell_path, err);
	if (status == ALM_OK)
		status = init_trained(training, err);
	if (status == ALM_OK)
		status = alm_trained_attach(&training->trained, &data->panel, context->reporter, err);
	if (status != ALM_OK)
		return status;
	struct alm_feed feed = alm_trained_feed(&training->trained, &data->panel);
	return alm_feed_scan(&feed, err);
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

static struct alm_train_options options_of(const struct alm_training *training)
{
	const struct alm_spec *spec = &training->data.spec;
	return (struct alm_train_options){.objective = training->trained.objective,
		.optimizer = {.rule = alm_optim_at(spec->optimizer),
			.decay = spec->weight_decay,
			.momentum = spec->momentum,
			.clip = spec->clip,
			.clip_value = spec->clip_value,
			.average = spec->average},
		.schedule = alm_schedule_at(spec->schedule),
		.warmup = spec->warmup,
		.schedule_epochs = (int)spec->schedule_epochs,
		.schedule_factor = spec->schedule_factor,
		.rate = spec->rate,
		.batch = (int)spec->batch,
		.shard = (int)spec->shard,
		.epochs = (int)spec->epochs,
		.epoch_windows = spec->epoch_windows,
		.patience = (int)spec->patience,
		.seed = (uint64_t)spec->seed,
		.time_budget_s = training->options.time_budget_s,
		.pool = training->pool,
		.reporter = training->options.context->reporter};
}

static enum alm_status train(
	struct alm_training *training, struct alm_train_options *options, struct alm_error *err)
{
	const struct alm_prepared *data = &training->data;
	struct alm_feed feed = alm_trained_feed(&training->trained, &data->panel);
	options->resume = training->keeper.found ? &training->keeper.state : NULL;
	options->keeper = &training->keeper.base;
	options->warm = training->options.warm;
	options->moments = &training->moments;
	enum alm_status status = alm_train(&training->trained.network, &feed, &data->train, &data->valid,
		options, &training->outcome, err);
	if (status == ALM_INTERRUPTED && training->keeper.n_kept > 0)
		alm_fail(err, ALM_INTERRUPTED,
			"training was stopped; no version was stored, but the next training of '%s' goes on "
			"after epoch %lld",
			training->options.model, (long long)training->keeper.n_kept);
	return status;
}

enum alm_status alm_training_run(struct alm_training *training, int64_t run_id, struct alm_error *err)
{
	const struct alm_context *context = training->options.context;
	int threads = context->threads > 0 ? context->threads : alm_pool_processors();
	struct alm_moments *moments = &training->moments;
	enum alm_status status = alm_pool_new(threads, &training->pool, err);
	if (status != ALM_OK)
		return status;
	struct alm_train_options options = options_of(training);
	moments->n_slots =
		(size_t)alm_optim_slots(&options.optimizer) * training->trained.network.params.n_floats;
	moments->slots = malloc(moments->n_slots * sizeof(float) + 1);
	if (!moments->slots)
		return alm_fail_memory(err, moments->n_slots * sizeof(float));
	status = alm_database_keeper_init(&training->keeper, training->options.db, training->options.model_id,
		&training->data, &training->trained, training->options.warm, moments->n_slots,
		training->options.checkpoint_s, training->options.fresh, context->reporter, err);
	if (status != ALM_OK)
		return status;
	training->keeper.run_id = run_id;
	training->resumed_after = (int)training->keeper.n_kept;
	return train(training, &options, err);
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
	struct alm_optimizer_state state = {.version_id = version->id,
		.steps = training->moments.steps,
		.n_slots = training->moments.n_slots,
		.slots = training->moments.slots};
	if (status == ALM_OK)
		status = alm_optimizer_state_put(db, &state, err);
	return status == ALM_OK ? alm_checkpoint_drop(db, training->options.model_id, err) : status;
}

void alm_training_release(struct alm_training *training)
{
	alm_pool_free(training->pool);
	alm_database_keeper_release(&training->keeper);
	alm_trained_release(&training->trained);
	alm_prepared_release(&training->data);
	alm_cell_folders_release(&training->folders);
	free(training->moments.slots);
	*training = (struct alm_training){0};
}
