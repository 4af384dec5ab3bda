#ifndef ALM_RUN_WINDOWS_H
#define ALM_RUN_WINDOWS_H
#include <stdint.h>
#include "base/context.h"
#include "base/status.h"
#include "series/window.h"
#include "store/model.h"
#include "time/freq.h"

/* almanac windows NAME: counts of a model's windows, and which times go in and out of some of them. */
struct alm_windows_request {
	const char *model;                /* a model, or a dataset when no model has that name */
	const struct alm_pairs *settings; /* spec fields over the stored ones */
	int explain;                      /* windows to explain, spread over each part */
};
struct alm_window_explained {
	char part[8];  /* train, valid, test */
	char *series;  /* owned */
	int64_t index; /* within the part */
	int64_t first_input_ms, last_input_ms, first_target_ms, last_target_ms;
	char *holidays; /* rows of it that are, "2020-07-04 00:00:00 to 2020-07-04 23:00:00, ..."; NULL = the model takes none; owned */
};
struct alm_windows_report {
	char freq[ALM_FREQ_TEXT];
	struct alm_window_spec spec; /* resolved to rows */
	int64_t span;
	int64_t n_train, n_valid, n_test;
	int64_t valid_from_ms, test_from_ms, first_ms, last_ms;
	int64_t n_series, n_frames, n_gaps, n_missing;
	int n_explained;
	struct alm_window_explained *explained; /* owned */
};
ALM_MUST_CHECK enum alm_status alm_run_windows(const struct alm_context *context,
	const struct alm_windows_request *request, struct alm_windows_report *out, struct alm_error *err);
void alm_windows_report_release(struct alm_windows_report *report);

#endif
