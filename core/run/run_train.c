#include "run/run.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/hash.h"
#include "base/pool.h"
#include "run/keeper.h"
#include "run/ledger.h"
#include "run/prepare.h"
#include "store/run.h"
#include "train/trainer.h"

/* What one training holds on to. */
struct training {
	const struct alm_context *context;
	const struct alm_train_request *request;
	struct alm_db *db;
	struct alm_model model; /* id 0 until it exists */
	struct alm_dataset dataset;
	struct alm_cell_folders folders;
	struct alm_prepared data;
	struct alm_trained trained;
	struct alm_pairs settings; /* the whole spec as given, to be stored with the model */
	struct alm_pool *pool;
	struct alm_database_keeper keeper;
	int resumed_after;
	struct alm_train_outcome outcome;
	struct alm_ledger ledger;
	int lock;
};

/* The model of that name, if there is one; the dataset named now or the model's own. */
static enum alm_status find_model(struct training *training, struct alm_error *err)
{
	const struct alm_train_request *request = training->request;
	enum alm_status status = alm_model_find(training->db, request->model, &training->model, err);
	if (status != ALM_OK && (status != ALM_NO_INPUT || !request->dataset))
		return status == ALM_NO_INPUT
			       ? alm_fail(err, ALM_USAGE,
					 "there is no model '%s' yet: name its data with --dataset",
					 request->model)
			       : status;
	return alm_dataset_find(training->db, request->dataset ? request->dataset : training->model.dataset,
		&training->dataset, err);
}

static enum alm_status check_windows(const struct training *training, struct alm_error *err)
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
		training->dataset.name, (long long)alm_window_span(&data->plan.window), longest);
}

