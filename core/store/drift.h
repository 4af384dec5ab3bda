/*
 * Drift as it is kept: what a version was trained on, in numbers, how far off it was on rows that it had not seen, and how the newest
 * rows and errors compared with that. What the numbers mean is core/drift's.
 */
#ifndef ALM_STORE_DRIFT_H
#define ALM_STORE_DRIFT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"
#include "store/dataset.h"
#include "store/db.h"

#define ALM_SCHEMA_DRIFT 10 /* the schema that knows of drift */

#define ALM_DRIFT_HOURS 168 /* of a week */
#define ALM_DRIFT_YEAR  5   /* a constant, and two waves of a year */
#define ALM_DRIFT_BINS  10

/* One channel of the training part, in the units that the version's scaler makes. */
struct alm_drift_reference {
	char channel[ALM_NAME_MAX + 1];
	int64_t window_ms;             /* length of the windows that are compared */
	int64_t n_windows;             /* how often that fits into the training part */
	int64_t n_values;              /* observed ones */
	double missing_most, psi_most; /* the worst window's */
	double psi_high, psi_excess;   /* one window in ten has a larger index, by so much in the mean */
	double low, high;              /* all values are in there */
	double baseline_mae; /* of a target: seasonal naive where the version was tested; NaN = none */
	double hours[ALM_DRIFT_HOURS];
	double year[ALM_DRIFT_YEAR];
	int n_edges; /* 0 = there are no bins */
	double edges[ALM_DRIFT_BINS - 1];
	double counts[ALM_DRIFT_BINS]; /* [n_edges + 1] */
};

/* Errors of one forecast after the other, no two of the same rows, in logarithms. */
struct alm_drift_error {
	int64_t n_nights;       /* 0 = nothing is known */
	double error, ratio;    /* means of the model's own, and of these by seasonal naive's */
	double mean, deviation; /* of alm_drift_excess */
};

struct alm_drift_references {
	int n;
	struct alm_drift_reference *channel; /* [n]; owned */
	struct alm_drift_error error;
};

/* Of a version, in the caller's transaction. */
ALM_MUST_CHECK enum alm_status alm_drift_references_put(struct alm_db *db, int64_t version_id,
	const struct alm_drift_references *references, struct alm_error *err);

/* None of a version that an earlier Almanac trained. ALM_BAD_DATA: they cannot be read. Release the result. */
ALM_MUST_CHECK enum alm_status alm_drift_references_load(
	struct alm_db *db, int64_t version_id, struct alm_drift_references *out, struct alm_error *err);
void alm_drift_references_release(struct alm_drift_references *references);

/* What is compared; names as in the table. */
enum alm_drift_kind { ALM_DRIFT_PSI, ALM_DRIFT_MISSING, ALM_DRIFT_RANGE, ALM_DRIFT_ERROR };
const char *alm_drift_kind_name(enum alm_drift_kind kind);
enum alm_drift_kind alm_drift_kind_of(const char *name); /* a name of the table's */

struct alm_drift_finding {
	enum alm_drift_kind kind;
	char channel[ALM_NAME_MAX + 1]; /* "" of errors */
	double value, most;
	bool drifted; /* value > most */
};

struct alm_drift_findings {
	int n;
	struct alm_drift_finding *finding; /* [n]; owned */
	int64_t until_ms;                  /* the newest row that was looked at; INT64_MIN = none */
	int64_t run_id;                    /* by whom; 0 = nobody */
};

/* Appends a copy. ALM_NO_MEMORY. */
ALM_MUST_CHECK enum alm_status alm_drift_findings_add(
	struct alm_drift_findings *findings, const struct alm_drift_finding *finding, struct alm_error *err);
void alm_drift_findings_release(struct alm_drift_findings *findings);

/* "psi of load 1.92, above its limit 0.62, and 2 more", or "" when nothing drifts. Returns how many do. */
#define ALM_DRIFT_TEXT 320
int alm_drift_describe(const struct alm_drift_findings *findings, char out[static ALM_DRIFT_TEXT]);

/* Takes the place of what was found of the version before, in the caller's transaction; what drifts on, does since then. */
ALM_MUST_CHECK enum alm_status alm_drift_findings_put(struct alm_db *db, int64_t version_id,
	const struct alm_drift_findings *findings, struct alm_error *err);

/* What was found last, what is drift before what is not, and the farthest above its limit first. Release the result. */
ALM_MUST_CHECK enum alm_status alm_drift_findings_load(
	struct alm_db *db, int64_t version_id, struct alm_drift_findings *out, struct alm_error *err);

/* One target's forecasts of one run that have been scored beside the baseline. */
struct alm_drift_night {
	int64_t run_id, cutoff_ms;
	char channel[ALM_NAME_MAX + 1];
	double absolute, baseline; /* sums of absolute errors */
	int64_t n_points, n_forecasts;
	int64_t scored; /* the run that scored them last */
};

/*
 * Those of a version with cutoffs from from_ms to until_ms, by time. *out is [*n]; the caller frees it.
 */
ALM_MUST_CHECK enum alm_status alm_drift_nights(struct alm_db *db, int64_t version_id, int64_t from_ms,
	int64_t until_ms, struct alm_drift_night **out, size_t *n, struct alm_error *err);

#endif
