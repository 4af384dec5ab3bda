#include "train/feed_rig.h"
#include <criterion/criterion.h>
#include <math.h>

float rig_numbered(size_t row, int channel)
{
	return (float)(100 * channel) + (float)row;
}

float rig_numbered_with_gap(size_t row, int channel)
{
	return channel == 0 && row >= 8 && row <= 10 ? NAN : rig_numbered(row, channel);
}

float rig_changed_after_9(size_t row, int channel)
{
	return row <= 9 ? rig_numbered_with_gap(row, channel) : -7777 - (float)row;
}

void rig_open_network(struct rig *rig)
{
	struct alm_network_spec spec = {.n_features = alm_feed_features(&rig->feed),
		.n_layers = 1,
		.layers = {{.cell = &rig->cell.facts, .units = 4}},
		.n_extra = alm_feed_extras(&rig->feed),
		.n_outputs = alm_feed_outputs(&rig->feed)};
	cr_assert_eq(alm_network_init(&rig->network, &spec, alm_kernel_best(), NULL), ALM_OK);
	cr_assert_eq(alm_network_work_init(&rig->work, &rig->network, 3, 2, false, NULL), ALM_OK);
}

void rig_open(struct rig *rig, make_value *value, bool calendar, enum alm_residual residual)
{
	rig->panel = make_panel(20, 2, calendar, value);
	rig->cell = make_cell("simple");
	rig->feed = (struct alm_feed){.panel = &rig->panel,
		.scaler = &rig->scaler,
		.spec = {.lookback = 3, .sampling = 2, .delay = 1, .horizon = 2, .stride = 1},
		.n_targets = 1,
		.residual = residual,
		.season = 4};
	rig->scale = alm_feed_scale_at(&rig->feed, rig->scales, 1);
	for (int channel = 0; channel < rig->panel.n_channels; channel++) {
		rig->scale.center[channel] = 0;
		rig->scale.gain[channel] = 1;
	}
	cr_assert_eq(alm_scaler_init(&rig->scaler, rig->panel.n_channels, NULL, 0, NULL), ALM_OK);
	rig_open_network(rig);
}

void rig_open_network_again(struct rig *rig)
{
	alm_network_work_release(&rig->work);
	alm_network_release(&rig->network);
	rig_open_network(rig);
}

void rig_open_masked(struct rig *rig, make_value *value, bool calendar)
{
	rig_open(rig, value, calendar, ALM_RESIDUAL_NONE);
	rig->feed.mask = true;
	rig_open_network_again(rig);
}

void rig_open_future(struct rig *rig, make_value *value, bool calendar)
{
	rig_open(rig, value, calendar, ALM_RESIDUAL_NONE);
	rig->panel.n_known++;
	rig_open_network_again(rig);
}

void rig_close(struct rig *rig)
{
	alm_network_work_release(&rig->work);
	alm_network_release(&rig->network);
	alm_scaler_release(&rig->scaler);
	alm_panel_release(&rig->panel);
}

float rig_input(const struct rig *rig, int step, int channel)
{
	return alm_network_input(&rig->network, &rig->work, 2, step, 1)[channel];
}

int rig_load(struct rig *rig, const struct alm_sample *sample)
{
	struct alm_sample samples[2] = {*sample, *sample};
	struct alm_feed_rows rows = {2, samples, rig->scales, rig->lengths};
	samples[0].window.now++;
	alm_feed_load(&rig->feed, &rows, &rig->network, &rig->work);
	rig->scale = alm_feed_scale_at(&rig->feed, rig->scales, 1);
	return rig->lengths[1];
}
