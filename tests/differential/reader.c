/*
 * The parsers of ingest, for comparing with independent ones; see differential.py.
 *
 *   reader csv            documents on standard input, each a native uint32_t of its bytes and then these, in Latin-1; for each a line:
 *                         ["field", ...] of every row in one array, or the error as a text
 *   reader numbers N SEED N texts, each by alm_number_read and by strtod in the C locale: prints how many were numbers
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>
#include "base/rng.h"
#include "ingest/number.h"
#include "ingest/source.h"

enum { LONGEST = 1 << 20 };

static void put_text(const char *text)
{
	putchar('"');
	for (; *text; text++)
		if ((unsigned char)*text < 0x20 || *text == '"' || *text == '\\')
			printf("\\u%04x", (unsigned)(unsigned char)*text);
		else
			putchar(*text);
	putchar('"');
}

/* Rows until the end or an error; what was put is taken back by the caller when it is one. */
static enum alm_status put_rows(struct alm_source *source, struct alm_error *err)
{
	const struct alm_row *row = NULL;
	enum alm_status status;
	int n = 0;
	while ((status = alm_source_next(source, &row, err)) == ALM_OK && row) {
		printf("%s[", n++ ? ", " : "");
		for (int i = 0; i < row->n; i++) {
			if (i > 0)
				putchar(',');
			put_text(row->field[i]);
		}
		putchar(']');
	}
	return status;
}

/* A line is [rows, error or null]: an error comes after rows that were well. */
static void read_document(int fd, const char *bytes, size_t n)
{
	char path[40];
	struct alm_error err = {0};
	struct alm_source *source = NULL;
	snprintf(path, sizeof path, "/proc/self/fd/%d", fd);
	if (ftruncate(fd, 0) != 0 || pwrite(fd, bytes, n, 0) != (ssize_t)n)
		exit(2);
	struct alm_source_options options = {
		.path = path, .encoding = "latin1", .delimiter = ',', .no_header = true};
	enum alm_status status = alm_source_open(&options, &source, &err);
	printf("[[");
	if (status == ALM_OK)
		status = put_rows(source, &err);
	printf("], ");
	if (status == ALM_OK)
		printf("null");
	else
		put_text(err.text);
	printf("]\n");
	alm_source_close(source);
}

static int read_csv(void)
{
	static char bytes[LONGEST];
	uint32_t n;
	int fd = memfd_create("document", MFD_CLOEXEC);
	while (fd >= 0 && fread(&n, sizeof n, 1, stdin) == 1) {
		if (n > LONGEST || fread(bytes, 1, n, stdin) != n)
			return 2;
		read_document(fd, bytes, n);
	}
	return fd < 0 || ferror(stdin) || fflush(stdout) != 0 ? 2 : 0;
}

struct draw {
	uint64_t seed, at;
};

static uint64_t draw(struct draw *from, uint64_t below)
{
	return alm_rng_bits(from->seed, 1, from->at++) % below;
}

static size_t put_digits(struct draw *from, size_t most, char *to)
{
	size_t n = (size_t)draw(from, most + 1);
	for (size_t i = 0; i < n; i++)
		to[i] = (char)('0' + draw(from, 10));
	return n;
}

/* A decimal number, its halves and exponents of any length; of some a character is another then. */
static size_t make_number(struct draw *from, char text[static 80])
{
	static const char others[] = "0123456789+-.eE ,xinfa_";
	size_t n = 0;
	if (draw(from, 3) == 0)
		text[n++] = "+-"[draw(from, 2)];
	n += put_digits(from, draw(from, 4) == 0 ? 30 : 8, text + n);
	if (draw(from, 2) == 0)
		text[n++] = '.';
	n += put_digits(from, draw(from, 4) == 0 ? 30 : 4, text + n);
	if (draw(from, 4) == 0) {
		text[n++] = "eE"[draw(from, 2)];
		if (draw(from, 2) == 0)
			text[n++] = "+-"[draw(from, 2)];
		n += put_digits(from, 3, text + n);
	}
	if (n > 0 && draw(from, 8) == 0)
		text[draw(from, n)] = others[draw(from, sizeof others - 1)];
	text[n] = '\0';
	return n;
}

/* What strtod reads that we do not: blanks before a number, hexadecimal, words, and what is too large. */
static bool is_ours(const char *text, size_t n, double value)
{
	return n > 0 && strspn(text, "+-.0123456789eE") == n && isfinite(value);
}

static int read_numbers(uint64_t n, uint64_t seed)
{
	struct draw from = {.seed = seed};
	uint64_t n_numbers = 0;
	for (uint64_t i = 0; i < n; i++) {
		char text[80], *end;
		size_t length = make_number(&from, text);
		double ours = 0, theirs = strtod(text, &end);
		bool is_number = alm_number_read(text, length, &ours);
		bool expected = end == text + length && is_ours(text, length, theirs);
		if (is_number != expected || (is_number && memcmp(&ours, &theirs, sizeof ours) != 0)) {
			fprintf(stderr, "'%s': ours %s %.17g, strtod %s %.17g\n", text,
				is_number ? "reads" : "refuses", ours, expected ? "reads" : "refuses",
				theirs);
			return 1;
		}
		n_numbers += is_number;
	}
	printf("%llu\n", (unsigned long long)n_numbers);
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && strcmp(argv[1], "csv") == 0)
		return read_csv();
	if (argc == 4 && strcmp(argv[1], "numbers") == 0)
		return read_numbers(strtoull(argv[2], NULL, 10), strtoull(argv[3], NULL, 10));
	fprintf(stderr, "usage: reader csv | reader numbers N SEED\n");
	return 64;
}
