#include "retrain/lesson.h"
#include <stdlib.h>
#include <string.h>

#define WARM_SHARE 4

void alm_lesson_shorten(struct alm_spec *spec)
{
	spec->rate /= WARM_SHARE;
	spec->epochs = (spec->epochs + WARM_SHARE - 1) / WARM_SHARE;
}

/* The scaler of the training part takes the place of the one that changes nothing. */
static enum alm_status fit_scaler(struct alm_lesson *lesson, struct alm_error *err)
{
	struct alm_prepared *data = lesson->data;
	enum alm_scaling scaling = (enum alm_scaling)data->spec.scaler;
	struct alm_scaler scaler;
	enum alm_status status =
		alm_scaler_fit(&scaler, &data->panel, &data->split.train, scaling, lesson->reporter, err);
	if (status != ALM_OK)
		return status;
	alm_scaler_release(&lesson->trained->scaler);
	lesson->trained->scaler = scaler;
	/* What is learned from one series alone has its scale already. */
	if (data->spec.scale_by == ALM_SCALE_BY_SERIES && !data->spec.per_series)
		status = alm_scaler_fit_series(&lesson->trained->scaler, &data->panel, &data->split.train,
			scaling, lesson->reporter, err);
	return status;
}

/* The weights of the parent's network, and the scales that they were learned with. */
static enum alm_status begin_with(
	struct alm_lesson *lesson, const struct alm_trained *parent, struct alm_error *err)
{
	struct alm_network *network = &lesson->trained->network;
	const struct alm_scaler *from = &parent->scaler;
	struct alm_scaler scaler;
	if (parent->network.params.n_floats != network->params.n_floats ||
		from->n_channels != lesson->trained->scaler.n_channels)
		return alm_fail(
			err, ALM_BAD_CONFIG, "the version to begin with has another layout; use --cold");
	int n_series = parent->networks ? 0 : from->n_series;
	enum alm_status status =
		alm_scaler_init(&scaler, from->n_channels, (const char *const *)from->series, n_series, err);
	if (status != ALM_OK)
		return status;
	size_t row = parent->networks ? 1 + (size_t)lesson->parent : 0;
	size_t at = row * (size_t)from->n_channels, n = (size_t)(1 + n_series) * (size_t)from->n_channels;
	memcpy(scaler.center, from->center + at, n * sizeof *scaler.center);
	memcpy(scaler.scale, from->scale + at, n * sizeof *scaler.scale);
	alm_scaler_set_inverse(&scaler);
	alm_scaler_release(&lesson->trained->scaler);
	lesson->trained->scaler = scaler;
	memcpy(network->values, alm_trained_weights(parent, lesson->parent),
		network->params.n_floats * sizeof(float));
	alm_network_pack(network);
	return ALM_OK;
}

enum alm_status alm_lesson_begin(struct alm_lesson *lesson, struct alm_error *err)
{
	struct alm_trained *trained = lesson->trained;
	struct alm_prepared *data = lesson->data;
	enum alm_status status = ALM_OK;
	if (lesson->parent >= 0) {
		status = begin_with(lesson, lesson->options->parent, err);
	} else {
		alm_network_initialise(&trained->network, (uint64_t)data->spec.seed);
		status = fit_scaler(lesson, err);
	}
	if (status == ALM_OK)
		status = alm_trained_attach(trained, &data->panel, lesson->reporter, err);
	if (status != ALM_OK)
		return status;
	struct alm_feed feed = alm_trained_feed(trained, &data->panel);
	return alm_feed_scan(&feed, err);
}

static struct alm_train_options options_of(const struct alm_lesson *lesson)
{
	const struct alm_spec *spec = &lesson->data->spec;
	return (struct alm_train_options){.objective = lesson->trained->objective,
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
		.time_budget_s = lesson->time_budget_s,
		.pool = lesson->pool,
		.reporter = lesson->reporter};
}

