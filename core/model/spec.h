/*
 * The spec: everything that defines a model but its weights. It is read from options and from the database by
 * the same table of fields (spec.def), and resolved against a grid into numbers.
 */
#ifndef ALM_MODEL_SPEC_H
#define ALM_MODEL_SPEC_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/status.h"
#include "store/model.h"
#include "time/freq.h"

enum alm_field_kind {
	ALM_FIELD_TEXT,
	ALM_FIELD_DURATION,
	ALM_FIELD_COUNT,
	ALM_FIELD_REAL,
	ALM_FIELD_FLAG,
	ALM_FIELD_TIME,
	ALM_FIELD_CHOICE,
	ALM_FIELD_LIST,
};

typedef char alm_spec_TEXT[1024];
typedef alm_spec_TEXT alm_spec_LIST;           /* entries parted by ';' */
typedef struct alm_duration alm_spec_DURATION; /* count -1 = not given */
typedef int64_t alm_spec_COUNT;
typedef double alm_spec_REAL;
typedef bool alm_spec_FLAG;
typedef int alm_spec_CHOICE; /* place among the words of the help, from 0 */
typedef struct {
	bool given;
	int64_t time_ms;
} alm_spec_TIME;

/* Words of a CHOICE that rooms below ask for, in the order of spec.def. */
enum alm_return { ALM_RETURN_LAST, ALM_RETURN_SEQUENCES };
enum alm_head { ALM_HEAD_DIRECT, ALM_HEAD_RECURSIVE };
enum alm_scale_by { ALM_SCALE_BY_ALL, ALM_SCALE_BY_SERIES };

struct alm_spec {
#define FIELD(kind, member, key, value, fallback, help) alm_spec_##kind member;
#include "model/spec.def"
#undef FIELD
};

/* A row of spec.def, for option tables and for help. */
struct alm_field {
	enum alm_field_kind kind;
	const char *key, *value_name, *fallback, *help;
	size_t offset; /* into struct alm_spec */
};

extern const struct alm_field alm_spec_fields[];
extern const int alm_spec_n_fields;

/* Every field at its default. */
void alm_spec_init(struct alm_spec *spec);

/* Sets one field from text. ALM_USAGE: unknown key (ALM_BAD_CONFIG is the loader's business), or a bad value. */
ALM_MUST_CHECK enum alm_status alm_spec_set(
	struct alm_spec *spec, const char *key, const char *text, struct alm_error *err);

/* Sets every pair on top of what is there. */
ALM_MUST_CHECK enum alm_status alm_spec_apply(
	struct alm_spec *spec, const struct alm_pairs *pairs, struct alm_error *err);

/*
 * The same for what a user gives now, over what was kept: --cell, --units or --layers end a list of --layer, and --cell or
 * --layer end what was set of a cell's options. ALM_USAGE when both are given.
 */
ALM_MUST_CHECK enum alm_status alm_spec_override(
	struct alm_spec *spec, const struct alm_pairs *given, struct alm_error *err);

/* ALM_USAGE: something of what a user gives has no part in the spec that came of it, such as --momentum with adam. */
ALM_MUST_CHECK enum alm_status alm_spec_check_given(
	const struct alm_spec *spec, const struct alm_pairs *given, struct alm_error *err);

/* The canonical texts of all fields: alm_spec_apply of them gives the same spec. */
ALM_MUST_CHECK enum alm_status alm_spec_pairs(
	const struct alm_spec *spec, struct alm_pairs *out, struct alm_error *err);

/* Values that fit together: counts in range, fractions below 1 ... ALM_USAGE names the option. */
ALM_MUST_CHECK enum alm_status alm_spec_check(const struct alm_spec *spec, struct alm_error *err);

#endif
