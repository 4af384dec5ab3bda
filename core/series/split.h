/*
 * The split of a panel by time: training before valid_from, validation before test_from, test from there on.
 * Never shuffled, the same instants for every series.
 */
#ifndef ALM_SERIES_SPLIT_H
#define ALM_SERIES_SPLIT_H
#include <stdbool.h>
#include <stdint.h>
#include "base/status.h"
#include "series/frame.h"
#include "series/window.h"

struct alm_split_options {
	bool has_valid_from, has_test_from;
	int64_t valid_from_ms, test_from_ms;
	double test_fraction;  /* of the panel's time range, the last of it; where no instant is given */
	double valid_fraction; /* the same of what lies before the test part */
};

struct alm_split {
	struct alm_part train, valid, test; /* train.from_ms is the first instant, test.to_ms INT64_MAX */
};

/*
 * ALM_USAGE when the instants are out of order or outside the data (says the data's range), or a share is not in
 * [0, 1). The panel has at least one frame.
 */
ALM_MUST_CHECK enum alm_status alm_split_make(const struct alm_panel *panel,
	const struct alm_split_options *options, struct alm_split *out, struct alm_error *err);

#endif
