#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "support/make.h"
#include "train/trainer.h"

static float wave(size_t row, int channel)
{
	return make_wave(row, channel) / 5;
}

/* Every third target of the training part is missing. */
static float wave_with_holes(size_t row, int channel)
{
	return row % 3 == 0 && row > 0 ? NAN : wave(row, channel);
}

static float huge(size_t row, int channel)
{
	return (row + (size_t)channel) % 2 ? 3e38f : -3e38f;
}

struct rig {
	struct alm_panel panel;
	struct alm_scaler scaler;
	struct alm_cell cell;
	struct alm_network network;
	struct alm_feed feed;
	struct alm_windows train, valid;
	struct alm_pool *pool;
	struct alm_train_options options;
	struct alm_train_outcome outcome;
	struct alm_error err;
};

static void open_rig(struct rig *rig, make_value *value, const char *cell, int threads)
{
	memset(rig, 0, sizeof *rig);
	rig->panel = make_panel(400, 2, false, value);
	rig->cell = make_cell(cell);
	int64_t split = rig->panel.frames[0].start_ms + 300 * HOUR_MS;
	struct alm_part before = {INT64_MIN, split}, after = {split, INT64_MAX};
	rig->feed = (struct alm_feed){.panel = &rig->panel,
		.scaler = &rig->scaler,
		.spec = {.lookback = 12, .sampling = 1, .delay = 0, .horizon = 3, .stride = 1},
		.n_targets = 1,
		.residual = ALM_RESIDUAL_LAST};
	cr_assert_eq(alm_scaler_init(&rig->scaler, 2, NULL, 0, NULL), ALM_OK);
	struct alm_network_spec spec = {.n_features = 2,
		.n_layers = 2,
		.layers = {{.cell = &rig->cell.facts, .units = 9}, {.cell = &rig->cell.facts, .units = 7}},
		.n_outputs = 3};
	cr_assert_eq(alm_network_init(&rig->network, &spec, alm_kernel_best(), NULL), ALM_OK);
	alm_network_initialise(&rig->network, 7);
	cr_assert_eq(alm_windows_init(&rig->train, &rig->panel, &rig->feed.spec, &before, NULL), ALM_OK);
	cr_assert_eq(alm_windows_init(&rig->valid, &rig->panel, &rig->feed.spec, &after, NULL), ALM_OK);
	cr_assert_eq(alm_pool_new(threads, &rig->pool, NULL), ALM_OK);
	rig->options = (struct alm_train_options){.objective = {.loss = alm_loss_at(0), .delta = 1},
		.optimizer = {.rule = alm_optim_at(0), .clip = 1},
		.schedule_epochs = 1,
		.schedule_factor = 0.5,
		.schedule = alm_schedule_at(1),
		.rate = 0.01,
		.batch = 50,
		.shard = 8,
		.epochs = 4,
		.seed = 3,
		.pool = rig->pool};
}

static enum alm_status train(struct rig *rig)
{
	return alm_train(
		&rig->network, &rig->feed, &rig->train, &rig->valid, &rig->options, &rig->outcome, &rig->err);
}

static void close_rig(struct rig *rig)
{
	alm_windows_release(&rig->train);
	alm_windows_release(&rig->valid);
	alm_network_release(&rig->network);
	alm_scaler_release(&rig->scaler);
	alm_panel_release(&rig->panel);
	alm_pool_free(rig->pool);
}

Test(trainer, learns_a_wave)
{
	struct rig rig;
	open_rig(&rig, wave, "gru", 1);
	rig.options.epochs = 30;
	cr_assert_eq(train(&rig), ALM_OK, "%s", rig.err.text);
	cr_assert_lt(rig.outcome.valid_loss, 0.08); /* repeating the last value: 0.3 */
	cr_assert_eq(rig.outcome.epochs, 30);
	close_rig(&rig);
}

Test(trainer, same_seed_gives_the_same_bits_with_any_number_of_threads)
{
	static const char *const cells[] = {"simple", "lstm", "gru"};
	for (int i = 0; i < 3; i++) {
		struct rig one, more;
		open_rig(&one, wave_with_holes, cells[i], 1);
		cr_assert_eq(train(&one), ALM_OK, "%s", one.err.text);
		for (int threads = 2; threads <= 3; threads++) {
			open_rig(&more, wave_with_holes, cells[i], threads);
			cr_assert_eq(train(&more), ALM_OK, "%s", more.err.text);
			cr_assert_arr_eq(one.network.values, more.network.values,
				one.network.params.n_floats * sizeof(float), "%s", cells[i]);
			cr_assert_eq(
				memcmp(&one.outcome.valid_loss, &more.outcome.valid_loss, sizeof(double)), 0);
			close_rig(&more);
		}
		close_rig(&one);
	}
}

