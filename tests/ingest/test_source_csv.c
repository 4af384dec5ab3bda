#include <criterion/criterion.h>
#include <csv.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/rng.h"
#include "ingest/source.h"
#include "support/make.h"

static char *folder, *path;

static void setup(void)
{
	folder = make_folder();
	path = make_path(folder, "in.csv");
}

static void teardown(void)
{
	free(folder);
	free(path);
}

TestSuite(source_csv, .init = setup, .fini = teardown);

/* Opens a file; delimiter 0 = recognised. */
static enum alm_status open_file(
	const char *file, char delimiter, struct alm_source **out, struct alm_error *err)
{
	struct alm_source_options options = {.path = file, .delimiter = delimiter};
	return alm_source_open(&options, out, err);
}

static void put_bytes(const char *bytes, size_t n)
{
	FILE *file = fopen(path, "w");
	cr_assert(file);
	cr_assert_eq(fwrite(bytes, 1, n, file), n);
	cr_assert_eq(fclose(file), 0);
}

static struct alm_source *open_text(const char *text, char delimiter)
{
	struct alm_source *csv = NULL;
	struct alm_error err;
	put_bytes(text, strlen(text));
	cr_assert_eq(open_file(path, delimiter, &csv, &err), ALM_OK, "%s", err.text);
	return csv;
}

/* The whole file as "line: field|field" rows, one a line. */
static char *rows_of(struct alm_source *csv)
{
	static char all[4096];
	size_t used = 0;
	all[0] = '\0';
	for (;;) {
		const struct alm_row *row;
		struct alm_error err;
		cr_assert_eq(alm_source_next(csv, &row, &err), ALM_OK, "%s", err.text);
		if (!row)
			break;
		used += (size_t)snprintf(all + used, sizeof all - used, "%ld:", row->line);
		for (int i = 0; i < row->n; i++) {
			cr_assert_eq(strlen(row->field[i]), row->length[i]);
			used += (size_t)snprintf(
				all + used, sizeof all - used, "%s%s", i ? "|" : "", row->field[i]);
		}
		used += (size_t)snprintf(all + used, sizeof all - used, "\n");
	}
	alm_source_close(csv);
	return all;
}

static void gives(const char *text, const char *rows)
{
	const char *found = rows_of(open_text(text, 0));
	cr_assert_str_eq(found, rows, "%s gives %s", text, found);
}

static void fails(const char *bytes, size_t n, const char *error)
{
	struct alm_source *csv = NULL;
	const struct alm_row *row;
	struct alm_error err = {0};
	put_bytes(bytes, n);
	enum alm_status status = open_file(path, 0, &csv, &err);
	do
		status = status == ALM_OK ? alm_source_next(csv, &row, &err) : status;
	while (status == ALM_OK && row);
	alm_source_close(csv);
	cr_assert_eq(status, ALM_BAD_DATA);
	cr_assert(strstr(err.text, error), "%s", err.text);
}

Test(source_csv, rows_have_their_line_and_fields)
{
	gives("a,b\n1,2\n3,4\n", "1:a|b\n2:1|2\n3:3|4\n");
}

Test(source_csv, lines_end_in_lf_crlf_or_cr)
{
	gives("a,b\r\n1,2\r\n", "1:a|b\n2:1|2\n");
	gives("a,b\r1,2\r", "1:a|b\n2:1|2\n");
}

Test(source_csv, the_last_line_need_not_end)
{
	gives("a,b\n1,2", "1:a|b\n2:1|2\n");
	gives("a,b\n1,", "1:a|b\n2:1|\n");
}

Test(source_csv, empty_lines_are_passed_over_and_counted)
{
	gives("a,b\n\n\n1,2\n\n", "1:a|b\n4:1|2\n");
}

Test(source_csv, quotes_hold_delimiters_quotes_and_lines)
{
	gives("a,\"b,\"\"c\"\"\"\n\"1\n2\",3\n4,5\n", "1:a|b,\"c\"\n2:1\n2|3\n4:4|5\n");
}

