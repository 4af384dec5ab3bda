/* How a challenger is trained in a model's turn, and what becomes of it. */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/count.h"
#include "run/turn_part.h"
#include "store/optimizer_state.h"
#include "store/promotion.h"

/* After so many warm trainings in a row the next is cold: small steps from one version to the next can go astray for long. */
#define WARM_MAX 3

/* ---- what the challenger begins with */

/* Whether the challenger begins with the champion's weights. */
static enum alm_status choose_start(
	struct turn *turn, const struct alm_spec *spec, bool *warm, struct alm_error *err)
{
	enum alm_start start = turn->policy.start;
	*warm = turn->loaded && start != ALM_START_COLD &&
		(start == ALM_START_WARM || turn->due.lineage.n_warm < WARM_MAX);
	if (!*warm)
		return ALM_OK;
	struct alm_spec known = *spec;
	if (*known.freq == '\0') /* found in the data, as it was then */
		snprintf(known.freq, sizeof known.freq, "%s", turn->champion.trained.spec.freq);
	const char *differs = NULL;
	enum alm_status status = alm_training_differs(&known, &turn->champion.trained.spec, &differs, err);
	if (status != ALM_OK)
		return status;
	if (differs && start == ALM_START_WARM)
		return alm_fail(err, ALM_BAD_CONFIG,
			"--start warm: setting '%s' is not what version %d was trained with; use --start "
			"cold",
			differs, turn->champion.number);
	*warm = !differs;
	return ALM_OK;
}

/* The optimiser's states of the champion's networks, where there are any of the same optimiser. */
static enum alm_status find_moments(struct turn *turn, const struct alm_spec *spec, struct alm_error *err)
{
	const struct alm_champion *champion = &turn->champion;
	struct alm_optim_spec optimizer = {.rule = alm_optim_at(spec->optimizer), .average = spec->average};
	size_t n_slots = (size_t)alm_optim_slots(&optimizer) * champion->trained.network.params.n_floats;
	if (champion->trained.spec.optimizer != spec->optimizer)
		return ALM_OK;
	int n = alm_trained_networks(&champion->trained);
	turn->moments = calloc((size_t)n, sizeof *turn->moments);
	if (!turn->moments)
		return alm_fail_memory(err, (size_t)n * sizeof *turn->moments);
	turn->n_moments = n;
	enum alm_status status = ALM_OK;
	for (int i = 0; i < n && status == ALM_OK; i++) {
		struct alm_optimizer_state state = {.n_slots = 0};
		status = alm_optimizer_state_find(champion->db, champion->version_id,
			alm_trained_owner(&champion->trained, i), &state, err);
		if (state.n_slots == n_slots)
			turn->moments[i] = (struct alm_moments){state.steps, n_slots, state.slots};
		else
			free(state.slots);
	}
	return status;
}

/* The training from the champion's weights, or from random ones. */
static enum alm_status prepare_from(struct turn *turn, struct alm_spec spec, bool warm, struct alm_error *err)
{
	struct alm_champion *champion = &turn->champion;
	if (warm && !spec.per_series) /* else those of its networks that do begin warm */
		alm_lesson_shorten(&spec);
	struct alm_training_options options = {.context = turn->context,
		.db = champion->db,
		.model_id = champion->model.id,
		.model = champion->model.name,
		.dataset = &champion->dataset,
		/* above zero, which would be no budget at all */
		.time_budget_s = turn->deadline_s > 0 ? fmax(1e-9, turn->deadline_s - alm_monotonic_s()) : 0,
		.checkpoint_s = turn->request->checkpoint_s,
		.drift_window = turn->policy.drift_window,
		.parent = warm ? &champion->trained : NULL,
		.warm = warm ? turn->moments : NULL};
	turn->out->parent = warm ? champion->number : 0;
	return alm_training_prepare(&turn->training, &options, &spec, &turn->history, err);
}

static enum alm_status prepare(struct turn *turn, struct alm_error *err)
{
	struct alm_champion *champion = &turn->champion;
	struct alm_spec spec;
	bool warm = false;
	enum alm_status status = alm_prepare_settings(&champion->model.spec, NULL, &spec, err);
	if (status == ALM_OK)
		status = choose_start(turn, &spec, &warm, err);
	if (status == ALM_OK && warm)
		status = find_moments(turn, &spec, err);
	if (status != ALM_OK)
		return status;
	turn->history = (struct alm_history){.until_ms = turn->until_ms,
		.moves = true,
		.holdout = turn->policy.holdout,
		.window = turn->policy.window,
		.unseen_ms = turn->loaded ? champion->trained.spec.test_from.time_ms : INT64_MIN};
	status = prepare_from(turn, spec, warm, err);
	if (status == ALM_BAD_CONFIG && warm && turn->policy.start == ALM_START_AUTO) {
		/* The dataset has other channels than the champion knows: nobody asked for its weights. */
		alm_training_release(&turn->training);
		status = prepare_from(turn, spec, false, err);
	}
	if (status == ALM_OK && turn->training.data.test.n == 0)
		return alm_fail(err, ALM_USAGE,
			"--holdout: the newest rows, which the champion has not seen, hold no window; "
			"lookback "
			"and horizon span %lld rows",
			(long long)alm_window_span(&turn->training.data.plan.window));
	return status;
}

/* ---- what becomes of it */

