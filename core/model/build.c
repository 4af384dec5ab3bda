#include "model/build.h"

struct alm_feed alm_build_feed(const struct alm_spec *spec, const struct alm_plan *plan,
	const struct alm_panel *panel, int n_targets)
{
	return (struct alm_feed){.panel = panel,
		.spec = plan->window,
		.n_targets = n_targets,
		.residual = (enum alm_residual)spec->residual,
		.season = plan->season,
		.norm = (enum alm_window_norm)spec->window_norm,
		.segment = (int)plan->segment,
		.mask = spec->mask,
		.sequences = spec->returns == ALM_RETURN_SEQUENCES,
		.recursive = spec->head == ALM_HEAD_RECURSIVE};
}

static bool reads_both_ways(const struct alm_layers *layers)
{
	for (int i = 0; i < layers->n; i++)
		if (layers->layer[i].spec.merge != ALM_MERGE_NONE)
			return true;
	return false;
}

static enum alm_status check_segments(const struct alm_feed *feed, struct alm_error *err)
{
	const struct alm_window_spec *window = &feed->spec;
	int64_t width = feed->segment;
	if (feed->sequences || feed->recursive)
		return alm_fail(err, ALM_USAGE,
			"--segment decodes the whole horizon at once: it needs --return last and --head "
			"direct");
	if (feed->mask)
		return alm_fail(err, ALM_USAGE,
			"--segment reads the values of a target alone: it takes no --mask; use --no-mask");
	if (feed->panel->n_static > 0)
		return alm_fail(err, ALM_USAGE,
			"--segment reads each target by itself: it takes no --static; leave it out");
	if (feed->panel->n_known > feed->panel->n_calendar)
		return alm_fail(err, ALM_USAGE,
			"--segment reads each target by itself: it takes no --future; leave it out");
	if (feed->panel->n_calendar > 0)
		return alm_fail(err, ALM_USAGE,
			"--segment reads each target by itself: it takes no --calendar and no --holidays; "
			"use "
			"--no-calendar, --holidays ''");
	if (feed->panel->n_channels > feed->n_targets)
		return alm_fail(err, ALM_USAGE,
			"--segment reads each target by itself: use --past none, or name the other channels "
			"with --target too");
	if (window->lookback % width != 0)
		return alm_fail(err, ALM_USAGE,
			"--lookback: %lld rows are no multiple of a --segment of %lld",
			(long long)window->lookback, (long long)width);
	if (window->min_lookback > 0 && window->min_lookback < width)
		return alm_fail(err, ALM_USAGE, "--min-lookback: %lld rows are less than a --segment of %lld",
			(long long)window->min_lookback, (long long)width);
	return ALM_OK;
}

static enum alm_status check_sequences(
	const struct alm_layers *layers, const struct alm_feed *feed, struct alm_error *err)
{
	if (reads_both_ways(layers))
		return alm_fail(err, ALM_USAGE,
			"--return sequences: a bidirectional layer would read the targets of earlier steps; "
			"use --return last");
	if (feed->norm != ALM_WINDOW_NORM_NONE)
		return alm_fail(err, ALM_USAGE,
			"--return sequences: earlier steps would see the whole window through --window-norm; "
			"use --window-norm none");
	return ALM_OK;
}

static enum alm_status check_recursive(const struct alm_spec *spec, const struct alm_layers *layers,
	const struct alm_feed *feed, struct alm_error *err)
{
	if (reads_both_ways(layers))
		return alm_fail(err, ALM_USAGE,
			"--head recursive goes on from the last step: it needs layers of one direction");
	if (feed->spec.sampling != 1 || feed->spec.delay != 0)
		return alm_fail(err, ALM_USAGE,
			"--head recursive feeds each forecast back as the next row: it needs --sampling 1 "
			"and --delay 0");
	if (feed->panel->n_channels - feed->panel->n_known - feed->panel->n_static > feed->n_targets)
		return alm_fail(err, ALM_USAGE,
			"--head recursive needs all channels of the next row: use --past none, or name the "
			"others with --target too");
	if (alm_loss_at(spec->loss)->width != 1)
		return alm_fail(err, ALM_USAGE,
			"--head recursive feeds points back: it needs --loss mae, mse or huber");
	return ALM_OK;
}

enum alm_status alm_build_check(const struct alm_spec *spec, const struct alm_layers *layers,
	const struct alm_feed *feed, struct alm_error *err)
{
	int64_t horizon = feed->spec.horizon;
	enum alm_status status = ALM_OK;
	if (horizon * feed->panel->n_channels > INT32_MAX / 64 ||
		horizon * (feed->input ? feed->input[feed->panel->n_channels] : 0) > INT32_MAX / 64)
		return alm_fail(err, ALM_USAGE, "--horizon: %lld steps are too many for one network",
			(long long)horizon);
	if (feed->segment > 0 && spec->series_embedding > 0)
		return alm_fail(err, ALM_USAGE,
			"--segment reads segments of values alone: it takes no --series-embedding; use 0");
	if (feed->segment > 0)
		status = check_segments(feed, err);
	if (status == ALM_OK && feed->sequences)
		status = check_sequences(layers, feed, err);
	if (status == ALM_OK && feed->recursive)
		status = check_recursive(spec, layers, feed, err);
	return status;
}

struct alm_network_spec alm_build_network(
	const struct alm_spec *spec, const struct alm_layers *layers, const struct alm_feed *feed, int width)
{
	struct alm_network_spec network = {.n_features = alm_feed_features(feed),
		.n_layers = layers->n,
		.n_extra = alm_feed_extras(feed),
		.n_outputs = alm_feed_outputs(feed) * width,
		.sequences = feed->sequences,
		.head_dropout = spec->head_dropout,
		.embedding.width = (int)spec->series_embedding};
	for (int i = 0; i < layers->n; i++)
		network.layers[i] = layers->layer[i].spec;
	if (feed->segment > 0)
		network.segment = (struct alm_segment_spec){.width = feed->segment,
			.n_positions = (int)((feed->spec.horizon + feed->segment - 1) / feed->segment),
			.n_channels = feed->n_targets};
	return network;
}
