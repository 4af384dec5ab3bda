/*
 * A plan is a spec resolved against a grid and a dataset: every duration in rows, every channel a column. It is
 * what the rooms below work with; a stored version's plan comes from what was resolved when it was trained.
 */
#ifndef ALM_MODEL_PLAN_H
#define ALM_MODEL_PLAN_H
#include <stdint.h>
#include "base/status.h"
#include "model/spec.h"
#include "series/frame.h"
#include "series/split.h"
#include "series/window.h"
#include "store/dataset.h"
#include "time/freq.h"
#include "train/feed.h"

/* The channels that take part: targets first, then past, static and future. */
struct alm_columns {
	int n, n_targets, n_static, n_future;
	int *column; /* [n] indices into the dataset's channels; owned */
};

/*
 * From --target, --past, --static and --future; --past all is what the others do not name. ALM_USAGE: a channel that the dataset does not have (lists those it has), or one named
 * twice, or a target that is a category. In a list a comma inside a name is written '\,'. Release the result.
 */
ALM_MUST_CHECK enum alm_status alm_columns_resolve(const struct alm_spec *spec,
	const struct alm_dataset *dataset, struct alm_columns *out, struct alm_error *err);
void alm_columns_release(struct alm_columns *columns);

/* The spec's durations on a grid. */
struct alm_plan {
	struct alm_freq freq;
	struct alm_window_spec window;
	int64_t season;     /* rows; at least 1 */
	int64_t fill_limit; /* rows; 0 = the panel's default */
	int64_t segment;    /* rows; 0 = none */
};

/* ALM_USAGE, naming the option, for durations that are not whole steps or out of range. */
ALM_MUST_CHECK enum alm_status alm_plan_make(const struct alm_spec *spec, const struct alm_freq *freq,
	struct alm_plan *out, struct alm_error *err);

/* Rows a forecast may need to see: the lookback, and what base and fill may reach back to. */
int64_t alm_plan_rows_back(const struct alm_plan *plan);

/* The spec's split, as the series room takes it. */
struct alm_split_options alm_plan_split(const struct alm_spec *spec);

#endif