static void describe(struct turn *turn)
{
	struct alm_retrain_model *out = turn->out;
	const struct alm_duel *duel = &turn->duel;
	char start[64] = "cold", steps[ALM_COUNT_TEXT];
	if (out->parent > 0)
		snprintf(start, sizeof start, "warm from version %d", out->parent);
	out->outcome = duel->won ? ALM_RETRAIN_PROMOTED : ALM_RETRAIN_KEPT;
	out->challenger = turn->version.number;
	out->champion = duel->won ? turn->version.number : turn->champion.number;
	out->n_steps = turn->training.outcome.n_steps;
	out->measure = duel->measure;
	out->champion_error = duel->champion_error;
	out->challenger_error = duel->challenger_error;
	out->baseline_error = duel->baseline_error;
	snprintf(out->words, sizeof out->words, "version %d (%s, %s, %s steps) %s: %s", turn->version.number,
		start, turn->due.why, alm_count_print(out->n_steps, steps),
		duel->won ? "is champion" : "stays challenger", duel->words);
}

static enum alm_status add_real(struct alm_pairs *facts, const char *key, double value, struct alm_error *err)
{
	char text[32];
	snprintf(text, sizeof text, "%.9g", value);
	return isfinite(value) ? alm_pairs_add(facts, key, text, err) : ALM_OK;
}

static enum alm_status gather_facts(const struct turn *turn, struct alm_pairs *facts, struct alm_error *err)
{
	const struct alm_duel *duel = &turn->duel;
	enum alm_status status = alm_training_facts(&turn->training, facts, err);
	if (status == ALM_OK)
		status = add_real(facts, "new_rows", (double)turn->due.arrived.n_rows, err);
	if (status == ALM_OK)
		status = add_real(facts, "version", turn->version.number, err);
	if (status == ALM_OK && turn->out->parent > 0)
		status = add_real(facts, "warm_from", turn->out->parent, err);
	if (status == ALM_OK)
		status = alm_pairs_add(facts, "measure", duel->measure, err);
	if (status == ALM_OK)
		status = add_real(facts, "champion_error", duel->champion_error, err);
	if (status == ALM_OK)
		status = add_real(facts, "challenger_error", duel->challenger_error, err);
	if (status == ALM_OK)
		status = add_real(facts, "baseline_error", duel->baseline_error, err);
	if (status == ALM_OK)
		status = alm_pairs_add(facts, "baseline", duel->baseline, err);
	if (status == ALM_OK)
		status = add_real(facts, "spread", duel->spread, err);
	return status == ALM_OK ? add_real(facts, "holdout_windows", (double)duel->n_windows, err) : status;
}

/* Version, promotion, pruning and the end of the run: one commit. */
static enum alm_status write_all(struct turn *turn, struct alm_error *err)
{
	struct alm_db *db = turn->champion.db;
	struct alm_pairs facts = {0};
	int n_pruned = 0;
	int64_t parent = turn->out->parent > 0 ? turn->champion.version_id : 0;
	enum alm_status status =
		alm_training_store(&turn->training, turn->ledger.run_id, parent, &turn->version, err);
	struct alm_promotion promotion = {.model_id = turn->champion.model.id,
		.version_id = turn->version.id,
		.run_id = turn->ledger.run_id,
		.reason = "retrained",
		.champion_error = turn->duel.champion_error,
		.challenger_error = turn->duel.challenger_error,
		.baseline_error = turn->duel.baseline_error};
	if (status == ALM_OK && turn->duel.won)
		status = alm_promote(db, &promotion, err);
	if (status == ALM_OK && turn->policy.keep > 0)
		status = alm_version_prune(
			db, turn->champion.model.id, (int)turn->policy.keep, &n_pruned, err);
	if (status == ALM_OK)
		status = gather_facts(turn, &facts, err);
	describe(turn);
	if (status == ALM_OK)
		status = alm_ledger_close(&turn->ledger,
			(struct alm_run_result){.message = turn->out->words, .facts = &facts}, err);
	alm_pairs_release(&facts);
	return status;
}

static enum alm_status commit(struct turn *turn, struct alm_error *err)
{
	enum alm_status status = alm_db_begin(turn->champion.db, err);
	if (status != ALM_OK)
		return status;
	status = write_all(turn, err);
	if (status == ALM_OK)
		return alm_db_commit(turn->champion.db, err);
	alm_db_rollback(turn->champion.db);
	return status;
}

enum alm_status alm_turn_train(struct turn *turn, struct alm_error *err)
{
	struct alm_champion *champion = &turn->champion;
	struct alm_run_start start = {
		.kind = "retrain", .dataset_id = champion->dataset.id, .model_id = champion->model.id};
	enum alm_status status =
		alm_ledger_begin(&turn->ledger, champion->db, &start, turn->context->reporter, err);
	if (status != ALM_OK)
		return status;
	turn->out->run_id = turn->ledger.run_id;
	status = alm_turn_load_champion(turn, err);
	if (status == ALM_OK)
		status = prepare(turn, err);
	if (status == ALM_OK)
		status = alm_training_run(&turn->training, turn->ledger.run_id, err);
	if (status == ALM_OK)
		status = alm_duel_run(&turn->training, turn->loaded ? champion : NULL, &turn->history,
			turn->policy.margin, &turn->duel, err);
	if (status == ALM_OK)
		status = commit(turn, err);
	if (status != ALM_OK)
		alm_ledger_fail(&turn->ledger, status, err);
	return status;
}

void alm_turn_release(struct turn *turn)
{
	alm_trained_unsave(&turn->version);
	alm_training_release(&turn->training);
	for (int i = 0; i < turn->n_moments; i++)
		free(turn->moments[i].slots);
	free(turn->moments);
}