Test(source_csv, blanks_around_a_field_are_cut_off)
{
	gives("a, b ,\tc\n", "1:a|b|c\n");
	gives("a,\" b \"\n", "1:a| b \n");
}

Test(source_csv, a_byte_order_mark_is_passed_over)
{
	gives("\xef\xbb\xbf"
	      "a,b\n1,2\n",
		"1:a|b\n2:1|2\n");
}

Test(source_csv, the_delimiter_is_recognised_in_the_first_line)
{
	gives("a;b\n1,5;2\n", "1:a|b\n2:1,5|2\n");
	gives("a\tb\n1\t2\n", "1:a|b\n2:1|2\n");
	gives("a|b\n", "1:a|b\n");
	gives("\"x;y;z\",b\n1,2\n", "1:x;y;z|b\n2:1|2\n");
	gives("a\n1\n", "1:a\n2:1\n");
}

Test(source_csv, the_delimiter_can_be_given)
{
	cr_assert_str_eq(rows_of(open_text("a,b:c\n", ':')), "1:a,b|c\n");
}

Test(source_csv, rows_across_blocks_are_whole)
{
	FILE *file = fopen(path, "w");
	for (int i = 0; i < 60000; i++)
		fprintf(file, "%d,\"row %d\"%s", i, i, i % 2 ? "\r\n" : "\n");
	fclose(file);
	struct alm_source *csv;
	const struct alm_row *row;
	cr_assert_eq(open_file(path, ',', &csv, NULL), ALM_OK);
	for (int i = 0; i < 60000; i++) {
		char expected[32];
		cr_assert_eq(alm_source_next(csv, &row, NULL), ALM_OK);
		cr_assert(row && row->n == 2 && row->line == i + 1);
		snprintf(expected, sizeof expected, "row %d", i);
		cr_assert_str_eq(row->field[1], expected);
	}
	cr_assert_eq(alm_source_next(csv, &row, NULL), ALM_OK);
	cr_assert_null(row);
	alm_source_close(csv);
}

Test(source_csv, standard_input_is_read_under_its_name)
{
	struct alm_source *csv;
	put_bytes("a,b\n", 4);
	cr_assert(freopen(path, "r", stdin));
	cr_assert_eq(open_file("-", 0, &csv, NULL), ALM_OK);
	cr_assert_str_eq(alm_source_name(csv), "stdin");
	cr_assert_str_eq(rows_of(csv), "1:a|b\n");
}

Test(source_csv, an_empty_file_has_no_rows)
{
	gives("", "");
	gives("\n\r\n\n", "");
}

Test(source_csv, a_file_that_is_not_there)
{
	struct alm_source *csv = NULL;
	struct alm_error err;
	cr_assert_eq(open_file(path, 0, &csv, &err), ALM_NO_INPUT);
	cr_assert(strstr(err.text, "in.csv': No such file"), "%s", err.text);
	cr_assert_null(csv);
}

Test(source_csv, a_folder_is_no_file)
{
	struct alm_source *csv = NULL;
	struct alm_error err;
	cr_assert_eq(open_file(folder, 0, &csv, &err), ALM_BAD_DATA);
	cr_assert(strstr(err.text, "is a folder"), "%s", err.text);
}

Test(source_csv, a_line_of_ten_megabytes_is_refused_with_its_number)
{
	size_t n = 10 * 1024 * 1024;
	char *bytes = malloc(n);
	memset(bytes, 'x', n);
	memcpy(bytes, "a,b\n", 4);
	fails(bytes, n, "in.csv:2: the row is longer than 1 MiB");
	memset(bytes + 4, ',', n - 4);
	fails(bytes, n, "in.csv:2: the row is longer than 1 MiB");
	free(bytes);
}

Test(source_csv, a_quote_that_is_never_closed_names_its_row)
{
	static const char text[] = "a,b\n1,\"2\n3,4\n";
	fails(text, sizeof text - 1, "in.csv:2: a quote that opens in this row is never closed");
}

