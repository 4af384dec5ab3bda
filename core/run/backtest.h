#ifndef ALM_RUN_BACKTEST_H
#define ALM_RUN_BACKTEST_H
#include <stdbool.h>
#include <stdint.h>
#include "base/context.h"
#include "base/status.h"
#include "eval/backtest.h"
#include "store/dataset.h"

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

#endif
