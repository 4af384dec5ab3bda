/* How another application's database file is opened so that nothing of it or beside it changes. Internal to store. */
#ifndef ALM_STORE_OTHER_H
#define ALM_STORE_OTHER_H
#include <stdbool.h>
#include "base/status.h"

/*
 * The URI that opens the file to be read only. A file in WAL mode in a folder that cannot be written, without a log
 * beside it, is opened as one that nobody changes: SQLite could not make the files there by which readers and writers know
 * of each other. *tidy says whether reading will leave such files behind. ALM_NO_INPUT, ALM_NO_PERMISSION, ALM_BAD_DATA.
 * Free *uri with sqlite3_free.
 */
ALM_MUST_CHECK enum alm_status alm_other_uri(const char *path, char **uri, bool *tidy, struct alm_error *err);

/* After the file has been closed: removes the empty log that reading made, unless somebody else uses it now. */
void alm_other_tidy(const char *path);

#endif
