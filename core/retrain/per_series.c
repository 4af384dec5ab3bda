#include "retrain/per_series.h"
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/hash.h"
#include "prepare/roster.h"
#include "retrain/teller.h"

/* Hex digits of a hash that make a seed: what --seed takes has room for them. */
#define SEED_DIGITS 15

/* What such a training holds on to. */
struct course {
	struct alm_training *training;
	int64_t run_id;
	struct alm_teller teller;
	struct alm_trained
		trained; /* views the training's: its network, with the scales of one series; the scaler is owned */
	struct alm_bank *bank;         /* the training's */
	double kept_s;                 /* when checkpoints were written */
	size_t n_windows;              /* of the series so far */
	double used_s;                 /* time in training */
	int n_before;                  /* networks that an earlier run had done */
	bool anew;                     /* it was told that a checkpoint is of another training */
	int next_parent;               /* number of the parent's network behind the one found last */
	double train_loss, valid_loss; /* sums over windows */
	size_t n_train, n_valid;       /* of those */
	struct alm_roster without, failed, constant;
	struct alm_error first; /* of the failures */
};

int64_t alm_series_seed(int64_t seed, const char *series)
{
	char text[24], hash[ALM_HASH_TEXT];
	int n = snprintf(text, sizeof text, "%lld/", (long long)seed);
	struct alm_hash_part parts[] = {{text, (size_t)n}, {series, strlen(series)}};
	alm_hash_parts(parts, 2, hash);
	hash[SEED_DIGITS] = '\0';
	return strtoll(hash, NULL, 16);
}

/* ---- what is told */

static void note_roster(const struct course *course, const struct alm_roster *roster, const char *what)
{
	char names[ALM_ROSTER_TEXT];
	if (roster->n > 0)
		alm_note(course->teller.to, "%zu of %d series %s: %s", roster->n,
			course->training->data.panel.n_series, what, alm_roster_print(roster, names));
}

static void note_all(const struct course *course)
{
	const struct alm_training *training = course->training;
	const char *none =
		training->options.parent ? "no network but the champion's, if it has one" : "no network";
	char what[sizeof course->first.text + 128];
	if (course->n_before > 0)
		alm_note(course->teller.to,
			"%d of %d series had been done by an earlier run; --fresh begins anew",
			course->n_before, course->teller.n);
	snprintf(what, sizeof what, "without a window in the training part have %s", none);
	note_roster(course, &course->without, what);
	snprintf(what, sizeof what, "whose training failed have %s (%s)", none, course->first.text);
	note_roster(course, &course->failed, what);
	note_roster(course, &course->constant, "constant in the training part, and forecast as that");
}

/* ---- checkpoints */

static enum alm_status keep(struct course *course, struct alm_error *err)
{
	const struct alm_training_options *options = &course->training->options;
	course->kept_s = alm_monotonic_s();
	return alm_bank_keep(course->bank, options->db, options->model_id, course->run_id, err);
}

static void keep_in_time(struct course *course)
{
	struct alm_error why = {0};
	double every_s = course->training->options.checkpoint_s;
	if (course->bank->n_kept < course->bank->n && alm_monotonic_s() - course->kept_s >= every_s &&
		keep(course, &why) != ALM_OK)
		alm_note(course->teller.to, "training goes on without a checkpoint: %s", why.text);
}

/* What is left of a training that was stopped in the middle of a series. */
static void stop(struct course *course, const struct alm_lesson *lesson, struct alm_error *err)
{
	struct alm_error why = {0};
	if (keep(course, &why) != ALM_OK)
		alm_note(course->teller.to, "%s", why.text);
	if (course->bank->n_kept == 0 && lesson->n_kept == 0)
		return;
	alm_fail(err, ALM_INTERRUPTED,
		"training was stopped; no version was stored, but the next training of '%s' goes on with %d "
		"of %d series done",
		lesson->options->model, course->bank->n_kept, course->teller.n);
}

/* ---- one series */

/* The frames of a series, which begin at *first, as a panel with its windows. The windows are to be released. */
static enum alm_status view_series(const struct alm_prepared *data, int series, int *first,
	struct alm_prepared *out, struct alm_error *err)
{
	const struct alm_panel *panel = &data->panel;
	int end = *first;
	while (end < panel->n_frames && panel->frames[end].series == panel->series[series])
		end++;
	*out = *data;
	out->panel.series += series;
	out->panel.n_series = out->n_series = 1;
	out->panel.frames += *first;
	out->panel.n_frames = end - *first;
	out->train = out->valid = out->test = (struct alm_windows){0};
	out->spec.seed = alm_series_seed(data->spec.seed, panel->series[series]);
	*first = end;
	return alm_prepare_windows(out, err);
}

static void release_view(struct alm_prepared *view)
{
	alm_windows_release(&view->train);
	alm_windows_release(&view->valid);
	alm_windows_release(&view->test);
}