Test(trainer, a_shard_suits_the_widest_layer_and_the_batch)
{
	cr_expect_eq(alm_batch_rows(32, 256), 16);
	cr_expect_eq(alm_batch_rows(96, 256), 16);
	cr_expect_eq(alm_batch_rows(97, 256), 32);
	cr_expect_eq(alm_batch_rows(97, 128), 32);
	cr_expect_eq(alm_batch_rows(97, 127), 16, "four shards at least");
	cr_expect_eq(alm_batch_rows(97, 64), 16);
	cr_expect_eq(alm_batch_rows(97, 63), 8);
	cr_expect_eq(alm_batch_rows(32, 63), 8);
	cr_expect_eq(alm_batch_rows(32, 1), 8);
}

Test(trainer, another_seed_gives_another_order)
{
	struct rig a, b;
	open_rig(&a, wave, "gru", 1);
	open_rig(&b, wave, "gru", 1);
	b.options.seed = 4;
	cr_assert_eq(train(&a), ALM_OK);
	cr_assert_eq(train(&b), ALM_OK);
	cr_assert_neq(
		memcmp(a.network.values, b.network.values, a.network.params.n_floats * sizeof(float)), 0);
	close_rig(&a);
	close_rig(&b);
}

Test(trainer, a_missing_target_does_not_pull_at_the_weights)
{
	struct rig a, b;
	open_rig(&a, wave_with_holes, "gru", 1);
	open_rig(&b, wave_with_holes, "gru", 1);
	/* What stands in a gap reaches the network only as an input: here the targets are behind all inputs. */
	struct alm_frame *frame = &b.panel.frames[0];
	struct alm_window last = alm_windows_get(&b.train, b.train.n - 1);
	a.options.epochs = b.options.epochs = 1;
	for (int64_t step = 0; step < 3; step++) {
		size_t at = alm_window_target_row(&b.feed.spec, last.now, step) * 2;
		if (!frame->observed[at])
			frame->values[at] = 1000;
	}
	a.train.n = b.train.n = 1;
	a.train.first_now[0] = b.train.first_now[0] = last.now;
	a.valid.n = b.valid.n = 0;
	cr_assert_eq(train(&a), ALM_OK, "%s", a.err.text);
	cr_assert_eq(train(&b), ALM_OK, "%s", b.err.text);
	cr_assert_arr_eq(a.network.values, b.network.values, a.network.params.n_floats * sizeof(float));
	close_rig(&a);
	close_rig(&b);
}

Test(trainer, stops_when_patience_is_at_its_end_and_keeps_the_best_weights)
{
	struct rig rig;
	open_rig(&rig, wave, "simple", 1);
	rig.options.epochs = 200;
	rig.options.patience = 2;
	rig.options.rate = 0.3; /* too high to go on improving */
	rig.options.schedule = alm_schedule_at(0);
	cr_assert_eq(train(&rig), ALM_OK, "%s", rig.err.text);
	cr_assert(rig.outcome.stopped_early);
	cr_assert_eq(rig.outcome.epochs, rig.outcome.best_epoch + 2);
	/* One more epoch of nothing: the loss of the weights that were kept is the one reported. */
	double best = rig.outcome.valid_loss;
	rig.options.epochs = 1;
	rig.options.rate = 1e-30;
	cr_assert_eq(train(&rig), ALM_OK);
	cr_assert_float_eq(rig.outcome.valid_loss, best, 1e-9);
	close_rig(&rig);
}

Test(trainer, a_time_budget_ends_it_early)
{
	struct rig rig;
	open_rig(&rig, wave, "gru", 1);
	rig.options.epochs = 1000000;
	rig.options.time_budget_s = 0.2;
	cr_assert_eq(train(&rig), ALM_OK, "%s", rig.err.text);
	cr_assert(rig.outcome.budget_used);
	cr_assert_geq(rig.outcome.n_steps, 1);
	close_rig(&rig);
}

static int n_notes;

