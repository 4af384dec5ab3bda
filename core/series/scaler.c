#include "series/scaler.h"
#include <math.h>
#include <stdlib.h>

/* What has been seen of one channel. */
struct seen {
	size_t n;
	double sum, squares, least, most;
};

enum alm_status alm_scaler_init(struct alm_scaler *scaler, int n_channels, struct alm_error *err)
{
	size_t n_bytes = (size_t)n_channels * sizeof(float);
	struct alm_scaler made = {n_channels, calloc(1, n_bytes), malloc(n_bytes)};
	if (!made.center || !made.scale) {
		alm_scaler_release(&made);
		return alm_fail_memory(err, n_bytes);
	}
	for (int i = 0; i < n_channels; i++)
		made.scale[i] = 1;
	*scaler = made;
	return ALM_OK;
}

void alm_scaler_release(struct alm_scaler *scaler)
{
	free(scaler->center);
	free(scaler->scale);
	*scaler = (struct alm_scaler){0};
}

/* Every observed value of a channel within the part; `center` is subtracted before squaring. */
static struct seen look_at(
	const struct alm_panel *panel, const struct alm_part *part, int channel, double center)
{
	struct seen seen = {.least = INFINITY, .most = -INFINITY};
	for (int i = 0; i < panel->n_frames; i++) {
		const struct alm_frame *frame = &panel->frames[i];
		size_t end = alm_frame_row_at(panel, frame, part->to_ms);
		for (size_t row = alm_frame_row_at(panel, frame, part->from_ms); row < end; row++) {
			size_t at = row * (size_t)panel->n_channels + (size_t)channel;
			if (!frame->observed[at])
				continue;
			double value = (double)frame->values[at];
			seen.n++;
			seen.sum += value;
			seen.squares += (value - center) * (value - center);
			seen.least = fmin(seen.least, value);
			seen.most = fmax(seen.most, value);
		}
	}
	return seen;
}

/* Center and width of a channel; two passes, so that a large mean does not eat a small deviation. */
static void fit_channel(const struct alm_panel *panel, const struct alm_part *part, int channel,
	enum alm_scaling scaling, const struct seen *seen, double *center, double *scale)
{
	*center = 0;
	*scale = 1;
	switch (scaling) {
	case ALM_SCALE_ZSCORE:
		*center = seen->sum / (double)seen->n;
		*scale = sqrt(look_at(panel, part, channel, *center).squares / (double)seen->n);
		break;
	case ALM_SCALE_MINMAX:
		*center = seen->least;
		*scale = seen->most - seen->least;
		break;
	case ALM_SCALE_NONE:
		break;
	}
}

static enum alm_status fit(struct alm_scaler *scaler, const struct alm_panel *panel,
	const struct alm_part *part, enum alm_scaling scaling, struct alm_reporter *reporter,
	struct alm_error *err)
{
	for (int channel = 0; channel < panel->n_channels - panel->n_known; channel++) {
		double center, scale;
		struct seen seen = look_at(panel, part, channel, 0);
		if (seen.n == 0)
			return alm_fail(err, ALM_BAD_DATA,
				"channel '%s' has no observed value in the training part; leave it out with "
				"--past or move --valid-from",
				panel->channels[channel]);
		fit_channel(panel, part, channel, scaling, &seen, &center, &scale);
		if (seen.least == seen.most && scaling != ALM_SCALE_NONE) {
			alm_note(reporter,
				"channel '%s' is constant (%g) in the training part; it is only centred",
				panel->channels[channel], seen.least);
			center = seen.least;
			scale = 1;
		}
		scaler->center[channel] = (float)center;
		scaler->scale[channel] = (float)scale > 0 ? (float)scale : 1;
	}
	return ALM_OK;
}

enum alm_status alm_scaler_fit(struct alm_scaler *scaler, const struct alm_panel *panel,
	const struct alm_part *part, enum alm_scaling scaling, struct alm_reporter *reporter,
	struct alm_error *err)
{
	struct alm_scaler made;
	enum alm_status status = alm_scaler_init(&made, panel->n_channels, err);
	if (status != ALM_OK)
		return status;
	status = fit(&made, panel, part, scaling, reporter, err);
	if (status == ALM_OK)
		*scaler = made;
	else
		alm_scaler_release(&made);
	return status;
}
