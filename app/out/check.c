#include "out/check.h"
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "out/out.h"
#include "out/text.h"
#include "run/cell_check.h"

#define NAME_WIDTH 44 /* columns at most that the names of checks are lined up to */
#define LABEL      10

#define GREEN "\033[32m"
#define RED   "\033[1;31m"
#define PLAIN "\033[0m"

#define SHOWN (4 * sizeof(((struct alm_check_record *)NULL)->detail))

/*
 * Facts of the table, above the checks: `names` is the fact that says more about `fact`. What ends with a blank begins
 * several, each its own label. Others come below.
 */
static const struct fact {
	const char *fact, *label, *names;
} table[] = {
	{"gates", "gates", "gate_names"},
	{"states", "states", "state_names"},
	{"saved", "saved", NULL},
	{"params", "params", NULL},
	{"option ", NULL, NULL},
	{"abi", "contract", NULL},
	{"sandbox", "sandbox", NULL},
};

/* These stand in the first line, or in another's. */
static const char *const elsewhere[] = {"name", "version", "summary", "gate_names", "state_names"};

#define N_TABLE     (sizeof table / sizeof *table)
#define N_ELSEWHERE (sizeof elsewhere / sizeof *elsewhere)

static bool is_row(const struct fact *row, const char *name)
{
	return row->label ? strcmp(name, row->fact) == 0 : strncmp(name, row->fact, strlen(row->fact)) == 0;
}

static bool is_below(const char *name)
{
	for (size_t i = 0; i < N_TABLE; i++)
		if (is_row(&table[i], name))
			return false;
	for (size_t i = 0; i < N_ELSEWHERE; i++)
		if (strcmp(name, elsewhere[i]) == 0)
			return false;
	return true;
}

static bool in_colour(FILE *to)
{
	const char *term = getenv("TERM"), *no_colour = getenv("NO_COLOR");
	return isatty(fileno(to)) && term && strcmp(term, "dumb") != 0 && (!no_colour || *no_colour == '\0');
}