static void count_note(struct alm_reporter *self, const char *line)
{
	(void)self;
	n_notes += strstr(line, "last good weights") != NULL;
}

Test(trainer, values_that_are_not_finite_send_it_back_twice_and_then_fail)
{
	struct rig rig;
	struct alm_reporter reporter = {.note = count_note};
	open_rig(&rig, huge, "simple", 1);
	rig.options.reporter = &reporter;
	cr_assert_eq(train(&rig), ALM_DIVERGED);
	cr_assert_eq(n_notes, 2);
	cr_assert(strstr(rig.err.text, "step 1") && strstr(rig.err.text, "--rate"), "%s", rig.err.text);
	close_rig(&rig);
}

Test(trainer, a_loss_that_grows_tenfold_is_one_that_diverges)
{
	struct rig rig;
	open_rig(&rig, wave, "gru", 1);
	rig.options.rate = 1e6;
	cr_assert_eq(train(&rig), ALM_DIVERGED);
	cr_assert(strstr(rig.err.text, "lower --rate"), "%s", rig.err.text);
	cr_assert(strstr(rig.err.text, "in epoch 1, and was"), "%s", rig.err.text);
	close_rig(&rig);
}

Test(trainer, the_wish_to_stop_is_obeyed)
{
	struct rig rig;
	volatile sig_atomic_t stop = SIGINT;
	struct alm_reporter reporter = {.stop = &stop};
	open_rig(&rig, wave, "gru", 1);
	rig.options.reporter = &reporter;
	cr_assert_eq(train(&rig), ALM_INTERRUPTED);
	close_rig(&rig);
}

/* Keeps a copy of the newest state, and asks the training to stop when it has enough epochs. */
struct memory {
	struct alm_keeper base;
	struct alm_train_state state;
	float values[4096], slots[8192], best[4096], best_slots[8192];
	int64_t stop_after;
	volatile sig_atomic_t stop;
};

static enum alm_status remember(
	struct alm_keeper *self, const struct alm_train_state *state, struct alm_error *err)
{
	struct memory *memory = (struct memory *)self;
	(void)err;
	memory->state = *state;
	memcpy(memory->values, state->values, state->n_values * sizeof(float));
	memcpy(memory->slots, state->slots, state->n_slots * sizeof(float));
	memcpy(memory->best, state->best, state->n_values * sizeof(float));
	memcpy(memory->best_slots, state->best_slots, state->n_slots * sizeof(float));
	memory->state.values = memory->values;
	memory->state.slots = memory->slots;
	memory->state.best = memory->best;
	memory->state.best_slots = memory->best_slots;
	if (state->numbers.epoch == memory->stop_after)
		memory->stop = SIGTERM;
	return ALM_OK;
}

/* A training that uses all that could be lost between two processes. */
static void make_eventful(struct rig *rig, int optimizer)
{
	rig->options.epochs = 9;
	rig->options.rate = 0.05;
	rig->options.optimizer.rule = alm_optim_at(optimizer);
	rig->options.optimizer.momentum = 0.9;
	rig->options.optimizer.decay = 0.001;
	rig->options.optimizer.average = optimizer % 2 ? 0 : 0.9;
	rig->options.schedule = alm_schedule_at(3);
	rig->options.warmup = 0.1;
}

Test(trainer, stopped_anywhere_and_gone_on_with_gives_the_bits_of_one_that_never_stopped)
{
	static struct memory memory;
	for (int optimizer = 0; alm_optim_at(optimizer); optimizer++)
		for (int64_t stop_after = 1; stop_after < 9; stop_after += 3) {
			struct rig whole, part, rest;
			struct alm_reporter reporter = {.stop = &memory.stop};
			memory = (struct memory){.base = {.keep = remember}, .stop_after = stop_after};
			open_rig(&whole, wave_with_holes, "gru", 1);
			make_eventful(&whole, optimizer);
			cr_assert_eq(train(&whole), ALM_OK, "%s", whole.err.text);
			open_rig(&part, wave_with_holes, "gru", 1);
			make_eventful(&part, optimizer);
			part.options.keeper = &memory.base;
			part.options.reporter = &reporter;
			cr_assert_eq(train(&part), ALM_INTERRUPTED);
			cr_assert_eq(memory.state.numbers.epoch, stop_after);
			open_rig(&rest, wave_with_holes, "gru", 2);
			make_eventful(&rest, optimizer);
			rest.options.resume = &memory.state;
			cr_assert_eq(train(&rest), ALM_OK, "%s", rest.err.text);
			cr_assert_arr_eq(rest.network.values, whole.network.values,
				whole.network.params.n_floats * sizeof(float), "optimizer %d after %d",
				optimizer, (int)stop_after);
			cr_assert_eq(rest.outcome.n_steps, whole.outcome.n_steps);
			cr_assert_eq(rest.outcome.best_epoch, whole.outcome.best_epoch);
			cr_assert_eq(rest.outcome.epochs, whole.outcome.epochs);
			cr_assert_eq(rest.outcome.valid_loss, whole.outcome.valid_loss);
			close_rig(&whole);
			close_rig(&part);
			close_rig(&rest);
		}
}