/* Whether the observed values of a channel are not all the same in the training part. */
static bool changes(const struct alm_prepared *view, int channel)
{
	const struct alm_panel *panel = &view->panel;
	float least = INFINITY, most = -INFINITY;
	for (int i = 0; i < panel->n_frames; i++) {
		const struct alm_frame *frame = &panel->frames[i];
		size_t row = alm_frame_row_at(panel, frame, view->split.train.from_ms);
		size_t end = alm_frame_row_at(panel, frame, view->split.train.to_ms);
		for (; row < end; row++) {
			size_t at = row * (size_t)panel->n_channels + (size_t)channel;
			if (!frame->observed[at])
				continue;
			least = fminf(least, frame->values[at]);
			most = fmaxf(most, frame->values[at]);
		}
	}
	return least < most;
}

static bool is_constant(const struct alm_prepared *view)
{
	for (int channel = 0; channel < view->n_targets; channel++)
		if (changes(view, channel))
			return false;
	return true;
}

/* The number of the parent's network of a series, or -1. Looked for behind the last one: they come in the same order. */
static int number_of_parent(struct course *course, const char *series)
{
	const struct alm_trained *parent = course->training->options.parent;
	int n = parent ? alm_trained_networks(parent) : 0;
	for (int i = 0; i < n; i++) {
		int number = (course->next_parent + i) % n;
		if (strcmp(alm_trained_owner(parent, number), series) != 0)
			continue;
		course->next_parent = number + 1;
		return number;
	}
	return -1;
}

/* Sums and means of what the lessons came to. */
static void count(struct course *course, const struct alm_lesson *lesson)
{
	struct alm_train_outcome *all = &course->training->outcome;
	const struct alm_train_outcome *one = &lesson->outcome;
	size_t n_train = lesson->data->train.n, n_valid = lesson->data->valid.n;
	all->epochs += one->epochs;
	all->best_epoch += one->best_epoch;
	all->n_steps += one->n_steps;
	all->n_windows += one->n_windows;
	all->seconds += one->seconds;
	all->n_restarts += one->n_restarts;
	all->budget_used |= one->budget_used;
	all->stopped_early |= one->stopped_early;
	course->training->resumed_after += lesson->resumed_after;
	course->train_loss += one->train_loss * (double)n_train;
	course->n_train += n_train;
	if (isfinite(one->valid_loss)) {
		course->valid_loss += one->valid_loss * (double)n_valid;
		course->n_valid += n_valid;
	}
	all->train_loss = course->train_loss / (double)course->n_train;
	all->valid_loss = course->n_valid > 0 ? course->valid_loss / (double)course->n_valid : NAN;
	course->teller.n_done += (uint64_t)one->n_windows;
}

/* What a lesson came to. */
static void take(struct course *course, struct alm_lesson *lesson)
{
	const struct alm_train_outcome *outcome = &lesson->outcome;
	const struct alm_trained *trained = &course->trained;
	struct alm_finished finished = {.series = lesson->series,
		.numbers = {.epoch = outcome->epochs,
			.best_epoch = outcome->best_epoch,
			.best_steps = lesson->moments.steps,
			.n_steps = outcome->n_steps,
			.n_windows = outcome->n_windows,
			.n_restarts = outcome->n_restarts,
			.train_loss = outcome->train_loss,
			.valid_loss = outcome->valid_loss,
			.seconds = outcome->seconds}};
	memcpy(finished.fingerprint, lesson->fingerprint, sizeof finished.fingerprint);
	alm_bank_add(course->bank, &finished, trained->network.values, &trained->scaler, 0, lesson->moments);
	lesson->moments = (struct alm_moments){0};
	if (lesson->finished && course->bank->n_kept == course->bank->n - 1)
		course->bank->n_kept++; /* its checkpoint is there already */
	course->n_before += lesson->finished;
	if (is_constant(lesson->data))
		alm_roster_add(&course->constant, lesson->series);
	count(course, lesson);
}

/* The parent's network of a series, with the optimiser's state, as it is. */
static enum alm_status keep_parent(
	struct course *course, const char *series, int parent, struct alm_error *err)
{
	const struct alm_training_options *options = &course->training->options;
	const struct alm_trained *from = options->parent;
	struct alm_finished finished = {.series = series};
	struct alm_moments moments = {0};
	if (options->warm && options->warm[parent].slots) {
		moments = options->warm[parent];
		moments.slots = malloc(moments.n_slots * sizeof(float) + 1);
		if (!moments.slots)
			return alm_fail_memory(err, moments.n_slots * sizeof(float));
		memcpy(moments.slots, options->warm[parent].slots, moments.n_slots * sizeof(float));
	}
	alm_bank_add(course->bank, &finished, alm_trained_weights(from, parent), &from->scaler, 1 + parent,
		moments);
	return ALM_OK;
}

/* A series that cannot be trained keeps the parent's network, if there is one. */
static enum alm_status leave_out(
	struct course *course, const char *series, int parent, const char *why, struct alm_error *err)
{
	enum alm_status status = parent < 0 ? ALM_OK : keep_parent(course, series, parent, err);
	return status == ALM_OK ? alm_pairs_add(&course->training->left_out, series, why, err) : status;
}

