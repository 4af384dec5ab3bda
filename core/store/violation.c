#include "store/violation.h"
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int alm_violations_of(const struct alm_violations *violations, const char *id)
{
	int n = 0;
	for (int i = 0; i < violations->n; i++)
		n += strcmp(violations->item[i].id, id) == 0;
	return n;
}

enum alm_status alm_violations_add(
	struct alm_violations *violations, const char *id, struct alm_error *err, const char *format, ...)
{
	char detail[1024];
	violations->n_all++;
	if (alm_violations_of(violations, id) >= ALM_VIOLATIONS_OF_A_RULE)
		return ALM_OK;
	va_list args;
	va_start(args, format);
	vsnprintf(detail, sizeof detail, format, args);
	va_end(args);
	size_t n_bytes = ((size_t)violations->n + 1) * sizeof *violations->item;
	struct alm_violation *grown = realloc(violations->item, n_bytes);
	if (!grown)
		return alm_fail_memory(err, n_bytes);
	violations->item = grown;
	struct alm_violation *added = &grown[violations->n];
	snprintf(added->id, sizeof added->id, "%s", id);
	added->detail = strdup(detail);
	if (!added->detail)
		return alm_fail_memory(err, strlen(detail));
	violations->n++;
	return ALM_OK;
}

void alm_violations_release(struct alm_violations *violations)
{
	for (int i = 0; i < violations->n; i++)
		free(violations->item[i].detail);
	free(violations->item);
	*violations = (struct alm_violations){0};
}