Test(source_csv, a_quote_inside_a_field_is_refused)
{
	static const char inside[] = "a,b\n1,2\"3\n", after[] = "a,b\n1,\"2\"3\n";
	fails(inside, sizeof inside - 1, "in.csv:2: a quote stands inside a field");
	fails(after, sizeof after - 1, "in.csv:2: a quote stands inside a field");
}

Test(source_csv, what_is_no_text_is_refused)
{
	static const char zero[] = "a,b\n1,\0002\n";
	fails(zero, sizeof zero - 1, "in.csv:2: a zero byte; is this no text file? for UTF-16");
}

/* ---- what libcsv makes of the same text */

/* Rows as rows_of has them, without their lines; the last may not have ended. */
struct plain {
	char text[4096];
	size_t used;
	bool begun;
};

static void on_field(void *bytes, size_t n, void *data)
{
	struct plain *plain = data;
	plain->used += (size_t)snprintf(plain->text + plain->used, sizeof plain->text - plain->used, "%s%.*s",
		plain->begun ? "|" : "", (int)n, (const char *)bytes);
	plain->begun = true;
}

static void on_row(int end, void *data)
{
	struct plain *plain = data;
	(void)end;
	plain->text[plain->used++] = '\n';
	plain->text[plain->used] = '\0';
	plain->begun = false;
}

/* Whether libcsv takes the text. */
static bool read_plain(const char *text, size_t n, char delimiter, struct plain *plain)
{
	struct csv_parser parser;
	*plain = (struct plain){0};
	cr_assert_eq(csv_init(&parser, CSV_STRICT | CSV_STRICT_FINI), 0);
	csv_set_delim(&parser, (unsigned char)delimiter);
	bool good = csv_parse(&parser, text, n, on_field, on_row, plain) == n &&
		    csv_fini(&parser, on_field, on_row, plain) == 0;
	csv_free(&parser);
	return good;
}

/* The same of the source: its rows one a line, and whether it takes the text. */
static bool read_rows(char delimiter, struct plain *plain)
{
	struct alm_source *csv = NULL;
	const struct alm_row *row = NULL;
	struct alm_error err;
	*plain = (struct plain){0};
	cr_assert_eq(open_file(path, delimiter, &csv, &err), ALM_OK, "%s", err.text);
	enum alm_status status;
	while ((status = alm_source_next(csv, &row, &err)) == ALM_OK && row) {
		for (int i = 0; i < row->n; i++)
			on_field((void *)(uintptr_t)row->field[i], row->length[i], plain);
		on_row(0, plain);
	}
	alm_source_close(csv);
	return status == ALM_OK;
}

/* Letters by chance; returns how many. */
static size_t write_text(uint64_t number, const char *letters, char *text, size_t room)
{
	size_t n = alm_rng_bits(1, number, 0) % room;
	for (size_t at = 0; at < n; at++)
		text[at] = letters[alm_rng_bits(1, number, at + 1) % strlen(letters)];
	return n;
}

Test(source_csv, whatever_the_text_it_gives_the_rows_that_libcsv_gives)
{
	static const char plain[] = "ab1 \t,;\n\n\r", quoted[] = "ab \t,;\"\"\n\r", delimiters[] = ",;\t ";
	int n_good = 0, n_quoted = 0;
	for (int i = 0; i < 6000; i++) {
		char text[200], delimiter = delimiters[i % 4];
		struct plain theirs, ours;
		size_t n = write_text((uint64_t)i, i % 3 == 0 ? quoted : plain, text, sizeof text);
		put_bytes(text, n);
		bool good = read_plain(text, n, delimiter, &theirs);
		cr_assert_eq(read_rows(delimiter, &ours), good, "text %d", i);
		if (good)
			cr_assert_str_eq(ours.text, theirs.text, "text %d", i);
		n_good += good;
		n_quoted += good && memchr(text, '"', n);
	}
	cr_assert(n_good > 4000 && n_quoted > 10, "%d good, %d of them quoted", n_good, n_quoted);
}
