/* A list of distinct names, numbered in the order they came, as an open-addressing hash table. */
#ifndef ALM_BASE_NAMES_H
#define ALM_BASE_NAMES_H
#include <stdbool.h>
#include <stddef.h>
#include "base/status.h"

struct alm_names {
	int n, room;
	char **name; /* [n]; owned */
	int *slot;   /* [room] number + 1, 0 = free; owned */
	int last;    /* the one found last: rows of a series mostly lie together */
};

/* The number of a name, which is added if it is new: *added says so. */
ALM_MUST_CHECK enum alm_status alm_names_number(struct alm_names *names, const char *name, size_t length,
	int *number, bool *added, struct alm_error *err);
/* The number of a name that is there, or -1. */
int alm_names_find(const struct alm_names *names, const char *name);
void alm_names_release(struct alm_names *names);

#endif