/* The scaler of the training part takes the place of the one that changes nothing. */
static enum alm_status fit_scaler(struct training *training, struct alm_error *err)
{
	struct alm_prepared *data = &training->data;
	struct alm_reporter *reporter = training->context->reporter;
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
	if (status == ALM_OK)
		status = alm_trained_attach(&training->trained, &data->panel, reporter, err);
	return status;
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

static enum alm_status init_trained(struct training *training, struct alm_error *err)
{
	const struct alm_prepared *data = &training->data;
	size_t n_bytes = ((size_t)data->panel.n_series + 1) * sizeof(char *);
	const char **embedded = malloc(n_bytes);
	if (!embedded)
		return alm_fail_memory(err, n_bytes);
	struct alm_roles roles = {.names = (const char *const *)data->panel.channels,
		.n = data->n_data,
		.n_targets = data->n_targets,
		.n_static = data->n_static,
		.n_future = data->n_future,
		.vocabulary = &data->vocabulary,
		.n_joined = data->n_joined,
		.joined = (const char *const *)data->panel.channels + data->panel.n_channels - data->n_joined,
		.n_embedded = find_embedded(data, embedded),
		.embedded = embedded};
	enum alm_status status = alm_trained_init(
		&training->trained, &data->spec, &data->plan, &roles, &training->folders, err);
	free(embedded);
	return status;
}

/* Everything that can be wrong with data, spec and cell, before anything is written. */
static enum alm_status prepare(struct training *training, struct alm_error *err)
{
	const struct alm_context *context = training->context;
	struct alm_prepared *data = &training->data;
	struct alm_spec spec;
	enum alm_status status = alm_prepare_settings(
		training->model.id ? &training->model.spec : NULL, training->request->settings, &spec, err);
	if (status == ALM_OK)
		status = alm_spec_pairs(&spec, &training->settings, err);
	if (status == ALM_OK)
		status = alm_prepare(context, training->db, &training->dataset, &spec, NULL, data, err);
	if (status == ALM_OK)
		status = check_windows(training, err);
	if (status == ALM_OK)
		status = alm_cell_folders_init(&training->folders, context->cell_path, err);
	if (status == ALM_OK)
		status = init_trained(training, err);
	if (status != ALM_OK)
		return status;
	alm_network_initialise(&training->trained.network, (uint64_t)data->spec.seed);
	status = fit_scaler(training, err);
	if (status != ALM_OK)
		return status;
	struct alm_feed feed = alm_trained_feed(&training->trained, &data->panel);
	return alm_feed_scan(&feed, err);
}

/* A new model gets its row, so that the run and the lock have something to name. */
static enum alm_status begin(struct training *training, struct alm_error *err)
{
	struct alm_model *model = &training->model;
	enum alm_status status = ALM_OK;
	if (model->id == 0) {
		status = alm_model_put(training->db, training->request->model, training->dataset.id,
			&training->settings, &model->id, err);
		snprintf(model->name, sizeof model->name, "%s", training->request->model);
	}
	int n_aborted = 0;
	if (status == ALM_OK)
		status = alm_run_lock(training->db, model->id, model->name, &training->lock, err);
	if (status == ALM_OK)
		status = alm_run_recover(training->db, model->id, &n_aborted, err);
	if (status == ALM_OK && n_aborted > 0)
		alm_note(training->context->reporter,
			"closed %d earlier run%s of model '%s' whose process had ended", n_aborted,
			n_aborted > 1 ? "s" : "", model->name);
	struct alm_run_start start = {
		.kind = "train", .dataset_id = training->dataset.id, .model_id = model->id};
	if (status == ALM_OK)
		status = alm_ledger_begin(&training->ledger, training->db, &start, err);
	return status;
}

static enum alm_status train(struct training *training, struct alm_error *err)
{
	const struct alm_spec *spec = &training->data.spec;
	const struct alm_prepared *data = &training->data;
	int threads = training->context->threads > 0 ? training->context->threads : alm_pool_processors();
	struct alm_feed feed = alm_trained_feed(&training->trained, &data->panel);
	struct alm_optim_spec optimizer = {.rule = alm_optim_at(spec->optimizer),
		.decay = spec->weight_decay,
		.momentum = spec->momentum,
		.clip = spec->clip,
		.clip_value = spec->clip_value,
		.average = spec->average};
	size_t n_slots = (size_t)alm_optim_slots(&optimizer) * training->trained.network.params.n_floats;
	enum alm_status status = alm_pool_new(threads, &training->pool, err);
	if (status == ALM_OK)
		status = alm_database_keeper_init(&training->keeper, training->db, training->model.id, data,
			&training->trained, n_slots, training->request->checkpoint_s,
			training->request->fresh, training->context->reporter, err);
	if (status != ALM_OK)
		return status;
	training->keeper.run_id = training->ledger.run_id;
	training->resumed_after = (int)training->keeper.n_kept;
	struct alm_train_options options = {.objective = training->trained.objective,
		.optimizer = optimizer,
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
		.time_budget_s = training->request->time_budget_s,
		.pool = training->pool,
		.reporter = training->context->reporter,
		.resume = training->keeper.found ? &training->keeper.state : NULL,
		.keeper = &training->keeper.base};
	status = alm_train(&training->trained.network, &feed, &data->train, &data->valid, &options,
		&training->outcome, err);
	if (status == ALM_INTERRUPTED && training->keeper.n_kept > 0)
		alm_fail(err, ALM_INTERRUPTED,
			"training was stopped; no version was stored, but the next almanac train %s goes on "
			"after epoch %lld",
			training->model.name, (long long)training->keeper.n_kept);
	return status;
}

/* What the run row says of a training that went well. */
static enum alm_status run_facts(
	const struct training *training, struct alm_pairs *facts, struct alm_error *err)
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

/* Spec, version, promotion and the end of the run, as one commit. */
static enum alm_status commit(struct training *training, struct alm_version *version, struct alm_error *err)
{
	struct alm_db *db = training->db;
	struct alm_pairs facts = {0};
	int64_t model_id = 0;
	*version = (struct alm_version){.model_id = training->model.id, .run_id = training->ledger.run_id};
	enum alm_status status = alm_trained_save(&training->trained, version, err);
	if (status == ALM_OK)
		status = run_facts(training, &facts, err);
	if (status == ALM_OK)
		status = alm_db_begin(db, err);
	if (status != ALM_OK)
		goto done;
	status = alm_model_put(
		db, training->model.name, training->dataset.id, &training->settings, &model_id, err);
	if (status == ALM_OK)
		status = alm_version_put(db, version, "trained", err);
	if (status == ALM_OK)
		status = alm_checkpoint_drop(db, training->model.id, err);
	if (status == ALM_OK)
		status = alm_ledger_end(&training->ledger, &facts, err);
	if (status == ALM_OK)
		status = alm_db_commit(db, err);
	else
		alm_db_rollback(db);
done:
	alm_pairs_release(&facts);
	return status;
}

static void describe(
	const struct training *training, const struct alm_version *version, struct alm_train_result *out)
{
	const struct alm_train_outcome *outcome = &training->outcome;
	const struct alm_network *network = &training->trained.network;
	*out = (struct alm_train_result){.version = version->number,
		.version_id = version->id,
		.run_id = training->ledger.run_id,
		.n_parameters = (int64_t)network->params.n_floats,
		.n_train = (int64_t)training->data.train.n,
		.n_valid = (int64_t)training->data.valid.n,
		.n_test = (int64_t)training->data.test.n,
		.epochs = outcome->epochs,
		.best_epoch = outcome->best_epoch,
		.resumed_after = training->resumed_after,
		.train_loss = outcome->train_loss,
		.valid_loss = outcome->valid_loss,
		.seconds = outcome->seconds,
		.windows_per_s = outcome->seconds > 0 ? (double)outcome->n_windows / outcome->seconds : 0,
		.budget_used = outcome->budget_used,
		.stopped_early = outcome->stopped_early};
	snprintf(out->model, sizeof out->model, "%s", training->model.name);
	snprintf(out->dataset, sizeof out->dataset, "%s", training->dataset.name);
	struct alm_hash_part weights = {network->values, network->params.n_floats * sizeof(float)};
	alm_hash_parts(&weights, 1, out->weights_sha256);
}

static void release(struct training *training)
{
	alm_run_unlock(training->lock);
	alm_pool_free(training->pool);
	alm_database_keeper_release(&training->keeper);
	alm_trained_release(&training->trained);
	alm_prepared_release(&training->data);
	alm_cell_folders_release(&training->folders);
	alm_pairs_release(&training->settings);
	alm_dataset_release(&training->dataset);
	alm_model_release(&training->model);
	alm_db_close(training->db);
}

enum alm_status alm_run_train(const struct alm_context *context, const struct alm_train_request *request,
	struct alm_train_result *out, struct alm_error *err)
{
	struct training training = {.context = context, .request = request, .lock = -1};
	struct alm_version version = {0};
	struct alm_db_options options = {.mode = ALM_DB_WRITE, .timeout_ms = context->timeout_ms};
	enum alm_status status = alm_db_open(context->db_path, &options, &training.db, err);
	if (status == ALM_OK)
		status = find_model(&training, err);
	if (status == ALM_OK)
		status = prepare(&training, err);
	if (status == ALM_OK)
		status = begin(&training, err);
	if (status == ALM_OK)
		status = train(&training, err);
	if (status == ALM_OK)
		status = commit(&training, &version, err);
	if (status == ALM_OK)
		describe(&training, &version, out);
	else
		alm_ledger_fail(&training.ledger, status, err);
	alm_trained_unsave(&version);
	release(&training);
	return status;
}
