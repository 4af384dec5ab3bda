/* Forecasting step by step against the same done the long way: the whole lengthened sequence anew for every step. */
#include <criterion/criterion.h>
#include <math.h>
#include <string.h>
#include "forecast/recursive.h"
#include "support/make.h"

#define LOOKBACK 9
#define HORIZON  5

static float rising(size_t row, int channel)
{
	return sinf((float)row / 3 + (float)channel) + (float)row / 50;
}

struct rig {
	struct alm_panel panel;
	struct alm_scaler scaler;
	struct alm_cell cell;
	struct alm_network network;
	struct alm_feed feed;
	struct alm_shard shard;
};

static void open_rig(
	struct rig *rig, enum alm_residual residual, enum alm_window_norm norm, bool sequences, bool mask)
{
	rig->panel = make_panel(60, 2, true, rising);
	rig->cell = make_cell("gru");
	cr_assert_eq(alm_scaler_init(&rig->scaler, rig->panel.n_channels, NULL, 0, NULL), ALM_OK);
	rig->feed = (struct alm_feed){.panel = &rig->panel,
		.scaler = &rig->scaler,
		.spec = {.lookback = LOOKBACK,
			.sampling = 1,
			.horizon = HORIZON,
			.stride = 1,
			.min_lookback = 1},
		.n_targets = 2,
		.residual = residual,
		.season = 4,
		.norm = norm,
		.mask = mask,
		.sequences = sequences,
		.recursive = true};
	struct alm_layer_spec layer = {.cell = &rig->cell.facts, .units = 7};
	struct alm_network_spec spec = {.n_features = alm_feed_features(&rig->feed),
		.n_layers = 2,
		.layers = {layer, layer},
		.n_extra = alm_feed_extras(&rig->feed),
		.n_outputs = alm_feed_outputs(&rig->feed),
		.sequences = sequences};
	cr_assert_eq(alm_network_init(&rig->network, &spec, alm_kernel_best(), NULL), ALM_OK);
	alm_network_initialise(&rig->network, 3);
	cr_assert_eq(
		alm_shard_init(&rig->shard, &rig->network, &rig->feed, 3, HORIZON - 1, false, NULL), ALM_OK);
}

static void close_rig(struct rig *rig)
{
	alm_shard_release(&rig->shard);
	alm_network_release(&rig->network);
	alm_scaler_release(&rig->scaler);
	alm_panel_release(&rig->panel);
}

/* A row of the panel, or what was forecast for it. */
static float seen(const struct rig *rig, size_t now, const float *done, size_t row, int channel)
{
	if (row > now)
		return done[(row - now - 1) * 2 + (size_t)channel];
	return rig->panel.frames[0].values[row * (size_t)rig->panel.n_channels + (size_t)channel];
}

/* One forecast from all rows first..last, of which those after `now` are forecasts themselves. */
static void step_anew(struct rig *rig, size_t first, size_t now, size_t last, const float *center,
	const float *gain, float *done)
{
	struct alm_network_work *work = &rig->shard.work;
	const struct alm_frame *frame = &rig->panel.frames[0];
	size_t n_channels = (size_t)rig->panel.n_channels;
	struct alm_pass pass = {.rows = 1, .n_steps = (int)(last - first) + 1};
	for (size_t row = first; row <= last; row++) {
		float *input = alm_network_input(&rig->network, work, 1, (int)(row - first), 0);
		for (int channel = 0; channel < 2; channel++)
			input[channel] =
				(seen(rig, now, done, row, channel) - center[channel]) / gain[channel];
		memcpy(input + 2, frame->values + row * n_channels + 2, 6 * sizeof(float));
		for (int channel = 0; rig->feed.mask && channel < 2; channel++)
			input[8 + channel] = 1;
	}
	int step = pass.n_steps - 1;
	memcpy(alm_network_extra(&rig->network, work, 1, step, 0),
		frame->values + (last + 1) * n_channels + 2, 6 * sizeof(float));
	alm_network_forward(&rig->network, work, &pass);
	for (int channel = 0; channel < 2; channel++) {
		float base = center[channel];
		if (rig->feed.residual == ALM_RESIDUAL_LAST)
			base = seen(rig, now, done, last, channel);
		if (rig->feed.residual == ALM_RESIDUAL_SEASON)
			base = seen(rig, now, done, last + 1 - 4, channel);
		const float *out = work->out + alm_network_out_at(&rig->network, 1, step, 0);
		done[(last - now) * 2 + (size_t)channel] = base + gain[channel] * out[channel];
	}
}

