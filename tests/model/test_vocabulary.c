/* The words of a category: hand-worked on a series of ten hours. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "model/vocabulary.h"
#include "support/make.h"

#define N_ROWS 10

/* Words by their codes, and the codes of the rows; the last two words come up after row 7 alone. */
static char *const texts[] = {"rain", "fog", "clear", "hail", "storm"};
static const float codes[N_ROWS] = {0, 2, NAN, 2, 1, 0, 2, 2, 3, 4};

static struct alm_names words;
static char said[512];

static void take_note(struct alm_reporter *reporter, const char *text)
{
	(void)reporter;
	snprintf(said + strlen(said), sizeof said - strlen(said), "%s\n", text);
}

static struct alm_panel build(int n_data, const bool *category, const float *values)
{
	static const char *const names[] = {"load", "sky"};
	int64_t times[N_ROWS];
	for (int row = 0; row < N_ROWS; row++)
		times[row] = INT64_C(1577836800000) + row * HOUR_MS;
	struct alm_series_rows series = {"s", N_ROWS, times, values};
	struct alm_panel_options options = {.channels = names,
		.category = category,
		.words = texts,
		.n_data = n_data,
		.freq = {.step_ms = HOUR_MS},
		.until_ms = INT64_MAX};
	struct alm_panel panel;
	struct alm_error err = {0};
	cr_assert_eq(alm_panel_build(&series, 1, &options, &panel, NULL, &err), ALM_OK, "%s", err.text);
	return panel;
}

/* A channel of numbers and the category. */
static struct alm_panel build_sky(void)
{
	static const bool category[] = {false, true};
	float values[2 * N_ROWS];
	bool added;
	int number;
	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++)
		cr_assert_eq(
			alm_names_number(&words, texts[i], strlen(texts[i]), &number, &added, NULL), ALM_OK);
	for (int row = 0; row < N_ROWS; row++) {
		values[2 * row] = (float)row;
		values[2 * row + 1] = codes[row];
	}
	return build(2, category, values);
}

static struct alm_part first_rows(const struct alm_panel *panel, int n)
{
	return (struct alm_part){INT64_MIN, alm_frame_time(panel, &panel->frames[0], n)};
}

Test(vocabulary, holds_the_words_of_the_training_part_in_order_and_no_later_ones)
{
	struct alm_panel panel = build_sky();
	struct alm_part part = first_rows(&panel, 8);
	struct alm_vocabulary vocabulary;
	cr_assert_eq(alm_vocabulary_learn(&vocabulary, &panel, &words, &part, NULL), ALM_OK);
	cr_assert_eq(vocabulary.words[0].n, 0, "a channel of numbers has no words");
	cr_assert_eq(vocabulary.words[1].n, 3);
	cr_assert_eq(alm_vocabulary_number(&vocabulary, 1, "clear"), 1);
	cr_assert_eq(alm_vocabulary_number(&vocabulary, 1, "fog"), 2);
	cr_assert_eq(alm_vocabulary_number(&vocabulary, 1, "rain"), 3);
	cr_assert_eq(alm_vocabulary_number(&vocabulary, 1, "hail"), 0);
	cr_assert_eq(alm_vocabulary_number(&vocabulary, 1, "storm"), 0);
	alm_vocabulary_release(&vocabulary);
	alm_panel_release(&panel);
	alm_names_release(&words);
}

/* Row 2 is a gap: it holds the word before it, not something between two codes. */
Test(vocabulary, gives_every_row_its_number_and_says_what_is_unknown)
{
	static const float expected[N_ROWS] = {3, 1, 1, 1, 2, 3, 1, 1, 0, 0};
	struct alm_panel panel = build_sky();
	struct alm_part part = first_rows(&panel, 8);
	struct alm_reporter reporter = {.note = take_note};
	struct alm_vocabulary vocabulary;
	cr_assert_eq(alm_vocabulary_learn(&vocabulary, &panel, &words, &part, NULL), ALM_OK);
	cr_assert_eq(alm_vocabulary_encode(&vocabulary, &panel, &words, &reporter, NULL), ALM_OK);
	for (int row = 0; row < N_ROWS; row++) {
		cr_assert_float_eq(panel.frames[0].values[2 * row + 1], expected[row], 0, "row %d", row);
		cr_assert_float_eq(panel.frames[0].values[2 * row], (float)row, 0);
	}
	cr_assert_str_eq(said,
		"channel 'sky': 2 values of 2 words that the training part does not have, seen as "
		"unknown: 'hail', 'storm'\n");
	alm_vocabulary_release(&vocabulary);
	alm_panel_release(&panel);
	alm_names_release(&words);
}

Test(vocabulary, of_a_training_part_without_a_word_is_refused)
{
	struct alm_panel panel = build_sky();
	struct alm_part part = {
		panel.frames[0].start_ms + 2 * HOUR_MS, panel.frames[0].start_ms + 3 * HOUR_MS};
	struct alm_vocabulary vocabulary;
	struct alm_error err = {0};
	cr_assert_eq(alm_vocabulary_learn(&vocabulary, &panel, &words, &part, &err), ALM_BAD_DATA);
	cr_assert(
		strstr(err.text, "channel 'sky' has no observed value in the training part"), "%s", err.text);
	alm_panel_release(&panel);
	alm_names_release(&words);
}

Test(vocabulary, a_copy_knows_the_same_words)
{
	struct alm_vocabulary vocabulary, copy;
	cr_assert_eq(alm_vocabulary_init(&vocabulary, 2, NULL), ALM_OK);
	cr_assert_eq(alm_vocabulary_add(&vocabulary, 1, "a", NULL), ALM_OK);
	cr_assert_eq(alm_vocabulary_add(&vocabulary, 1, "b", NULL), ALM_OK);
	cr_assert_eq(alm_vocabulary_copy(&copy, &vocabulary, NULL), ALM_OK);
	alm_vocabulary_release(&vocabulary);
	cr_assert_eq(copy.words[0].n, 0);
	cr_assert_eq(alm_vocabulary_number(&copy, 1, "b"), 2);
	alm_vocabulary_release(&copy);
}
