#ifndef ALM_RUN_DESCRIBE_H
#define ALM_RUN_DESCRIBE_H
#include <stdbool.h>
#include <stdint.h>
#include "base/context.h"
#include "base/names.h"
#include "base/status.h"
#include "series/profile.h"
#include "series/season.h"
#include "store/dataset.h"
#include "time/zone.h"

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

#endif