static void print_line(FILE *to, const char *label, int width, const char *text)
{
	char shown[SHOWN], shown_label[SHOWN];
	text_escape(text, shown, sizeof shown);
	text_escape(label, shown_label, sizeof shown_label);
	int blanks = width - text_width(shown_label);
	fprintf(to, "%s%*s%s\n", shown_label, blanks > 1 ? blanks : 1, "", shown);
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

/* The first line, "gru 1.0, gated recurrent unit", and the file's. */
static void print_head(FILE *to, const struct alm_cell_check *check)
{
	char text[SHOWN];
	const struct alm_check_results *results = &check->results;
	const char *name = alm_check_results_fact(results, "name");
	if (name) {
		snprintf(text, sizeof text, "%s %s, %s", name,
			or_empty(alm_check_results_fact(results, "version")),
			or_empty(alm_check_results_fact(results, "summary")));
		print_line(to, "cell", LABEL, text);
	}
	print_line(to, "file", LABEL, check->path);
	if (*check->sha256)
		print_line(to, "sha256", LABEL, check->sha256);
}

static void print_fact(FILE *to, const struct alm_check_results *results, const struct fact *row)
{
	char text[SHOWN];
	const char *names = row->names ? alm_check_results_fact(results, row->names) : NULL;
	for (int i = 0; i < results->n; i++) {
		const struct alm_check_record *item = &results->items[i];
		if (item->kind != ALM_CHECK_FACT || !is_row(row, item->name))
			continue;
		snprintf(text, sizeof text, "%s%s%s", *item->detail ? item->detail : "none",
			names ? ": " : "", or_empty(names));
		print_line(to, row->label ? row->label : item->name, LABEL, text);
	}
}

/* "backward: finite" is the check "finite" of the group "backward". Returns the check, and the group's length. */
static const char *ungrouped(const char *name, int *length)
{
	const char *colon = strstr(name, ": ");
	*length = colon ? (int)(colon - name) : 0;
	return colon ? colon + 2 : name;
}

static int width_of_names(const struct alm_check_results *results)
{
	int width = 0, length;
	for (int i = 0; i < results->n; i++) {
		int columns = text_width(ungrouped(results->items[i].name, &length));
		if (results->items[i].kind != ALM_CHECK_FACT && columns > width)
			width = columns;
	}
	return width < NAME_WIDTH ? width : NAME_WIDTH;
}

static void print_check(FILE *to, const struct alm_check_record *item, int width, bool colour)
{
	int length;
	bool failed = item->kind == ALM_CHECK_FAILED;
	const char *word = failed ? "FAIL" : "ok  ";
	fprintf(to, "  %s%s%s  ", colour ? (failed ? RED : GREEN) : "", word, colour ? PLAIN : "");
	print_line(to, ungrouped(item->name, &length), width + 2, item->detail);
	if (*item->advice) {
		fprintf(to, "%*s", (int)strlen(word) + 4, "");
		print_line(to, "", width + 2, item->advice);
	}
}

/* Each group under its heading, a blank line between them. */
static void print_checks(FILE *to, const struct alm_check_results *results, bool colour)
{
	int width = width_of_names(results), length, n_before = -1;
	const char *before = "";
	for (int i = 0; i < results->n; i++) {
		const struct alm_check_record *item = &results->items[i];
		if (item->kind == ALM_CHECK_FACT)
			continue;
		ungrouped(item->name, &length);
		if (length != n_before || strncmp(before, item->name, (size_t)length) != 0)
			fprintf(to, "\n%.*s%s", length, item->name, length ? "\n" : "");
		print_check(to, item, width, colour);
		before = item->name;
		n_before = length;
	}
}

static void print_counts(FILE *to, const struct alm_cell_check *check)
{
	char time[TEXT_NUMBER];
	int n_failed = check->results.n_failed, n = n_failed + check->results.n_passed;
	text_seconds(check->seconds, time);
	if (n_failed > 0)
		fprintf(to, "%d of %d checks failed, in %s\n", n_failed, n, time);
	else
		fprintf(to, "all %d checks passed, in %s\n", n, time);
}

static void print_below(FILE *to, const struct alm_check_results *results)
{
	int n = 0;
	for (int i = 0; i < results->n; i++)
		if (results->items[i].kind == ALM_CHECK_FACT && is_below(results->items[i].name)) {
			print_line(to, results->items[i].name, LABEL, results->items[i].detail);
			n++;
		}
	fputs(n > 0 ? "\n" : "", to);
}

void out_check_text(FILE *to, const struct alm_cell_check *check)
{
	print_head(to, check);
	for (size_t i = 0; i < N_TABLE; i++)
		print_fact(to, &check->results, &table[i]);
	print_checks(to, &check->results, in_colour(to));
	fputs("\n", to);
	print_below(to, &check->results);
	print_counts(to, check);
}

/* ---- JSON. Texts of a cell may be no UTF-8: they are escaped as on a terminal. */

static void add_text(struct alm_json *json, const char *key, const char *text)
{
	char shown[SHOWN];
	text_escape(text, shown, sizeof shown);
	alm_json_text(json, key, shown);
}

/* Counts and measures are numbers in JSON; a version is none, though it may look like one. */
static void add_fact(struct alm_json *json, const struct alm_check_record *item)
{
	char key[SHOWN];
	const char *text = item->detail;
	size_t n_digits = strspn(text, "0123456789"), length = strlen(text);
	text_escape(item->name, key, sizeof key);
	bool number = length > 0 && length < 18 && strcmp(item->name, "version") != 0;
	if (number && n_digits == length)
		alm_json_integer(json, key, strtoll(text, NULL, 10));
	else if (number && n_digits > 0 && text[n_digits] == '.' &&
		 strspn(text + n_digits + 1, "0123456789") == length - n_digits - 1)
		alm_json_real(json, key, strtod(text, NULL));
	else
		add_text(json, key, text);
}

static void add_checks(struct alm_json *json, const struct alm_check_results *results)
{
	alm_json_array(json, "checks");
	for (int i = 0; i < results->n; i++) {
		const struct alm_check_record *item = &results->items[i];
		if (item->kind == ALM_CHECK_FACT)
			continue;
		alm_json_object(json, NULL);
		add_text(json, "name", item->name);
		alm_json_text(json, "status", item->kind == ALM_CHECK_FAILED ? "failed" : "passed");
		add_text(json, "detail", item->detail);
		add_text(json, "advice", item->advice);
		alm_json_close(json);
	}
	alm_json_close(json);
}

enum alm_status out_check_json(FILE *to, const struct alm_cell_check *check, struct alm_error *err)
{
	struct alm_json *json;
	const struct alm_check_results *results = &check->results;
	const char *name = alm_check_results_fact(results, "name");
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(json, NULL);
	if (name)
		add_text(json, "cell", name);
	else
		alm_json_text(json, "cell", NULL);
	add_text(json, "file", check->path);
	alm_json_text(json, "sha256", *check->sha256 ? check->sha256 : NULL);
	alm_json_integer(json, "passed", results->n_passed);
	alm_json_integer(json, "failed", results->n_failed);
	add_checks(json, results);
	alm_json_object(json, "facts");
	for (int i = 0; i < results->n; i++)
		if (results->items[i].kind == ALM_CHECK_FACT)
			add_fact(json, &results->items[i]);
	alm_json_close(json);
	alm_json_close(json);
	status = out_json_text(to, json, err);
	alm_json_free(json);
	return status;
}
