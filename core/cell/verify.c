#include <math.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include "cell/cell.h"

#define VERSION_MAX 31
#define SUMMARY_MAX 200
#define KNOWN_FLAGS (ALMANAC_CELL_SPLIT | ALMANAC_CELL_NO_REC | ALMANAC_CELL_SAVED_ONLY)

/* The first contract's table ends with `backward`: no cell can have less. */
#define SIZE_V1       (offsetof(struct almanac_cell, backward) + sizeof(void (*)(void)))
#define SIZE_MAX_SANE 4096

static enum alm_status wrong_number(
	const char *path, const char *field, long low, long high, long found, struct alm_error *err)
{
	return alm_fail(err, ALM_BAD_CONFIG, "cell '%s': %s: expected %ld..%ld, found %ld; rebuild the cell",
		path, field, low, high, found);
}

static enum alm_status wrong_text(
	const char *path, const char *field, const char *expected, const char *found, struct alm_error *err)
{
	return alm_fail(err, ALM_BAD_CONFIG, "cell '%s': %s: expected %s, found %s%.64s%s", path, field,
		expected, found ? "'" : "", found ? found : "NULL", found ? "'" : "");
}

/* [a-z][a-z0-9_]*, less than `limit` bytes. */
static bool is_name(const char *text, size_t limit)
{
	size_t length = strnlen(text, limit);
	if (length == 0 || length == limit || text[0] < 'a' || text[0] > 'z')
		return false;
	return strspn(text, "abcdefghijklmnopqrstuvwxyz0123456789_") == length;
}

static bool is_line(const char *text, size_t limit)
{
	size_t length = strnlen(text, limit + 1);
	if (length > limit)
		return false;
	for (size_t i = 0; i < length; i++)
		if ((unsigned char)text[i] < ' ' || text[i] == 127)
			return false;
	return true;
}

static enum alm_status verify_texts(
	const struct almanac_cell *cell, const char *path, const char *name, struct alm_error *err)
{
	if (!cell->name || !is_name(cell->name, ALM_CELL_NAME))
		return wrong_text(path, "name", "[a-z][a-z0-9_]*, at most 31 bytes", cell->name, err);
	if (name && strcmp(cell->name, name) != 0)
		return wrong_text(path, "name", "the file's own name", cell->name, err);
	if (!cell->version || !is_line(cell->version, VERSION_MAX))
		return wrong_text(path, "version", "a text of at most 31 bytes", cell->version, err);
	if (!cell->summary || !is_line(cell->summary, SUMMARY_MAX))
		return wrong_text(path, "summary", "one line of at most 200 bytes", cell->summary, err);
	return ALM_OK;
}

static enum alm_status verify_counts(const struct almanac_cell *cell, const char *path, struct alm_error *err)
{
	const struct {
		const char *field;
		long low, high, found;
	} counts[] = {
		{"gates", 1, 64, cell->gates},
		{"states", 1, 16, cell->states},
		{"saved", 0, 64, cell->saved},
		{"n_params", 0, 16, cell->n_params},
		{"n_options", 0, ALM_CELL_OPTIONS, cell->n_options},
	};
	for (size_t i = 0; i < sizeof(counts) / sizeof(counts[0]); i++)
		if (counts[i].found < counts[i].low || counts[i].found > counts[i].high)
			return wrong_number(
				path, counts[i].field, counts[i].low, counts[i].high, counts[i].found, err);
	if (cell->flags & ~KNOWN_FLAGS)
		return alm_fail(err, ALM_BAD_CONFIG,
			"cell '%s': flags: expected bits of 0x%x, found 0x%x; it needs a newer Almanac", path,
			(unsigned)KNOWN_FLAGS, (unsigned)cell->flags);
	if ((cell->flags & ALMANAC_CELL_SPLIT) && (cell->flags & ALMANAC_CELL_NO_REC))
		return alm_fail(err, ALM_BAD_CONFIG,
			"cell '%s': flags: expected SPLIT or NO_REC, found both; drop one", path);
	return ALM_OK;
}

/* The host's tensors of every layer whose names a parameter could take (W and U are capitals). */
static bool is_taken(const char *name)
{
	return strcmp(name, "b") == 0 || strcmp(name, "c") == 0;
}

