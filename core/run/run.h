/*
 * The verbs: each function opens the store, calls the rooms above in order and leaves a run row behind. The
 * command line and the SQL extension are thin callers of these. Results are plain structs to be shown.
 */
#ifndef ALM_RUN_RUN_H
#define ALM_RUN_RUN_H
#include <limits.h>
#include <stdbool.h>
#include <stdint.h>
#include "base/hash.h"
#include "base/names.h"
#include "base/reporter.h"
#include "base/status.h"
#include "cell/cell.h"
#include "check/results.h"
#include "eval/backtest.h"
#include "ingest/ingest.h"
#include "ingest/preview.h"
#include "ingest/pull.h"
#include "series/profile.h"
#include "series/season.h"
#include "store/health.h"
#include "store/violation.h"
#include "store/dataset_scan.h"
#include "store/model.h"
#include "store/show.h"
#include "store/stored.h"
#include "time/zone.h"

/* Where and how to run: given to every verb. Nothing is owned. */
struct alm_context {
	const char *db_path;
	int timeout_ms;        /* wait for locks; 0 = default */
	const char *cell_path; /* --cell-path, ':'-separated folders searched first; NULL = none */
	int threads;           /* 0 = as many as processors */
	struct alm_reporter *reporter;
};

/* almanac ingest */
ALM_MUST_CHECK enum alm_status alm_run_ingest(const struct alm_context *context,
	const struct alm_ingest_options *options, struct alm_ingest_summary *out, struct alm_error *err);

/* almanac describe: what is in a dataset and what of it is irregular. Reads only. */
#define ALM_DESCRIBE_SEASONS 8 /* channels whose seasons are looked for */
struct alm_describe_request {
	const char *dataset;
	const char *series; /* NULL = all */
	const char *freq;   /* NULL = inferred from the series with most rows, as training does */
	int strips, strip_width;
};
struct alm_description {
	struct alm_dataset dataset; /* owned */
	bool has_freq, freq_given;
	struct alm_freq freq;
	struct alm_error no_freq; /* why there is none */
	char zone[ALM_ZONE_NAME]; /* that the times were given in; "" = UTC. They are UTC here */
	int64_t first_ms, last_ms;
	struct alm_profile profile; /* owned */
	struct alm_names words;     /* of categories; owned */
	int n_seasons;              /* channels, from the first on, whose seasons were looked for: */
	struct alm_seasons seasons[ALM_DESCRIBE_SEASONS]; /* in the series with most rows */
};
ALM_MUST_CHECK enum alm_status alm_run_describe(const struct alm_context *context,
	const struct alm_describe_request *request, struct alm_description *out, struct alm_error *err);
void alm_description_release(struct alm_description *description);

/* almanac ingest --dry-run. Opens no database; the options' dataset may be NULL. Release with alm_preview_release. */
ALM_MUST_CHECK enum alm_status alm_run_ingest_preview(const struct alm_context *context,
	const struct alm_ingest_options *options, struct alm_preview *out, struct alm_error *err);

/* almanac attach: a dataset over a table, view or query that is there. */
struct alm_attach_request {
	const char *name;
	const char *from;            /* another SQLite file; NULL = the database */
	const char *table, *query;   /* exactly one */
	const char *time;            /* column; NULL = found */
	const char *time_format;     /* NULL = recognised */
	const char *series;          /* columns, comma-separated; NULL = one series */
	const char *channels;        /* columns, comma-separated; NULL = found */
	const char *channels_option; /* the option that named them */
	const char *category; /* further columns, whose values are texts, comma-separated; NULL = none */
	bool copy;            /* into a table of our own */
};
struct alm_attach_result {
	char dataset[ALM_NAME_MAX + 1];
	char source[ALM_ORIGIN_TEXT]; /* for people */
	char time_column[ALM_NAME_MAX + 1];
	char time_format[64]; /* as --time-format takes it */
	char time_words[64];  /* for people */
	bool recognised;      /* the format was */
	bool copied;
	int n_channels, n_series;
	uint64_t n_rows, n_duplicates, n_nulls; /* rows of the source; of those a time seen before */
	int64_t first_ms, last_ms;              /* only when there are rows */
	double seconds;
};
ALM_MUST_CHECK enum alm_status alm_run_attach(const struct alm_context *context,
	const struct alm_attach_request *request, struct alm_attach_result *out, struct alm_error *err);

