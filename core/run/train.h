#ifndef ALM_RUN_TRAIN_H
#define ALM_RUN_TRAIN_H
#include <stdbool.h>
#include <stdint.h>
#include "base/context.h"
#include "base/hash.h"
#include "base/status.h"
#include "store/model.h"

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
	char target[ALM_NAME_MAX + 1]; /* the first of n_targets */
	int n_targets;
	int version;
	int64_t version_id, run_id;
	int64_t n_parameters;             /* of all networks */
	bool per_series;                  /* a network for each series: */
	int n_networks, n_left_out;       /* networks, and series that could not be trained */
	int64_t n_train, n_valid, n_test; /* windows */
	int epochs, best_epoch; /* run, and the one whose weights were kept; sums over all networks */
	int resumed_after;      /* epochs that an earlier run had done; 0 = none */
	double train_loss,
		valid_loss; /* at the best epoch, scaled units; means over windows of all networks */
	double seconds, windows_per_s;
	bool budget_used;   /* stopped by the time budget */
	bool stopped_early; /* stopped by patience */
	char weights_sha256[ALM_HASH_TEXT];
};
ALM_MUST_CHECK enum alm_status alm_run_train(const struct alm_context *context,
	const struct alm_train_request *request, struct alm_train_result *out, struct alm_error *err);

#endif