static enum alm_status verify_arrays(const struct almanac_cell *cell, const char *path, struct alm_error *err)
{
	for (int gate = 0; cell->gate_bias && gate < cell->gates; gate++)
		if (!isfinite(cell->gate_bias[gate]))
			return alm_fail(err, ALM_BAD_CONFIG,
				"cell '%s': gate_bias[%d]: expected a finite number", path, gate);
	if (cell->n_params > 0 && !cell->params)
		return wrong_text(path, "params", "one row a parameter", NULL, err);
	for (int i = 0; i < cell->n_params; i++) {
		const struct almanac_param *param = &cell->params[i];
		if (!param->name || !is_name(param->name, ALM_CELL_NAME))
			return wrong_text(
				path, "params.name", "[a-z][a-z0-9_]*, at most 31 bytes", param->name, err);
		if (is_taken(param->name))
			return wrong_text(
				path, "params.name", "another than b and c, the biases", param->name, err);
		if (!isfinite(param->init))
			return alm_fail(err, ALM_BAD_CONFIG, "cell '%s': params '%s': expected a finite init",
				path, param->name);
		for (int before = 0; before < i; before++)
			if (strcmp(cell->params[before].name, param->name) == 0)
				return wrong_text(path, "params.name", "different names", param->name, err);
	}
	return ALM_OK;
}

static enum alm_status verify_option(
	const struct almanac_option *option, const char *path, struct alm_error *err)
{
	if (!option->name || !is_name(option->name, ALM_CELL_NAME))
		return wrong_text(
			path, "options.name", "[a-z][a-z0-9_]*, at most 31 bytes", option->name, err);
	if (!option->help || !is_line(option->help, SUMMARY_MAX))
		return wrong_text(path, "options.help", "one line of at most 200 bytes", option->help, err);
	if (!isfinite(option->low) || !isfinite(option->high) || !(option->low <= option->value) ||
		!(option->value <= option->high))
		return alm_fail(err, ALM_BAD_CONFIG,
			"cell '%s': options '%s': expected finite low <= value <= high, found %g, %g, %g",
			path, option->name, (double)option->low, (double)option->value, (double)option->high);
	return ALM_OK;
}

static enum alm_status verify_options(
	const struct almanac_cell *cell, const char *path, struct alm_error *err)
{
	if (cell->n_options > 0 && cell->abi_min < 2)
		return wrong_number(
			path, "abi_min of a cell with options", 2, ALMANAC_CELL_ABI, cell->abi_min, err);
	if (cell->n_options > 0 && !cell->options)
		return wrong_text(path, "options", "one row an option", NULL, err);
	for (int i = 0; i < cell->n_options; i++) {
		enum alm_status status = verify_option(&cell->options[i], path, err);
		if (status != ALM_OK)
			return status;
		for (int before = 0; before < i; before++)
			if (strcmp(cell->options[before].name, cell->options[i].name) == 0)
				return wrong_text(
					path, "options.name", "different names", cell->options[i].name, err);
	}
	return ALM_OK;
}

/* NULL, or as many words as there are gates or states. */
static enum alm_status verify_words(
	const char *field, const char *words, int n, const char *path, struct alm_error *err)
{
	if (!words)
		return ALM_OK;
	if (!is_line(words, SUMMARY_MAX))
		return wrong_text(path, field, "one line of at most 200 bytes", words, err);
	long found = 0;
	for (const char *at = words; *at; at++)
		found += *at != ' ' && (at == words || at[-1] == ' ');
	return found == n ? ALM_OK : wrong_number(path, field, n, n, found, err);
}

enum alm_status alm_cell_verify(const struct almanac_cell *facts, const char *path, const char *name,
	struct almanac_cell *out, struct alm_error *err)
{
	if (!facts)
		return wrong_text(path, "almanac_cell_v1()", "a table of facts", NULL, err);
	if (facts->size < SIZE_V1 || facts->size > SIZE_MAX_SANE)
		return wrong_number(path, "size", (long)SIZE_V1, SIZE_MAX_SANE, (long)facts->size, err);
	struct almanac_cell copy = {0};
	memcpy(&copy, facts, facts->size < sizeof copy ? facts->size : sizeof copy);
	if (copy.abi_min < 1 || copy.abi_min > ALMANAC_CELL_ABI)
		return alm_fail(err, ALM_BAD_CONFIG,
			"cell '%s': abi_min: expected 1..%d, found %d; it was made for another Almanac", path,
			ALMANAC_CELL_ABI, copy.abi_min);
	enum alm_status status = verify_texts(&copy, path, name, err);
	if (status == ALM_OK)
		status = verify_counts(&copy, path, err);
	if (status == ALM_OK)
		status = verify_arrays(&copy, path, err);
	if (status == ALM_OK)
		status = verify_options(&copy, path, err);
	if (status == ALM_OK)
		status = verify_words("gate_names", copy.gate_names, copy.gates, path, err);
	if (status == ALM_OK)
		status = verify_words("state_names", copy.state_names, copy.states, path, err);
	if (status != ALM_OK)
		return status;
	if (!copy.forward || !copy.backward)
		return wrong_text(path, copy.forward ? "backward" : "forward", "a function", NULL, err);
	*out = copy;
	return ALM_OK;
}