/* The share of the time that is left which a series has by its windows; above zero, which would be no budget at all. */
static double share_time(const struct course *course, size_t n_windows)
{
	double budget_s = course->training->options.time_budget_s;
	size_t n_left = course->training->data.train.n - course->n_windows;
	if (budget_s <= 0)
		return 0;
	return fmax(1e-9, (budget_s - course->used_s) * (double)n_windows / (double)n_left);
}

static enum alm_status learn(struct course *course, struct alm_lesson *lesson, struct alm_error *err)
{
	struct alm_teller *teller = &course->teller;
	const double n_all = (double)course->training->data.train.n;
	teller->series = lesson->series;
	teller->before = (double)course->n_windows / n_all;
	teller->share = (double)lesson->data->train.n / n_all;
	lesson->time_budget_s = share_time(course, lesson->data->train.n);
	double began_s = alm_monotonic_s();
	enum alm_status status =
		alm_lesson_begin(lesson, err); /* without a word: note_all has the constants */
	lesson->reporter = &teller->base;
	lesson->earlier = course->anew ? NULL : &teller->base;
	if (status == ALM_OK)
		status = alm_lesson_run(lesson, course->run_id, err);
	course->anew |= lesson->anew;
	course->used_s += status == ALM_OK ? lesson->outcome.seconds : alm_monotonic_s() - began_s;
	return status;
}

static enum alm_status train_series(
	struct course *course, struct alm_prepared *view, const char *series, struct alm_error *err)
{
	struct alm_training *training = course->training;
	struct alm_error why = {0};
	int parent = number_of_parent(course, series);
	if (view->train.n == 0) {
		alm_roster_add(&course->without, series);
		return leave_out(course, series, parent, "its training part holds no window", err);
	}
	if (parent >= 0)
		alm_lesson_shorten(&view->spec);
	struct alm_lesson lesson = {.options = &training->options,
		.data = view,
		.trained = &course->trained,
		.parent = parent,
		.series = series,
		.pool = training->pool};
	enum alm_status status = learn(course, &lesson, &why);
	if (status == ALM_OK) {
		take(course, &lesson);
	} else if (status == ALM_DIVERGED || status == ALM_BAD_DATA) {
		if (course->failed.n == 0) {
			course->first = why;
			alm_fail_in(&course->first, "series '%.120s'", series);
		}
		alm_roster_add(&course->failed, series);
		status = leave_out(course, series, parent, why.text, err);
	} else {
		if (status == ALM_INTERRUPTED)
			stop(course, &lesson, &why);
		if (err)
			*err = why;
	}
	alm_lesson_release(&lesson);
	course->n_windows += view->train.n;
	return status;
}

static enum alm_status train_all(struct course *course, struct alm_error *err)
{
	struct alm_prepared *data = &course->training->data;
	enum alm_status status = ALM_OK;
	for (int i = 0, frame = 0; i < data->panel.n_series && status == ALM_OK; i++) {
		struct alm_prepared view;
		course->teller.number = i + 1;
		status = view_series(data, i, &frame, &view, err);
		if (status == ALM_OK)
			status = train_series(course, &view, data->panel.series[i], err);
		release_view(&view);
		if (status == ALM_OK)
			keep_in_time(course);
	}
	return status;
}

/* ---- the whole */

static enum alm_status init(
	struct course *course, struct alm_training *training, int64_t run_id, struct alm_error *err)
{
	int n_series = training->data.panel.n_series, n_channels = training->trained.scaler.n_channels;
	*course = (struct course){.training = training,
		.run_id = run_id,
		.trained = training->trained,
		.bank = &training->bank,
		.kept_s = alm_monotonic_s()};
	course->trained.scaler = (struct alm_scaler){0};
	alm_teller_init(&course->teller, training->options.context->reporter, n_series);
	enum alm_status status = alm_bank_init(&training->bank, n_series,
		training->trained.network.params.n_floats, (size_t)n_channels, err);
	if (status != ALM_OK)
		return status;
	return alm_scaler_init(&course->trained.scaler, n_channels, NULL, 0, err);
}

/* All networks are the model's; windows are those of the series that have one. */
static enum alm_status finish(struct course *course, struct alm_error *err)
{
	struct alm_training *training = course->training;
	if (course->bank->n == 0) {
		if (err)
			*err = course->first;
		alm_fail_in(err, "no network of %d series could be trained; the first", course->teller.n);
		return course->first.status;
	}
	note_all(course);
	enum alm_status status = alm_bank_give(course->bank, &training->trained, err);
	if (status == ALM_OK)
		status = alm_trained_attach(&training->trained, &training->data.panel, NULL, err);
	return status == ALM_OK ? alm_prepare_windows(&training->data, err) : status;
}

enum alm_status alm_per_series_run(struct alm_training *training, int64_t run_id, struct alm_error *err)
{
	struct course course;
	enum alm_status status = init(&course, training, run_id, err);
	if (status == ALM_OK)
		status = train_all(&course, err);
	if (status == ALM_OK)
		status = finish(&course, err);
	alm_scaler_release(&course.trained.scaler);
	return status;
}
