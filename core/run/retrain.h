#ifndef ALM_RUN_RETRAIN_H
#define ALM_RUN_RETRAIN_H
#include <stdbool.h>
#include <stdint.h>
#include "base/context.h"
#include "base/status.h"
#include "store/drift.h"
#include "store/model.h"

/* almanac retrain: what cron calls. */
struct alm_retrain_request {
	const char *model; /* NULL = all models */
	const struct alm_pairs
		*policy; /* over the stored one; kept with the model when one is named. NULL = none */
	bool has_cutoff;
	int64_t cutoff_ms;    /* rows after it do not exist */
	int64_t overlap_ms;   /* of refreshing a copied dataset */
	double wait_s;        /* for a model that another process trains */
	double time_budget_s; /* over all models; 0 = none */
	double checkpoint_s;  /* least time between checkpoints */
	int jobs;             /* models at a time, at least 1 */
	bool dry_run;
};
enum alm_retrain_outcome {
	ALM_RETRAIN_SKIPPED,  /* nothing was due, and the forecast was there */
	ALM_RETRAIN_FORECAST, /* no training was due */
	ALM_RETRAIN_PROMOTED, /* the challenger is champion now */
	ALM_RETRAIN_KEPT,     /* the champion was not beaten */
	ALM_RETRAIN_WOULD,    /* dry run: would train */
	ALM_RETRAIN_FAILED,   /* see status and error */
};
#define ALM_RETRAIN_TEXT 1024
struct alm_retrain_model {
	char model[ALM_NAME_MAX + 1];
	enum alm_retrain_outcome outcome;
	enum alm_status status; /* ALM_OK, ALM_DEGRADED, or what went wrong */
	struct alm_error error; /* when it is not ALM_OK */
	int64_t run_id;         /* of the retraining; 0 = none */
	int champion;           /* version that forecasts now; 0 = none */
	int challenger;         /* version that was trained; 0 = none */
	int parent;             /* whose weights it began with; 0 = random ones */
	int64_t n_new, n_steps; /* rows since the last training; optimiser steps */
	double champion_error, challenger_error, baseline_error; /* on the holdout; NaN = not measured */
	const char *measure;                                     /* of these; static, NULL = not measured */
	bool forecast;                                           /* one was made */
	double seconds;
	char words[ALM_RETRAIN_TEXT]; /* what was done and why */
	int n_drifts; /* of the champion that there was: data or errors that are not as in its training */
	char drift[ALM_DRIFT_TEXT]; /* which, "" = none */
};
struct alm_retrain_report {
	int n;
	struct alm_retrain_model *models; /* [n] by name; owned */
	double seconds;
};
/*
 * Refreshes the datasets that are copies, and of each model: trains a challenger when its policy says so, makes it champion when
 * it is better, and forecasts. What goes wrong with one model does not keep the others from their turn: see their status. The
 * status is that of the whole call: ALM_NO_INPUT, no such model or database; ALM_USAGE, a bad policy. Release the report.
 */
ALM_MUST_CHECK enum alm_status alm_run_retrain(const struct alm_context *context,
	const struct alm_retrain_request *request, struct alm_retrain_report *out, struct alm_error *err);
void alm_retrain_report_release(struct alm_retrain_report *report);
const char *alm_retrain_outcome_name(enum alm_retrain_outcome outcome); /* "promoted"; static */

#endif
