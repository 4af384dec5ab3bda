#include "series/frame.h"
#include <stdlib.h>

enum alm_status alm_frame_blame(const struct alm_frame *frame, enum alm_status status, struct alm_error *err)
{
	if (err && *frame->series != '\0')
		alm_fail_in(err, "series '%s'", frame->series);
	return status;
}

int64_t alm_frame_time(const struct alm_panel *panel, const struct alm_frame *frame, int64_t row)
{
	return alm_freq_add(&panel->freq, frame->grid_ms, frame->grid_row + row);
}

size_t alm_frame_row_at(const struct alm_panel *panel, const struct alm_frame *frame, int64_t time_ms)
{
	if (time_ms <= frame->start_ms)
		return 0;
	if (time_ms > alm_frame_time(panel, frame, (int64_t)frame->n_rows - 1))
		return frame->n_rows;
	bool on_grid;
	int64_t row = alm_freq_between(&panel->freq, frame->grid_ms, time_ms, &on_grid) - frame->grid_row;
	return (size_t)row + (on_grid ? 0 : 1);
}

void alm_panel_release(struct alm_panel *panel)
{
	for (int i = 0; i < panel->n_frames; i++) {
		free(panel->frames[i].values);
		free(panel->frames[i].observed);
		free(panel->frames[i].before);
	}
	for (int i = 0; panel->channels && i < panel->n_channels; i++)
		free(panel->channels[i]);
	for (int i = 0; i < panel->n_series; i++)
		free(panel->series[i]);
	free(panel->frames);
	free(panel->channels);
	free(panel->category);
	free(panel->series);
	*panel = (struct alm_panel){0};
}

const struct alm_frame *alm_panel_range(const struct alm_panel *panel, int64_t *last_ms)
{
	const struct alm_frame *first = &panel->frames[0];
	*last_ms = INT64_MIN;
	for (int i = 0; i < panel->n_frames; i++) {
		const struct alm_frame *frame = &panel->frames[i];
		int64_t last = alm_frame_time(panel, frame, (int64_t)frame->n_rows - 1);
		first = frame->start_ms < first->start_ms ? frame : first;
		*last_ms = last > *last_ms ? last : *last_ms;
	}
	return first;
}