/* The weights after so many steps of the whole training part each, all of which do it good. */
static void take_steps(struct rig *rig, int n, double average)
{
	open_rig(rig, wave, "gru", n);
	rig->options.batch = 1000;
	rig->options.epochs = n;
	rig->options.schedule = alm_schedule_at(0);
	rig->options.optimizer.average = average;
	cr_assert_eq(train(rig), ALM_OK, "%s", rig->err.text);
	cr_assert_eq(rig->outcome.n_steps, n);
	cr_assert_eq(rig->outcome.best_epoch, n);
}

Test(trainer, the_average_is_what_is_judged_and_kept)
{
	struct rig one, two, averaged;
	take_steps(&one, 1, 0);
	take_steps(&two, 2, 0);
	take_steps(&averaged, 2, 0.5);
	for (size_t i = 0; i < one.network.params.n_floats; i++)
		cr_assert_float_eq(averaged.network.values[i],
			(one.network.values[i] + 2 * two.network.values[i]) / 3, 1e-6f);
	/* The loss that is told is of the weights that are kept: a step of next to nothing does not change it. */
	double told = averaged.outcome.valid_loss;
	averaged.options.epochs = 1;
	averaged.options.rate = 1e-30;
	cr_assert_eq(train(&averaged), ALM_OK);
	cr_assert_float_eq(averaged.outcome.valid_loss, told, 1e-9);
	close_rig(&one);
	close_rig(&two);
	close_rig(&averaged);
}

static enum alm_status refuse(
	struct alm_keeper *self, const struct alm_train_state *state, struct alm_error *err)
{
	(void)self;
	(void)state;
	return alm_fail(err, ALM_IO, "no room");
}

static void count_refusal(struct alm_reporter *self, const char *line)
{
	(void)self;
	n_notes += strstr(line, "without a checkpoint: no room") != NULL;
}

Test(trainer, goes_on_when_its_state_cannot_be_kept)
{
	struct rig rig;
	struct alm_keeper keeper = {.keep = refuse};
	struct alm_reporter reporter = {.note = count_refusal};
	open_rig(&rig, wave, "gru", 1);
	rig.options.keeper = &keeper;
	rig.options.reporter = &reporter;
	cr_assert_eq(train(&rig), ALM_OK, "%s", rig.err.text);
	cr_assert_eq(n_notes, 3, "after each of four epochs but the last");
	close_rig(&rig);
}

Test(trainer, no_window_is_an_error)
{
	struct rig rig;
	open_rig(&rig, wave, "gru", 1);
	rig.train.n = 0;
	cr_assert_eq(train(&rig), ALM_BAD_DATA);
	close_rig(&rig);
}

Test(trainer, without_validation_windows_the_training_loss_chooses)
{
	struct rig rig;
	open_rig(&rig, wave, "gru", 1);
	rig.valid.n = 0;
	cr_assert_eq(train(&rig), ALM_OK, "%s", rig.err.text);
	cr_assert(isnan(rig.outcome.valid_loss));
	cr_assert_geq(rig.outcome.best_epoch, 1);
	close_rig(&rig);
}

Test(trainer, epoch_windows_limit_an_epoch)
{
	struct rig rig;
	open_rig(&rig, wave, "gru", 1);
	rig.options.epoch_windows = 100;
	rig.options.epochs = 2;
	cr_assert_eq(train(&rig), ALM_OK);
	cr_assert_eq(rig.outcome.n_windows, 200);
	cr_assert_eq(rig.outcome.n_steps, 4);
	close_rig(&rig);
}
