#include <string.h>
#include "out/out.h"

/*
 * RFC 4180: a field is quoted when it holds a comma, a quote or a line break; lines end in CRLF there, in LF here, as the
 * tools of this system expect. Missing is nothing at all, the empty text is "".
 */
static void print_field(FILE *to, const char *text)
{
	if (!text)
		return;
	if (*text != '\0' && !strpbrk(text, ",\"\r\n")) {
		fputs(text, to);
		return;
	}
	fputc('"', to);
	for (; *text != '\0'; text++) {
		if (*text == '"')
			fputc('"', to);
		fputc(*text, to);
	}
	fputc('"', to);
}

static void print_line(FILE *to, char *const *fields, int n)
{
	for (int i = 0; i < n; i++) {
		if (i > 0)
			fputc(',', to);
		print_field(to, fields[i]);
	}
	fputc('\n', to);
}

enum alm_status out_csv(FILE *to, const char *title, const struct alm_text_table *rows, struct alm_error *err)
{
	(void)title; /* a CSV file has no place for it */
	(void)err;
	if (rows->n_columns == 0)
		return ALM_OK;
	print_line(to, rows->columns, rows->n_columns);
	for (int i = 0; i < rows->n_rows; i++)
		print_line(to, rows->cells + (size_t)i * (size_t)rows->n_columns, rows->n_columns);
	return ALM_OK;
}