static void compare(enum alm_residual residual, enum alm_window_norm norm, bool sequences, bool mask)
{
	struct rig rig;
	const struct alm_loss *loss = alm_loss_at(0);
	const size_t nows[3] = {20, 31, 5}; /* the last has but six rows before it */
	float out[3][HORIZON * 2];
	open_rig(&rig, residual, norm, sequences, mask);
	for (int row = 0; row < 3; row++)
		rig.shard.samples[row] = (struct alm_sample){.window.now = nows[row]};
	alm_shard_forward(&rig.shard, &rig.network, &rig.feed, 3, NULL);
	struct alm_feed_scale scale[3];
	float kept[3][2][2];
	for (int row = 0; row < 3; row++) {
		scale[row] = alm_shard_scale(&rig.shard, &rig.feed, row);
		memcpy(kept[row][0], scale[row].center, sizeof kept[row][0]);
		memcpy(kept[row][1], scale[row].gain, sizeof kept[row][1]);
	}
	alm_recursive_run(&rig.shard, &rig.network, &rig.feed, loss, out[0]);
	for (int row = 0; row < 3; row++) {
		float done[HORIZON * 2] = {0};
		size_t now = nows[row], first = now + 1 >= LOOKBACK ? now + 1 - LOOKBACK : 0;
		for (size_t ahead = 0; ahead < HORIZON; ahead++)
			step_anew(&rig, first, now, now + ahead, kept[row][0], kept[row][1], done);
		for (int i = 0; i < HORIZON * 2; i++)
			cr_assert_float_eq(out[row][i], done[i], 1e-5f, "residual %d norm %d row %d: %d",
				residual, norm, row, i);
	}
	close_rig(&rig);
}

Test(recursive, forecasts_are_those_of_the_lengthened_sequence)
{
	for (enum alm_residual residual = ALM_RESIDUAL_NONE; residual <= ALM_RESIDUAL_SEASON; residual++)
		for (enum alm_window_norm norm = ALM_WINDOW_NORM_NONE; norm <= ALM_WINDOW_NORM_MEAN; norm++)
			compare(residual, norm, false, false);
	for (enum alm_residual residual = ALM_RESIDUAL_NONE; residual <= ALM_RESIDUAL_SEASON; residual++)
		compare(residual, ALM_WINDOW_NORM_NONE, true, false);
}

Test(recursive, a_forecast_that_is_fed_back_counts_as_observed)
{
	compare(ALM_RESIDUAL_LAST, ALM_WINDOW_NORM_NONE, false, true);
	compare(ALM_RESIDUAL_NONE, ALM_WINDOW_NORM_NONE, true, true);
}

Test(recursive, forecasts_look_at_nothing_after_now)
{
	struct rig rig;
	float out[2][HORIZON * 2];
	open_rig(&rig, ALM_RESIDUAL_SEASON, ALM_WINDOW_NORM_MEAN, false, false);
	for (int i = 0; i < 2; i++) {
		rig.shard.samples[0] = (struct alm_sample){.window.now = 20};
		alm_shard_forward(&rig.shard, &rig.network, &rig.feed, 1, NULL);
		alm_recursive_run(&rig.shard, &rig.network, &rig.feed, alm_loss_at(0), out[i]);
		for (size_t row = 21; row < 60; row++)
			rig.panel.frames[0].values[row * 8] = rig.panel.frames[0].values[row * 8 + 1] = -99;
	}
	cr_assert_arr_eq(out[0], out[1], sizeof out[0]);
	close_rig(&rig);
}
