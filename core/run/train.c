#include "run/train.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/hash.h"
#include "model/policy.h"
#include "retrain/training.h"
#include "store/ledger.h"
#include "store/promotion.h"
#include "store/run.h"

/* What one `almanac train` holds on to. */
struct job {
	const struct alm_context *context;
	const struct alm_train_request *request;
	struct alm_db *db;
	struct alm_model model; /* id 0 until it exists */
	struct alm_dataset dataset;
	struct alm_pairs settings; /* the whole spec as given, to be stored with the model */
	struct alm_training training;
	struct alm_ledger ledger;
	int lock;
};

/* The model of that name, if there is one; the dataset named now or the model's own. */
static enum alm_status find_model(struct job *job, struct alm_error *err)
{
	const struct alm_train_request *request = job->request;
	enum alm_status status = alm_model_find(job->db, request->model, &job->model, err);
	if (status != ALM_OK && (status != ALM_NO_INPUT || !request->dataset))
		return status == ALM_NO_INPUT
			       ? alm_fail(err, ALM_USAGE,
					 "there is no model '%s' yet: name its data with --dataset",
					 request->model)
			       : status;
	return alm_dataset_find(
		job->db, request->dataset ? request->dataset : job->model.dataset, &job->dataset, err);
}

/* Everything that can be wrong, before anything is written. */
static enum alm_status prepare(struct job *job, struct alm_error *err)
{
	const struct alm_train_request *request = job->request;
	struct alm_spec spec;
	struct alm_policy policy;
	enum alm_status status =
		alm_prepare_settings(job->model.id ? &job->model.spec : NULL, request->settings, &spec, err);
	if (status == ALM_OK)
		status = alm_spec_pairs(&spec, &job->settings, err);
	if (status == ALM_OK)
		status = alm_policy_read(job->db, job->model.id, NULL, &policy, err);
	if (status != ALM_OK)
		return status;
	struct alm_training_options options = {.context = job->context,
		.db = job->db,
		.model_id = job->model.id,
		.model = request->model,
		.dataset = &job->dataset,
		.time_budget_s = request->time_budget_s,
		.checkpoint_s = request->checkpoint_s,
		.drift_window = policy.drift_window,
		.fresh = request->fresh};
	return alm_training_prepare(&job->training, &options, &spec, &alm_history_whole, err);
}

/* A new model gets its row, so that the run and the lock have something to name. */
static enum alm_status begin(struct job *job, struct alm_error *err)
{
	struct alm_model *model = &job->model;
	enum alm_status status = ALM_OK;
	if (model->id == 0) {
		status = alm_model_put(
			job->db, job->request->model, job->dataset.id, &job->settings, &model->id, err);
		snprintf(model->name, sizeof model->name, "%s", job->request->model);
		job->training.options.model_id = model->id;
	}
	if (status == ALM_OK)
		status = alm_ledger_lock(
			job->db, model->id, model->name, 0, job->context->reporter, &job->lock, err);
	struct alm_run_start start = {.kind = "train", .dataset_id = job->dataset.id, .model_id = model->id};
	if (status == ALM_OK)
		status = alm_ledger_begin(&job->ledger, job->db, &start, job->context->reporter, err);
	return status;
}

/* Whoever trains by hand wants that version: it is champion without having to beat anything. */
static enum alm_status write_all(struct job *job, struct alm_version *version, struct alm_error *err)
{
	struct alm_db *db = job->db;
	struct alm_pairs facts = {0};
	int64_t model_id = 0;
	enum alm_status status =
		alm_model_put(db, job->model.name, job->dataset.id, &job->settings, &model_id, err);
	if (status == ALM_OK)
		status = alm_training_store(&job->training, job->ledger.run_id, 0, version, err);
	struct alm_promotion promotion = {.model_id = job->model.id,
		.version_id = version->id,
		.run_id = job->ledger.run_id,
		.reason = "trained",
		.champion_error = NAN,
		.challenger_error = NAN,
		.baseline_error = NAN};
	if (status == ALM_OK)
		status = alm_promote(db, &promotion, err);
	if (status == ALM_OK)
		status = alm_training_facts(&job->training, &facts, err);
	if (status == ALM_OK)
		status = alm_ledger_end(&job->ledger, &facts, err);
	alm_pairs_release(&facts);
	return status;
}

/* Spec, version, promotion and the end of the run, as one commit. */
static enum alm_status commit(struct job *job, struct alm_version *version, struct alm_error *err)
{
	enum alm_status status = alm_db_begin(job->db, err);
	if (status != ALM_OK)
		return status;
	status = write_all(job, version, err);
	if (status == ALM_OK)
		return alm_db_commit(job->db, err);
	alm_db_rollback(job->db);
	return status;
}

static void describe(const struct job *job, const struct alm_version *version, struct alm_train_result *out)
{
	const struct alm_training *training = &job->training;
	const struct alm_train_outcome *outcome = &training->outcome;
	const struct alm_network *network = &training->trained.network;
	int n_networks = alm_trained_networks(&training->trained);
	*out = (struct alm_train_result){.version = version->number,
		.version_id = version->id,
		.run_id = job->ledger.run_id,
		.n_targets = training->trained.n_targets,
		.n_parameters = n_networks * (int64_t)network->params.n_floats,
		.per_series = training->data.spec.per_series,
		.n_networks = n_networks,
		.n_left_out = training->left_out.n,
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
	snprintf(out->model, sizeof out->model, "%s", job->model.name);
	snprintf(out->dataset, sizeof out->dataset, "%s", job->dataset.name);
	snprintf(out->target, sizeof out->target, "%s", training->trained.channels[0]);
	struct alm_hash_part weights = {
		alm_trained_weights(&training->trained, 0), (size_t)out->n_parameters * sizeof(float)};
	alm_hash_parts(&weights, 1, out->weights_sha256);
}

static void release(struct job *job)
{
	alm_run_unlock(job->lock);
	alm_training_release(&job->training);
	alm_pairs_release(&job->settings);
	alm_dataset_release(&job->dataset);
	alm_model_release(&job->model);
	alm_db_close(job->db);
}

enum alm_status alm_run_train(const struct alm_context *context, const struct alm_train_request *request,
	struct alm_train_result *out, struct alm_error *err)
{
	struct job job = {.context = context, .request = request, .lock = -1};
	struct alm_version version = {0};
	enum alm_status status = alm_db_enter(context, ALM_DB_WRITE, &job.db, err);
	if (status == ALM_OK)
		status = find_model(&job, err);
	if (status == ALM_OK)
		status = prepare(&job, err);
	if (status == ALM_OK)
		status = begin(&job, err);
	if (status == ALM_OK)
		status = alm_training_run(&job.training, job.ledger.run_id, err);
	if (status == ALM_OK)
		status = commit(&job, &version, err);
	if (status == ALM_OK)
		describe(&job, &version, out);
	else
		alm_ledger_fail(&job.ledger, status, err);
	alm_trained_unsave(&version);
	release(&job);
	return status;
}
