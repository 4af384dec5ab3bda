/* Whether a model is due to be trained again, by its policy and by what has come since. */
#ifndef ALM_RETRAIN_DUE_H
#define ALM_RETRAIN_DUE_H
#include "base/context.h"
#include "model/policy.h"
#include "prepare/champion.h"
#include "store/dataset.h"
#include "store/lineage.h"

#define ALM_DUE_TEXT 256

struct alm_due {
	struct alm_lineage lineage;
	struct alm_dataset_arrivals arrived; /* since the newest row that a training could see */
	bool train;                          /* it is */
	bool forecast;                       /* the champion has not forecast from the newest row yet */
	char why[ALM_DUE_TEXT];              /* why it is, or is not */
};

/*
 * Looks at everything but errors, which cost a pass over the data: where --if-worse may yet make the model due, *ask is true, and
 * alm_due_worse is to be asked. The champion has been found (alm_champion_find), not necessarily loaded.
 */
ALM_MUST_CHECK enum alm_status alm_due_look(struct alm_champion *champion, const struct alm_policy *policy,
	int64_t until_ms, struct alm_due *out, bool *ask, struct alm_error *err);

/* Asks the loaded champion: its error on the rows that have come, against the one on those it was tested with. */
ALM_MUST_CHECK enum alm_status alm_due_worse(const struct alm_context *context, struct alm_champion *champion,
	const struct alm_policy *policy, int64_t until_ms, struct alm_due *due, struct alm_error *err);

#endif
