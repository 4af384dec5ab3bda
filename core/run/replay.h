#ifndef ALM_RUN_REPLAY_H
#define ALM_RUN_REPLAY_H
#include <stdint.h>
#include "base/context.h"
#include "base/status.h"
#include "store/stored.h"

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

#endif
