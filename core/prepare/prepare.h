/*
 * What every verb with a model does first: from a database and names to a panel, its split and the windows of
 * each part.
 */
#ifndef ALM_PREPARE_PREPARE_H
#define ALM_PREPARE_PREPARE_H
#include "base/context.h"
#include "model/plan.h"
#include "model/trained.h"
#include "prepare/history.h"
#include "series/split.h"
#include "series/window.h"

/* A dataset laid out for a spec. */
struct alm_prepared {
	struct alm_spec spec; /* grid step and split instants filled in */
	struct alm_plan plan;
	struct alm_panel panel;
	int n_joined;          /* channels of holidays, the panel's last */
	int n_data, n_targets; /* the panel's data channels, and how many are targets */
	int n_static,
		n_future; /* and how many do not change in a series, and, the last ones, are known ahead */
	int64_t first_ms, last_ms; /* of the data */
	int n_series;
	struct alm_names words; /* of the dataset's categories; the panel's hold numbers of the vocabulary */
	struct alm_vocabulary vocabulary; /* learned on the training part, or as given */
	struct alm_split split;
	struct alm_windows train, valid, test;
};

/*
 * Reads the rows of the dataset that the spec needs, lays them on the grid, splits them as the history says and indexes the
 * windows of each part. Refuses (ALM_USAGE) a horizon or lookback that fits no window. `trained` is the model whose vocabulary is to
 * be read by: ALM_BAD_CONFIG, naming the first, when the dataset has other channels now than it was trained on. NULL = one is
 * learned. Release the result.
 */
ALM_MUST_CHECK enum alm_status alm_prepare(const struct alm_context *context, struct alm_db *db,
	const struct alm_dataset *dataset, const struct alm_spec *spec, const struct alm_history *history,
	const struct alm_trained *trained, struct alm_prepared *out, struct alm_error *err);
/* Indexes the windows of each part again, after frames were left out or taken in. */
ALM_MUST_CHECK enum alm_status alm_prepare_windows(struct alm_prepared *prepared, struct alm_error *err);
void alm_prepared_release(struct alm_prepared *prepared);

/* What a forecast looks at. */
struct alm_tail_request {
	int64_t until_ms; /* rows up to then; INT64_MAX = all */
	const char *
		future; /* a file with what is known ahead, over what the dataset knows; NULL = none; not owned */
};

/*
 * The panel that forecasts of a trained model from the newest rows need, with rows ahead; only the end of each series is read,
 * unless the model resamples. Errors of the file as of supply.h. Release it with alm_panel_release.
 */
ALM_MUST_CHECK enum alm_status alm_prepare_tail(const struct alm_context *context, struct alm_db *db,
	const struct alm_dataset *dataset, const struct alm_trained *trained,
	const struct alm_tail_request *request, struct alm_panel *out, struct alm_error *err);

/*
 * The newest n_rows rows of every series until until_ms as the model's channels have them, gathered into buckets where it resamples, but on no
 * grid. Release them.
 */
ALM_MUST_CHECK enum alm_status alm_prepare_newest(struct alm_db *db, const struct alm_dataset *dataset,
	const struct alm_trained *trained, size_t n_rows, int64_t until_ms, struct alm_dataset_rows *out,
	struct alm_error *err);

/* Observations of the spec's first target, as alm_dataset_arrived counts them. */
ALM_MUST_CHECK enum alm_status alm_target_arrived(struct alm_db *db, const struct alm_dataset *dataset,
	const struct alm_spec *spec, int64_t after_ms, int64_t until_ms, struct alm_dataset_arrivals *out,
	struct alm_error *err);

/* The stored settings (NULL = none) with those given now (NULL = none) over them, checked together. */
ALM_MUST_CHECK enum alm_status alm_prepare_settings(const struct alm_pairs *stored,
	const struct alm_pairs *given, struct alm_spec *out, struct alm_error *err);

#endif
