#include "out/text.h"
#include <langinfo.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>
#include "base/count.h"

bool text_is_utf8(void)
{
	return strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
}

/* Bytes of the well-formed UTF-8 character at text (Unicode, table 3-7) and its code; 0 when there is none. */
static size_t decode(const unsigned char *text, uint32_t *code)
{
	static const struct {
		unsigned char first, last, bits; /* lead bytes, and the payload bits of the lead */
		uint32_t least;                  /* smaller codes are overlong */
	} forms[] = {{0x00, 0x7f, 0x7f, 0}, {0xc2, 0xdf, 0x1f, 0x80}, {0xe0, 0xef, 0x0f, 0x800},
		{0xf0, 0xf4, 0x07, 0x10000}};
	for (size_t more = 0; more < 4; more++) {
		if (*text < forms[more].first || *text > forms[more].last)
			continue;
		uint32_t value = *text & forms[more].bits;
		for (size_t i = 1; i <= more; i++) {
			if ((text[i] & 0xc0) != 0x80)
				return 0;
			value = value << 6 | (text[i] & 0x3f);
		}
		if (value < forms[more].least || value > 0x10ffff || (value >= 0xd800 && value <= 0xdfff))
			return 0;
		*code = value;
		return more + 1;
	}
	return 0;
}

static bool is_control(uint32_t code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0);
}

size_t text_escape(const char *text, char *out, size_t size)
{
	size_t total = 0, used = 0;
	bool full = size == 0;
	for (const unsigned char *at = (const unsigned char *)text; *at != '\0';) {
		uint32_t code = 0;
		char escape[4 * 4 + 1];
		const char *piece = (const char *)at;
		size_t n_read = decode(at, &code), n_written = n_read;
		if (n_read == 0 || is_control(code)) {
			n_read = n_read ? n_read : 1;
			n_written = 4 * n_read;
			for (size_t i = 0; i < n_read; i++)
				snprintf(escape + 4 * i, 5, "\\x%02x", at[i]);
			piece = escape;
		}
		full = full || used + n_written >= size;
		if (!full) {
			memcpy(out + used, piece, n_written);
			used += n_written;
		}
		total += n_written;
		at += n_read;
	}
	if (size > 0)
		out[used] = '\0';
	return total;
}

char *text_escaped(const char *text)
{
	size_t size = text_escape(text, NULL, 0) + 1;
	char *out = malloc(size);
	if (out)
		text_escape(text, out, size);
	return out;
}

int text_width(const char *text)
{
	int width = 0;
	bool utf8 = text_is_utf8();
	for (const unsigned char *at = (const unsigned char *)text; *at != '\0';) {
		uint32_t code = 0;
		size_t n = decode(at, &code);
		int columns = utf8 && n > 0 ? wcwidth((wchar_t)code) : 1;
		width += columns < 0 ? 1 : columns;
		at += n ? n : 1;
	}
	return width;
}

const char *text_count(int64_t value, char out[static TEXT_NUMBER])
{
	return alm_count_print(value, out);
}

int text_decimals(double largest)
{
	double magnitude = fabs(largest);
	if (!isfinite(magnitude) || magnitude == 0)
		return 1;
	int before = (int)floor(log10(magnitude)) + 1;
	int decimals = 4 - before;
	return decimals < 1 ? 1 : decimals > 9 ? 9 : decimals;
}

const char *text_real(double value, int decimals, char out[static TEXT_NUMBER])
{
	if (!isfinite(value))
		snprintf(out, TEXT_NUMBER, "-");
	else if (fabs(value) < 1e15)
		snprintf(out, TEXT_NUMBER, "%.*f", decimals, value);
	else
		snprintf(out, TEXT_NUMBER, "%.6g", value);
	return out;
}

const char *text_exact(double value, char out[static TEXT_NUMBER])
{
	*out = '\0';
	for (int digits = 15; digits <= 17 && isfinite(value); digits++) {
		snprintf(out, TEXT_NUMBER, "%.*g", digits, value);
		if (strtod(out, NULL) == value)
			break;
	}
	return out;
}

const char *text_seconds(double seconds, char out[static TEXT_NUMBER])
{
	long long whole = seconds < 1e15 ? llround(seconds) : 0;
	if (!isfinite(seconds) || seconds < 0)
		snprintf(out, TEXT_NUMBER, "-");
	else if (seconds > 0 && seconds < 0.1)
		snprintf(out, TEXT_NUMBER, "%.0f ms", 1000 * seconds);
	else if (seconds < 10)
		snprintf(out, TEXT_NUMBER, "%.1f s", seconds);
	else if (whole < 60)
		snprintf(out, TEXT_NUMBER, "%lld s", whole);
	else if (whole < 3600)
		snprintf(out, TEXT_NUMBER, "%lld min %02lld s", whole / 60, whole % 60);
	else
		snprintf(out, TEXT_NUMBER, "%lld h %02lld min", whole / 3600, whole / 60 % 60);
	return out;
}
