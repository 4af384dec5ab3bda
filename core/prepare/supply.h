/* A file with what is known ahead, for one forecast. */
#ifndef ALM_PREPARE_SUPPLY_H
#define ALM_PREPARE_SUPPLY_H
#include "base/context.h"
#include "model/trained.h"
#include "store/dataset.h"

struct alm_supply_file {
	const char *path;
	const char *zone; /* in which its times are, as the dataset has it; "" = UTC */
};

/* What a file holds. */
struct alm_supplied {
	const char *path;             /* not owned */
	struct alm_dataset_rows rows; /* owned */
	int *column;                  /* [n_future] which of their columns is each future channel; owned */
};

/*
 * Reads the file as almanac ingest would, by the names of its own table: time, series where one of the n_series names is not
 * empty, and the model's future channels. ALM_USAGE when the model has no future channel, ALM_BAD_DATA and ALM_NO_INPUT naming
 * the file. Release the result.
 */
ALM_MUST_CHECK enum alm_status alm_supply_read(const struct alm_context *context,
	const struct alm_supply_file *file, const struct alm_trained *trained, char *const *names,
	int n_series, struct alm_supplied *out, struct alm_error *err);
void alm_supplied_release(struct alm_supplied *supplied);

/*
 * Puts the values into a panel, in the place of those the dataset has after the last row of a series. Series that are not in the panel
 * are noted. ALM_BAD_DATA naming the file: a time is not on the grid.
 */
ALM_MUST_CHECK enum alm_status alm_supply_put(const struct alm_context *context,
	const struct alm_trained *trained, struct alm_supplied *supplied, struct alm_panel *panel,
	struct alm_error *err);

/* Or makes them fit the rows of the dataset: categories in codes of its words. Notes the series that it does not have. */
ALM_MUST_CHECK enum alm_status alm_supply_match(const struct alm_context *context,
	const struct alm_trained *trained, struct alm_supplied *supplied, struct alm_dataset_rows *rows,
	struct alm_error *err);

#endif