/*
 * almanac detach: forgets where an attached dataset's rows are, and the dataset with it unless they were copied. ALM_USAGE: it
 * was not attached, or models are trained on it.
 */
struct alm_detach_result {
	char dataset[ALM_NAME_MAX + 1];
	char source[ALM_ORIGIN_TEXT]; /* for people */
	bool copied;                  /* the dataset stays, with its rows */
};
ALM_MUST_CHECK enum alm_status alm_run_detach(const struct alm_context *context, const char *name,
	struct alm_detach_result *out, struct alm_error *err);

/* almanac refresh: what is new in the source of a dataset that was copied, in one transaction. */
struct alm_refresh_request {
	const char *name;
	int64_t overlap_ms; /* how far back rows are compared again */
};
struct alm_refresh_result {
	char dataset[ALM_NAME_MAX + 1];
	double seconds;
	struct alm_pull_summary pulled;
};
ALM_MUST_CHECK enum alm_status alm_run_refresh(const struct alm_context *context,
	const struct alm_refresh_request *request, struct alm_refresh_result *out, struct alm_error *err);

/* The names of the datasets that refresh is for. Release with alm_names_release. */
ALM_MUST_CHECK enum alm_status alm_run_copies(
	const struct alm_context *context, struct alm_names *out, struct alm_error *err);

/* almanac export: every row of a dataset, to whoever takes them. Reads only. */
struct alm_export_head {
	const struct alm_dataset *dataset;
	bool has_series;             /* a series has a name */
	const struct alm_zone *zone; /* that times are to be written in; NULL = UTC */
};
struct alm_export_request {
	const char *dataset;
	bool local; /* times in the dataset's zone; ALM_USAGE when it has none */
	enum alm_status (*begin)(void *to, const struct alm_export_head *head, struct alm_error *err);
	enum alm_status (*take)(void *to, const struct alm_scan_row *row, struct alm_error *err);
	void *to;
};
ALM_MUST_CHECK enum alm_status alm_run_export(
	const struct alm_context *context, const struct alm_export_request *request, struct alm_error *err);

/* almanac train */
struct alm_train_request {
	const char *model;
	const char *dataset;              /* NULL = the model's own */
	const struct alm_pairs *settings; /* spec fields given now, over the stored ones */
	double time_budget_s;             /* 0 = none; what an earlier run used of it counts */
	double checkpoint_s; /* least time from one checkpoint to the next; 0 = after every epoch */
	bool fresh;          /* do not go on from a checkpoint */
};
struct alm_train_result {
	char model[ALM_NAME_MAX + 1], dataset[ALM_NAME_MAX + 1];
	int version;
	int64_t version_id, run_id;
	int64_t n_parameters;
	int64_t n_train, n_valid, n_test; /* windows */
	int epochs, best_epoch;           /* run, and the one whose weights were kept */
	int resumed_after;                /* epochs that an earlier run had done; 0 = none */
	double train_loss, valid_loss;    /* at the best epoch, scaled units */
	double seconds, windows_per_s;
	bool budget_used;   /* stopped by the time budget */
	bool stopped_early; /* stopped by patience */
	char weights_sha256[ALM_HASH_TEXT];
};
ALM_MUST_CHECK enum alm_status alm_run_train(const struct alm_context *context,
	const struct alm_train_request *request, struct alm_train_result *out, struct alm_error *err);

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

/* almanac score: forecasts of a model against what was observed since. */
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
};
ALM_MUST_CHECK enum alm_status alm_run_score(const struct alm_context *context,
	const struct alm_score_request *request, struct alm_score_result *out, struct alm_error *err);

/* The names of all models. Release with alm_names_release. */
ALM_MUST_CHECK enum alm_status alm_run_models(
	const struct alm_context *context, struct alm_names *out, struct alm_error *err);

/* almanac promote, rollback: another version becomes champion, now and by hand. */
struct alm_promote_request {
	const char *model;
	int version;   /* to promote */
	bool rollback; /* the champion before today's instead */
};
struct alm_promote_result {
	char model[ALM_NAME_MAX + 1];
	int before, version; /* champion before (0 = none) and now */
	int64_t run_id;      /* 0: it was champion already, and nothing was written */
};
/* The version must be one that loads. ALM_NO_INPUT: no such version, or none to roll back to. Errors of loading it. */
ALM_MUST_CHECK enum alm_status alm_run_promote(const struct alm_context *context,
	const struct alm_promote_request *request, struct alm_promote_result *out, struct alm_error *err);

