#include "check/results.h"
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static bool is_fact(const struct alm_check_record *record)
{
	return record->kind == ALM_CHECK_FACT;
}

/* A fact and a check may have the same name. */
static struct alm_check_record *find(
	const struct alm_check_results *results, const struct alm_check_record *record)
{
	for (int i = 0; i < results->n; i++) {
		struct alm_check_record *item = &results->items[i];
		if (is_fact(item) == is_fact(record) && strcmp(item->name, record->name) == 0)
			return item;
	}
	return NULL;
}

static void count(struct alm_check_results *results, int kind, int by)
{
	if (kind == ALM_CHECK_PASSED)
		results->n_passed += by;
	if (kind == ALM_CHECK_FAILED)
		results->n_failed += by;
}

static enum alm_status append(
	struct alm_check_results *results, const struct alm_check_record *record, struct alm_error *err)
{
	size_t n_bytes = ((size_t)results->n + 1) * sizeof *results->items;
	if (results->n == ALM_RESULTS_MAX)
		return alm_fail(err, ALM_BAD_DATA, "more than %d findings", ALM_RESULTS_MAX);
	struct alm_check_record *grown = realloc(results->items, n_bytes);
	if (!grown)
		return alm_fail_memory(err, n_bytes);
	results->items = grown;
	results->items[results->n++] = *record;
	count(results, record->kind, 1);
	return ALM_OK;
}

enum alm_status alm_check_results_add(
	struct alm_check_results *results, const struct alm_check_record *record, struct alm_error *err)
{
	struct alm_check_record *same = find(results, record);
	if (!same)
		return append(results, record, err);
	if (same->kind == ALM_CHECK_PASSED && record->kind == ALM_CHECK_FAILED) {
		count(results, same->kind, -1);
		count(results, record->kind, 1);
		*same = *record;
	}
	return ALM_OK;
}

void alm_check_results_release(struct alm_check_results *results)
{
	free(results->items);
	*results = (struct alm_check_results){0};
}

enum alm_status alm_check_results_fail(struct alm_check_results *results, const char *name,
	const char *detail, const char *advice, struct alm_error *err)
{
	struct alm_check_record record = {.kind = ALM_CHECK_FAILED};
	snprintf(record.name, sizeof record.name, "%s", name);
	snprintf(record.detail, sizeof record.detail, "%s", detail);
	snprintf(record.advice, sizeof record.advice, "%s", advice);
	return alm_check_results_add(results, &record, err);
}

const char *alm_check_results_fact(const struct alm_check_results *results, const char *name)
{
	for (int i = 0; i < results->n; i++)
		if (is_fact(&results->items[i]) && strcmp(results->items[i].name, name) == 0)
			return results->items[i].detail;
	return NULL;
}
