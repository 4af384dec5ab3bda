#include <criterion/criterion.h>
#include <inttypes.h>
#include <locale.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/rng.h"
#include "ingest/number.h"

static bool same_bits(double a, double b)
{
	return memcmp(&a, &b, sizeof a) == 0;
}

/* The C library is the independent reader. */
static void agrees(const char *text)
{
	double value = 0;
	cr_assert(alm_number_read(text, strlen(text), &value), "'%s'", text);
	cr_assert(same_bits(value, strtod(text, NULL)), "'%s' gives %.17g", text, value);
}

static void refuses(const char *text)
{
	double value = 7;
	cr_assert_not(alm_number_read(text, strlen(text), &value), "'%s'", text);
	cr_assert(same_bits(value, 7), "'%s' changed the output", text);
}

Test(number, every_way_to_write_one_agrees_with_strtod)
{
	static const char *const texts[] = {"0", "-0", "+1", "1.", ".5", "-.5", "007", "12.50", "1e3", "1E+3",
		"1e-3", "1.5e22", "1e23", "123456789012345", "1234567890123456", "9007199254740993",
		"0.1234567890123456789", "18446744073709551615", "18446744073709551616",
		"99999999999999999999999999", "0.000000000000000000000000000001", "4.9e-324", "1e-400",
		"1.7976931348623157e308", "2.2250738585072011e-308", "0e999999999", "0.0e-99999999999",
		"100000000000000000000000000000000000000000000000000e-50"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		agrees(texts[i]);
}

Test(number, random_decimals_agree_with_strtod)
{
	for (uint64_t i = 0; i < 200000; i++) {
		char text[80];
		uint64_t digits = alm_rng_bits(1, 1, i) >> (alm_rng_bits(1, 2, i) % 64);
		int decimals = (int)(alm_rng_bits(1, 3, i) % 20),
		    power = (int)(alm_rng_bits(1, 4, i) % 60) - 30;
		snprintf(text, sizeof text, "%s%" PRIu64 ".%0*" PRIu64 "e%d", i % 2 ? "-" : "", digits,
			decimals, alm_rng_bits(1, 5, i) % 1000000, i % 3 ? power : 0);
		agrees(text);
	}
}

Test(number, random_doubles_come_back)
{
	for (uint64_t i = 0; i < 100000; i++) {
		uint64_t bits = alm_rng_bits(2, 1, i);
		double value, back = 0;
		char text[40];
		memcpy(&value, &bits, sizeof value);
		if (!isfinite(value))
			continue;
		snprintf(text, sizeof text, "%.17g", value);
		cr_assert(alm_number_read(text, strlen(text), &back), "'%s'", text);
		cr_assert(same_bits(value, back), "'%s'", text);
	}
}

Test(number, what_is_no_decimal_number_is_refused)
{
	static const char *const texts[] = {"", "-", "+", ".", "-.", "e5", "1e", "1e+", "1.5.2", "1,5", "1 2",
		" 1", "1 ", "0x10", "inf", "-inf", "infinity", "nan", "NaN", "1f", "--1", "+-1", "n/a",
		"1_000", "\xd9\xa1"};
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		refuses(texts[i]);
}

Test(number, what_no_double_can_hold_is_refused)
{
	refuses("1e309");
	refuses("-1e309");
	refuses("1e999999999999999999999");
	refuses("17976931348623159e292");
}

Test(number, only_the_given_length_is_read)
{
	double value = 0;
	cr_assert(alm_number_read("12;34", 2, &value));
	cr_assert(same_bits(value, 12));
	cr_assert_not(alm_number_read("12;34", 3, &value));
}

Test(number, a_locale_with_a_decimal_comma_changes_nothing)
{
	/* Not every machine has one of these; without them this shows nothing, and harms nothing. */
	if (!setlocale(LC_ALL, "de_DE.UTF-8") && !setlocale(LC_ALL, "fr_FR.UTF-8"))
		cr_skip_test("no locale with a decimal comma is installed");
	double value = 0;
	cr_assert(alm_number_read("0.12345678901234567890", 22, &value));
	cr_assert(value > 0.12 && value < 0.13);
}
