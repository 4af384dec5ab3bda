/* Names that users give to datasets, channels, series and models. Internal to store and ingest. */
#ifndef ALM_STORE_NAME_H
#define ALM_STORE_NAME_H
#include "base/names.h"
#include "base/status.h"
#include "store/db.h"

/* ALM_USAGE: empty, longer than ALM_NAME_MAX, with control characters, or not UTF-8. `what` is for the message. */
ALM_MUST_CHECK enum alm_status alm_name_check(const char *what, const char *name, struct alm_error *err);

/* The code of a category's text, which is added if it is new. ALM_BAD_DATA for a text that could be no name. */
ALM_MUST_CHECK enum alm_status alm_word_number(
	struct alm_names *words, const char *text, double *code, struct alm_error *err);

/* The ALM_NO_INPUT error for a name that `table` does not have, listing some that it does. */
enum alm_status alm_name_missing(
	struct alm_db *db, const char *what, const char *table, const char *name, struct alm_error *err);

#endif
