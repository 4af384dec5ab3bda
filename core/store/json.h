/*
 * JSON text, built piece by piece; every string and number is written by SQLite's json_quote, so escaping and number
 * format are its own. Errors stick: check once, at the end.
 */
#ifndef ALM_STORE_JSON_H
#define ALM_STORE_JSON_H
#include <stdbool.h>
#include <stdint.h>
#include "base/status.h"

struct alm_json;

/* Opens an in-memory database to quote with. The caller frees. */
ALM_MUST_CHECK enum alm_status alm_json_new(struct alm_json **out, struct alm_error *err);
void alm_json_free(struct alm_json *json);

/* key is NULL inside an array and for the outermost value. */
void alm_json_object(struct alm_json *json, const char *key);
void alm_json_array(struct alm_json *json, const char *key);
void alm_json_close(struct alm_json *json); /* the innermost open object or array */
void alm_json_text(struct alm_json *json, const char *key, const char *value); /* NULL = null */
void alm_json_real(struct alm_json *json, const char *key, double value);      /* not finite = null */
void alm_json_integer(struct alm_json *json, const char *key, int64_t value);
void alm_json_bool(struct alm_json *json, const char *key, bool value);

/* The finished text, owned by json. Everything opened must be closed. */
ALM_MUST_CHECK enum alm_status alm_json_finish(
	struct alm_json *json, const char **text, struct alm_error *err);

#endif
