#include <math.h>
#include "eval/backtest.h"

double alm_skill(double model_mae, double baseline_mae)
{
	if (!isfinite(model_mae) || !isfinite(baseline_mae) || baseline_mae <= 0)
		return NAN;
	return 1 - model_mae / baseline_mae;
}

double alm_seasonal_scale(
	const struct alm_panel *panel, const struct alm_part *part, int channel, int64_t season)
{
	double sum = 0;
	size_t n = 0, back = (size_t)season * (size_t)panel->n_channels;
	for (int i = 0; i < panel->n_frames; i++) {
		const struct alm_frame *frame = &panel->frames[i];
		size_t first = alm_frame_row_at(panel, frame, part->from_ms) + (size_t)season;
		size_t end = alm_frame_row_at(panel, frame, part->to_ms);
		for (size_t row = first; row < end; row++) {
			size_t at = row * (size_t)panel->n_channels + (size_t)channel;
			if (!frame->observed[at] || !frame->observed[at - back])
				continue;
			sum += fabs((double)frame->values[at] - (double)frame->values[at - back]);
			n++;
		}
	}
	return n ? sum / (double)n : NAN;
}