/* almanac prune: drops the weights of old versions of a model, or of all models. *n says of how many. */
struct alm_prune_request {
	const char *model; /* NULL = all */
	int keep;          /* newest versions of each; the newest champions keep theirs anyway */
};
ALM_MUST_CHECK enum alm_status alm_run_prune(const struct alm_context *context,
	const struct alm_prune_request *request, int *n, struct alm_error *err);

/* almanac status: how models are, and which of them somebody has to look at. Reads only. */
struct alm_health_request {
	const char *model;  /* NULL = all */
	bool has_max_age;   /* judge them: */
	int64_t max_age_ms; /* the newest forecast of a champion may be that old, by the wall clock */
};
#define ALM_STALE_TEXT 512
struct alm_health_report {
	struct alm_health health;      /* owned */
	int n_stale, first;            /* models that something is wrong with, and the first of them */
	char (*stale)[ALM_STALE_TEXT]; /* [health.n] what, "" = nothing, or nobody asked; owned */
};
/*
 * With has_max_age a model is stale that has no champion, whose champion has made no forecast within max_age, or whose last
 * training or forecast failed or was aborted. Whether a champion can be loaded is not tried. ALM_NO_INPUT: no such model.
 */
ALM_MUST_CHECK enum alm_status alm_run_health(const struct alm_context *context,
	const struct alm_health_request *request, struct alm_health_report *out, struct alm_error *err);
void alm_health_report_release(struct alm_health_report *report);

/* almanac backtest: the network as `model` and every baseline, on the test part. Scores are stored. */
struct alm_backtest_request {
	const char *model;
	int version;        /* 0 = champion */
	const char *stride; /* duration text; NULL = 1 row */
	bool has_from, has_to;
	int64_t from_ms, to_ms; /* of the targets; default: the spec's test part */
};
struct alm_backtest_report {
	char model[ALM_NAME_MAX + 1];
	int version;
	int64_t run_id;
	int64_t first_ms, last_ms; /* of the targets */
	double seconds;
	struct alm_backtest scores; /* release with alm_backtest_release */
};
ALM_MUST_CHECK enum alm_status alm_run_backtest(const struct alm_context *context,
	const struct alm_backtest_request *request, struct alm_backtest_report *out, struct alm_error *err);

/* almanac forecast: from the end of the data or a cutoff, for every series; stored unless dry_run. */
struct alm_forecast_request {
	const char *model;
	int version; /* 0 = champion */
	bool has_cutoff;
	int64_t cutoff_ms;  /* the last instant that may be looked at */
	const char *future; /* file with what is known ahead, over what the dataset has of it; NULL = none */
	bool dry_run;
};
struct alm_forecast_series {
	char *series;      /* owned */
	char *channel;     /* owned */
	int64_t cutoff_ms; /* last row of the series that was looked at */
	int n_steps, n_history;
	int64_t *times_ms; /* [n_steps]; owned */
	double *values;    /* [n_steps], the data's units; owned */
	int n_levels;      /* 0 = the model knows but points */
	double *levels;    /* [n_levels] in (0, 1), rising; owned */
	double *quantiles; /* [n_steps][n_levels], the data's units; owned */
	double *history;   /* [n_history] last known values before the cutoff, NaN = missing; owned */
};
struct alm_forecast_result {
	char model[ALM_NAME_MAX + 1];
	int version;
	int64_t run_id;
	int n;
	struct alm_forecast_series *items; /* [n] series x target; owned */
	/* ALM_DEGRADED: not by the champion, or not of every series, whose future channels lack; and why. Else ALM_OK. */
	struct alm_error degraded;
};
ALM_MUST_CHECK enum alm_status alm_run_forecast(const struct alm_context *context,
	const struct alm_forecast_request *request, struct alm_forecast_result *out, struct alm_error *err);
void alm_forecast_result_release(struct alm_forecast_result *result);

/* almanac replay: a stored forecast is made again, by its version and from the rows up to its cutoff. Writes nothing. */
struct alm_replay_request {
	int64_t forecast_id; /* of almanac_forecast */
	const char *future;  /* as alm_forecast_request's, when it was made with one; NULL = none */
};
/*
 * ALM_OK: it came out the same, bit for bit, and *out is it (release with alm_stored_forecast_release). ALM_BAD_DATA: it did
 * not; names the first difference. ALM_NO_INPUT: no such forecast, or the weights of its version were dropped.
 */
ALM_MUST_CHECK enum alm_status alm_run_replay(const struct alm_context *context,
	const struct alm_replay_request *request, struct alm_stored_forecast *out, struct alm_error *err);

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

