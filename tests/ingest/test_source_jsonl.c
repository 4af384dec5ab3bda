#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "ingest/source.h"
#include "support/make.h"

static char *folder, *path;

static void setup(void)
{
	folder = make_folder();
	path = make_path(folder, "in.jsonl");
}

static void teardown(void)
{
	free(folder);
	free(path);
}

TestSuite(source_jsonl, .init = setup, .fini = teardown);

/* Appends the rows of a file as "line: field|field"; the status of the first that fails. */
static enum alm_status rows_of(const char *file, char *out, size_t room, struct alm_error *err)
{
	struct alm_source_options options = {.path = file};
	struct alm_source *source = NULL;
	const struct alm_row *row = NULL;
	size_t used = 0;
	out[0] = '\0';
	enum alm_status status = alm_source_open(&options, &source, err);
	while (status == ALM_OK && (status = alm_source_next(source, &row, err)) == ALM_OK && row) {
		used += (size_t)snprintf(out + used, room - used, "%ld:", row->line);
		for (int i = 0; i < row->n; i++) {
			cr_assert_eq(strlen(row->field[i]), row->length[i]);
			used += (size_t)snprintf(
				out + used, room - used, "%s%s", i ? "|" : "", row->field[i]);
		}
		used += (size_t)snprintf(out + used, room - used, "\n");
	}
	alm_source_close(source);
	return status;
}

static void gives(const char *text, const char *rows)
{
	char found[4096];
	struct alm_error err;
	make_file(path, text);
	cr_assert_eq(rows_of(path, found, sizeof found, &err), ALM_OK, "%s", err.text);
	cr_assert_str_eq(found, rows, "%s gives %s", text, found);
}

static void fails(const char *text, const char *error)
{
	char found[4096];
	struct alm_error err;
	make_file(path, text);
	cr_assert_eq(rows_of(path, found, sizeof found, &err), ALM_BAD_DATA, "%s", found);
	cr_assert(strstr(err.text, error), "%s", err.text);
}

Test(source_jsonl, keys_are_columns_and_values_texts)
{
	gives("{\"time\": \"2020-01-01\", \"x\": 1.5}\n{\"time\": \"2020-01-02\", \"x\": -7}\n",
		"1:time|x\n1:2020-01-01|1.5\n2:2020-01-02|-7\n");
}

Test(source_jsonl, keys_may_come_in_any_order_and_be_left_out)
{
	gives("{\"a\":1}\n\n{\"b\":2,\"a\":3}\r\n{\"b\":null}", "1:a|b\n1:1|\n3:3|2\n4:|\n");
	gives("{}\n{\"a\":1}\n", "1:a\n1:\n2:1\n");
}

Test(source_jsonl, true_and_false_are_one_and_nothing)
{
	gives("{\"a\":true,\"b\":false}\n", "1:a|b\n1:1|0\n");
}

Test(source_jsonl, texts_hold_what_json_can_say)
{
	gives("{\"\\u00fc\":\"a\\n\\\"b\\u20ac\"}\n", "1:\xc3\xbc\n1:a\n\"b\xe2\x82\xac\n");
}

Test(source_jsonl, numbers_keep_every_bit)
{
	gives("{\"a\":0.1,\"b\":0.30000000000000004,\"c\":1e300,\"d\":9007199254740993}\n",
		"1:a|b|c|d\n1:0.1|0.30000000000000004|1e+300|9007199254740993\n");
}

Test(source_jsonl, what_is_no_object_of_scalars_names_line_and_key)
{
	fails("{\"a\":1}\n{\"a\":[1]}\n", "in.jsonl:2: a: expected a text, a number, true, false or null");
	fails("{\"a\":1}\n[1]\n", "in.jsonl:2: expected an object such as");
	fails("{\"a\":1}\n{\"a\":}\n", "in.jsonl:2: column 6: no JSON: ");
	fails("{\"a\":1}\n{\"a\":2\r\n", "in.jsonl:2: column 6: no JSON: '}' expected");
	fails("{\"a\":1,\"a\":2}\n", "in.jsonl:1: column 10: no JSON: duplicate object key");
	fails("{\"a\":1} {\"a\":2}\n", "in.jsonl:1: column 9: no JSON: end of file expected");
	fails("{\"a\":\"\\u0000\"}\n", "in.jsonl:1: ");
	fails("{\"a\":1e999}\n", "in.jsonl:1: ");
}

Test(source_jsonl, a_key_that_turns_up_late_is_refused)
{
	size_t used = 0;
	char *text = malloc(40000);
	for (int i = 0; i < 1000; i++)
		used += (size_t)sprintf(text + used, "{\"a\":%d}\n", i);
	sprintf(text + used, "{\"a\":1,\"b\":2}\n");
	make_file(path, text);
	char found[40000];
	struct alm_error err;
	cr_assert_eq(rows_of(path, found, sizeof found, &err), ALM_BAD_DATA);
	cr_assert(strstr(err.text, "in.jsonl:1001: the key 'b' is in none of the first 1000 objects"), "%s",
		err.text);
	free(text);
}

Test(source_jsonl, a_line_may_be_long_but_not_endless)
{
	size_t n = 900000;
	char *text = calloc(1, 3 * n);
	struct alm_error err;
	char *found = malloc(2 * n);
	memcpy(text, "{\"a\":\"", 6);
	memset(text + 6, 'x', n);
	memcpy(text + 6 + n, "\"}\n", 3);
	make_file(path, text);
	cr_assert_eq(rows_of(path, found, 2 * n, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(strlen(found), n + 7);
	memset(text + 6, 'x', 2 * n);
	make_file(path, text);
	cr_assert_eq(rows_of(path, found, 2 * n, &err), ALM_BAD_DATA);
	cr_assert(strstr(err.text, "in.jsonl:1: the line is longer than 1 MiB"), "%s", err.text);
	free(text);
	free(found);
}

Test(source_jsonl, a_brace_at_the_beginning_is_recognised_under_any_name)
{
	char found[100], *other = make_path(folder, "in.txt");
	struct alm_error err;
	make_file(other, " \n{\"a\":1}\n");
	cr_assert_eq(rows_of(other, found, sizeof found, &err), ALM_OK, "%s", err.text);
	cr_assert_str_eq(found, "2:a\n2:1\n");
	free(other);
}

Test(source_jsonl, an_empty_file_has_no_rows)
{
	gives("", "");
	gives("\n \n", "");
}

Test(source_jsonl, options_of_csv_are_refused)
{
	struct alm_source *source = NULL;
	struct alm_error err;
	make_file(path, "{\"a\":1}\n");
	struct alm_source_options header = {.path = path, .no_header = true},
				  delimiter = {.path = path, .delimiter = ';'};
	cr_assert_eq(alm_source_open(&header, &source, &err), ALM_USAGE);
	cr_assert(strstr(err.text, "--no-header: '"), "%s", err.text);
	cr_assert_eq(alm_source_open(&delimiter, &source, &err), ALM_USAGE);
	cr_assert(strstr(err.text, "--delimiter: '"), "%s", err.text);
}
