#ifndef ALM_RUN_SCORE_H
#define ALM_RUN_SCORE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/context.h"
#include "base/status.h"
#include "store/dataset.h"
#include "store/drift.h"

/* almanac score: forecasts of a model against what was observed since, and whether that is still what it was trained on. */
struct alm_score_request {
	const char *model;
	bool has_cutoff;
	int64_t cutoff_ms; /* observations after it do not exist */
};
struct alm_score_result {
	char model[ALM_NAME_MAX + 1];
	int64_t run_id;                /* 0: there was nothing to score */
	int64_t n_forecasts, n_points; /* scored now, and the observed values they were compared with */
	double mae, baseline_mae;      /* over those that the baseline has a value for, too; NaN = none */
	int n_compared, n_drifts;      /* what was compared with the training, and how much of it drifts */
	char drift[ALM_DRIFT_TEXT];    /* what, "" = nothing */
};
ALM_MUST_CHECK enum alm_status alm_run_score(const struct alm_context *context,
	const struct alm_score_request *request, struct alm_score_result *out, struct alm_error *err);

#endif
