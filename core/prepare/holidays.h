/*
 * Holidays: a dataset of dates, whose series are countries, joined to the panel of a model as channels that are known of every
 * time, as the calendar's are. Each of its channels of numbers is one, 0 on days that are not listed; where it has none, one
 * says whether a day is listed at all.
 *
 * The date of a row is that of its time in the zone of the model's dataset. Rows of a day or longer are dates already: they
 * have the largest value of the days up to the next row. The bucket of a model that resamples bears the time of its end, so
 * its days are those before. A country's list holds for the whole years from its first date to its last.
 */
#ifndef ALM_PREPARE_HOLIDAYS_H
#define ALM_PREPARE_HOLIDAYS_H
#include "base/reporter.h"
#include "base/status.h"
#include "model/spec.h"
#include "series/frame.h"
#include "store/dataset.h"
#include "time/zone.h"

struct alm_holidays {
	int n;        /* channels; 0 = the model takes none */
	char **names; /* [n] "days", or "days.public"; owned */
	char dataset[ALM_NAME_MAX + 1];
	bool listed;                  /* the one channel says whether a day is listed */
	struct alm_dataset_rows rows; /* by country and date: its channels of numbers */
	struct alm_zone *zone;        /* of the model's dataset; NULL = UTC; owned */
};

/*
 * Reads the dates that the spec asks for; none, if it does not. `dataset` is the model's. ALM_NO_INPUT naming --holidays: no
 * such dataset, or no rows. Release the result.
 */
ALM_MUST_CHECK enum alm_status alm_holidays_open(struct alm_holidays *holidays, struct alm_db *db,
	const struct alm_spec *spec, const struct alm_dataset *dataset, struct alm_error *err);
void alm_holidays_release(struct alm_holidays *holidays);

/*
 * Fills the last n channels of the panel; `words` is what the codes of its categories stand for. ALM_USAGE naming --country: no
 * country where one is needed, or one that is neither listed nor a static category. ALM_NO_INPUT: a row ahead is of a year that is
 * not listed. Other rows of such years are noted, and have none.
 */
ALM_MUST_CHECK enum alm_status alm_holidays_fill(const struct alm_holidays *holidays,
	const struct alm_spec *spec, struct alm_panel *panel, char *const *words,
	struct alm_reporter *reporter, struct alm_error *err);

#endif