/* almanac show WHAT: datasets sources channels models versions runs forecasts scores cells. */
ALM_MUST_CHECK enum alm_status alm_run_show(const struct alm_context *context, const char *what,
	const char *name, int limit, struct alm_text_table *out, struct alm_error *err);

/* almanac cell new: the files of a cell that works, from templates/cell/. */
#define ALM_CELL_FILES_MAX 4
struct alm_cell_new_request {
	const char *name; /* of the cell */
	const char
		*folder; /* made when it is not there; NULL = called as the cell, in the working directory */
};
struct alm_cell_new_result {
	char folder[PATH_MAX]; /* as given */
	int n_files;
	char files[ALM_CELL_FILES_MAX][ALM_CELL_NAME + 8]; /* names in the folder, what to edit first */
};
/* Overwrites nothing; on error nothing is left behind. ALM_CANT_CREATE: a file is there already, or no folder can be. */
ALM_MUST_CHECK enum alm_status alm_run_cell_new(
	const struct alm_cell_new_request *request, struct alm_cell_new_result *out, struct alm_error *err);

/* almanac check: what must hold in a database, see store/audit.h and docs/reliability.md. Reads only. */
struct alm_check_request {
	bool deep; /* also load every champion, each in a process of its own */
};
struct alm_check_result {
	int schema; /* number of the file's; 0 = Almanac has never been here */
	int64_t n_models, n_versions, n_forecasts, n_datasets;
	int n_loaded; /* champions, with deep */
	double seconds;
	struct alm_violations violations; /* owned */
};
ALM_MUST_CHECK enum alm_status alm_run_check(const struct alm_context *context,
	const struct alm_check_request *request, struct alm_check_result *out, struct alm_error *err);
void alm_check_result_release(struct alm_check_result *result);

/*
 * almanac check --load: the champion of a model with its cell, as a forecast would have them, and nothing done with them.
 * What alm_run_check starts for each champion.
 */
ALM_MUST_CHECK enum alm_status alm_run_check_load(
	const struct alm_context *context, const char *model, struct alm_error *err);

/* almanac cell check: everything that can be found out about a cell before it is trusted. Needs no database. */
struct alm_cell_check_request {
	const char *cell; /* a file when it has a slash, else the name of a cell on the path */
	uint64_t seed;    /* of the first round */
	int n_seeds;      /* rounds, >= 1 */
	int timeout_ms;
};
struct alm_cell_check {
	char path[PATH_MAX];        /* of the file */
	char sha256[ALM_HASH_TEXT]; /* "" when it could not be read */
	double seconds;
	struct alm_check_results results; /* release with alm_check_results_release */
};

/*
 * ALM_OK also when checks failed: see results.n_failed. ALM_NO_INPUT: no such file. ALM_UNAVAILABLE: no such cell, or no
 * almanac-cellcheck. ALM_NO_SANDBOX: the cell was not run, as there is nothing to shut it in with.
 */
ALM_MUST_CHECK enum alm_status alm_run_cell_check(const struct alm_context *context,
	const struct alm_cell_check_request *request, struct alm_cell_check *out, struct alm_error *err);

/* almanac cell bench: a training step and a forecast of one layer around each cell, at each width. Needs no database. */
#define ALM_BENCH_CELLS_MAX  16
#define ALM_BENCH_WIDTHS_MAX 16
struct alm_cell_bench_request {
	const char *const *cells; /* [n_cells] names, or files where they have a slash */
	int n_cells;              /* 0 = all on the path */
	int units[ALM_BENCH_WIDTHS_MAX];
	int n_widths;
	int batch, steps, inputs; /* windows of a training step, and their shape */
	double seconds;           /* for each width, over all cells */
};
struct alm_cell_bench_row {
	char cell[ALM_CELL_NAME];
	int units;
	int64_t n_parameters;
	double step_ms;     /* median: forward, backward, Adam, on the context's threads */
	double forecast_us; /* median: one window, on one thread */
};
struct alm_cell_bench {
	int n;
	struct alm_cell_bench_row
		row[ALM_BENCH_CELLS_MAX * ALM_BENCH_WIDTHS_MAX]; /* by width, then as asked */
};
ALM_MUST_CHECK enum alm_status alm_run_cell_bench(const struct alm_context *context,
	const struct alm_cell_bench_request *request, struct alm_cell_bench *out, struct alm_error *err);

#endif
