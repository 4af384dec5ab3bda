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

static void styled(char decimal, bool uncertain, const char *text, double expected)
{
	struct alm_number_style style = {decimal, uncertain};
	double value = 0;
	cr_assert(alm_number_read_as(&style, text, strlen(text), &value), "%s", text);
	cr_assert_eq(value, expected, "%s gives %.17g", text, value);
}

static void styled_refuses(char decimal, bool uncertain, const char *text)
{
	struct alm_number_style style = {decimal, uncertain};
	double value;
	cr_assert_not(alm_number_read_as(&style, text, strlen(text), &value), "%s", text);
}

Test(number, a_decimal_comma_has_points_or_blanks_between_thousands)
{
	styled(',', false, "1,5", 1.5);
	styled(',', false, "-0,125", -0.125);
	styled(',', false, ",5", 0.5);
	styled(',', false, "1.234,5", 1234.5);
	styled(',', false, "+1.234.567", 1234567);
	styled(',', false, "12 345,25", 12345.25);
	styled(',', false,
		"12\xc2\xa0"
		"345",
		12345);
	styled(',', false,
		"12\xe2\x80\xaf"
		"345,5",
		12345.5);
	styled(',', false, "7", 7);
	styled(',', false, "1,5e3", 1500);
}

Test(number, a_decimal_point_has_commas_or_blanks_between_thousands)
{
	styled('.', false, "1,234.5", 1234.5);
	styled('.', false, "1,234", 1234);
	styled('.', true, "1,234.5", 1234.5);
	styled('.', true, "1,234,567", 1234567);
	styled('.', true, "1 234", 1234);
	styled('.', true, "1.234", 1.234);
}

Test(number, thousands_that_may_be_a_fraction_are_refused_until_somebody_says)
{
	styled_refuses('.', true, "1,234");
	styled_refuses('.', true, "-123,456");
	cr_assert(alm_number_is_ambiguous("1,234", 5));
	cr_assert_not(alm_number_is_ambiguous("1,2345", 6));
	cr_assert_not(alm_number_is_ambiguous("1234,567", 8));
	cr_assert_not(alm_number_is_ambiguous("1,234.5", 7));
	cr_assert_not(alm_number_is_ambiguous("", 0));
}

Test(number, groups_that_are_no_thousands_are_refused)
{
	static const char *const points[] = {"1,5", "1,23,456", "1234,567", "0,123", "1,234,56", ",123",
		"1,,234", "1,234 567", "1,234.567,8", "1 ", " ", ",", ".", "-", "", "1,2345", "12,345x"};
	static const char *const commas[] = {"1.5", "1.234.5", "1,2.3", "0.123", "1,2,3", ",", "1.23,4", ""};
	for (size_t i = 0; i < sizeof points / sizeof *points; i++)
		styled_refuses('.', false, points[i]);
	for (size_t i = 0; i < sizeof commas / sizeof *commas; i++)
		styled_refuses(',', false, commas[i]);
}