/* What an earlier run had come to. */
static void take_finished(struct alm_lesson *lesson, const struct alm_train_state *state)
{
	struct alm_network *network = &lesson->trained->network;
	const struct alm_train_numbers *numbers = &state->numbers;
	memcpy(network->values, state->values, state->n_values * sizeof(float));
	alm_network_pack(network);
	memcpy(lesson->moments.slots, state->slots, state->n_slots * sizeof(float));
	lesson->moments.steps = numbers->best_steps;
	lesson->outcome = (struct alm_train_outcome){.epochs = (int)numbers->epoch,
		.best_epoch = (int)numbers->best_epoch,
		.n_steps = numbers->n_steps,
		.n_windows = numbers->n_windows,
		.train_loss = numbers->train_loss,
		.valid_loss = numbers->valid_loss,
		.seconds = numbers->seconds,
		.n_restarts = (int)numbers->n_restarts};
}

static enum alm_status train(struct alm_lesson *lesson, const struct alm_moments *warm,
	struct alm_database_keeper *keeper, struct alm_error *err)
{
	const struct alm_prepared *data = lesson->data;
	struct alm_feed feed = alm_trained_feed(lesson->trained, &data->panel);
	struct alm_train_options options = options_of(lesson);
	options.resume = keeper->found ? &keeper->state : NULL;
	options.keeper = &keeper->base;
	options.warm = warm;
	options.moments = &lesson->moments;
	enum alm_status status = alm_train(&lesson->trained->network, &feed, &data->train, &data->valid,
		&options, &lesson->outcome, err);
	if (status == ALM_INTERRUPTED && keeper->n_kept > 0)
		alm_fail(err, ALM_INTERRUPTED,
			"training was stopped; no version was stored, but the next training of '%s' goes on "
			"after epoch %lld",
			lesson->options->model, (long long)keeper->n_kept);
	return status;
}

static enum alm_status init_moments(struct alm_lesson *lesson, struct alm_error *err)
{
	struct alm_moments *moments = &lesson->moments;
	const struct alm_train_options options = options_of(lesson);
	moments->n_slots =
		(size_t)alm_optim_slots(&options.optimizer) * lesson->trained->network.params.n_floats;
	moments->slots = malloc(moments->n_slots * sizeof(float) + 1);
	return moments->slots ? ALM_OK : alm_fail_memory(err, moments->n_slots * sizeof(float));
}

enum alm_status alm_lesson_run(struct alm_lesson *lesson, int64_t run_id, struct alm_error *err)
{
	const struct alm_training_options *options = lesson->options;
	const struct alm_moments *warm =
		options->warm && lesson->parent >= 0 ? &options->warm[lesson->parent] : NULL;
	if (warm && !warm->slots)
		warm = NULL;
	struct alm_database_keeper keeper = {0};
	enum alm_status status = init_moments(lesson, err);
	if (status == ALM_OK)
		status = alm_database_keeper_init(&keeper, options->db, options->model_id, lesson->series,
			lesson->data, lesson->trained, warm, lesson->moments.n_slots, options->checkpoint_s,
			options->fresh, lesson->earlier, err);
	if (status != ALM_OK)
		return status;
	keeper.run_id = run_id;
	lesson->resumed_after = (int)keeper.n_kept;
	lesson->finished = keeper.found && keeper.finished;
	lesson->anew = keeper.anew;
	memcpy(lesson->fingerprint, keeper.fingerprint, sizeof lesson->fingerprint);
	if (lesson->finished)
		take_finished(lesson, &keeper.state);
	else
		status = train(lesson, warm, &keeper, err);
	lesson->n_kept = keeper.n_kept;
	alm_database_keeper_release(&keeper);
	return status;
}

void alm_lesson_release(struct alm_lesson *lesson)
{
	free(lesson->moments.slots);
	lesson->moments = (struct alm_moments){0};
}
