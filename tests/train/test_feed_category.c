#include <criterion/criterion.h>
#include <stdlib.h>
#include <string.h>
#include "train/feed_rig.h"

/* Channel 0 counts rows; channel 1, the category, is unknown, the first or the second word: row % 3. */
static float with_category(size_t row, int channel)
{
	return channel == 0 ? (float)row : (float)(row % 3);
}

/* Of two channels and the calendar's, the second is a category of two words. */
static int *category_inputs(struct rig *rig, bool known_ahead)
{
	int *input = malloc(9 * sizeof *input);
	rig->panel.category = calloc(8, sizeof *rig->panel.category);
	cr_assert(input && rig->panel.category);
	rig->panel.category[1] = true;
	for (int channel = 0; channel < 9; channel++)
		input[channel] = channel + (channel > 1);
	rig->feed.input = input;
	rig->panel.n_known += known_ahead;
	return input;
}

/* Rows 5, 7, 9 are the second word, the first, and unknown: both inputs are then a half. */
Test(feed_category, a_category_is_an_input_for_each_word_and_their_mean_when_it_is_unknown)
{
	static const float expected[3][3] = {{5, 0, 1}, {7, 1, 0}, {9, 0.5F, 0.5F}};
	struct rig rig;
	rig_open(&rig, with_category, false, ALM_RESIDUAL_NONE);
	int *input = category_inputs(&rig, false);
	rig.feed.norm = ALM_WINDOW_NORM_NONE;
	rig.feed.mask = true;
	rig_open_network_again(&rig);
	cr_assert_eq(alm_feed_features(&rig.feed), 5, "a number, two words, and the mask of both channels");
	struct alm_sample sample = {.window.now = 9};
	rig_load(&rig, &sample);
	for (int step = 0; step < 3; step++) {
		const float *row = alm_network_input(&rig.network, &rig.work, 2, step, 1);
		for (int i = 0; i < 3; i++)
			cr_assert_float_eq(row[i], expected[step][i], 0, "step %d, input %d", step, i);
		cr_assert(row[3] == 1 && row[4] == 1);
	}
	free(input);
	rig_close(&rig);
}

/* Window normalisation subtracts a level from numbers; a word has none. Inputs 5, 7, 9 less the last. */
Test(feed_category, a_category_is_not_normalised)
{
	struct rig rig;
	rig_open(&rig, with_category, false, ALM_RESIDUAL_NONE);
	int *input = category_inputs(&rig, false);
	rig.feed.norm = ALM_WINDOW_NORM_LAST;
	rig_open_network_again(&rig);
	struct alm_sample sample = {.window.now = 9};
	rig_load(&rig, &sample);
	const float *first = alm_network_input(&rig.network, &rig.work, 2, 0, 1);
	cr_assert(first[0] == -4 && first[1] == 0 && first[2] == 1);
	free(input);
	rig_close(&rig);
}

/* Delay 1, so that the targets of row 9 are rows 11 and 12: the second word and an unknown one. */
Test(feed_category, a_category_that_is_known_ahead_reaches_the_head_word_by_word)
{
	static const float expected[4] = {0, 1, 0.5F, 0.5F};
	struct rig rig;
	rig_open(&rig, with_category, false, ALM_RESIDUAL_NONE);
	int *input = category_inputs(&rig, true);
	rig_open_network_again(&rig);
	cr_assert_eq(alm_feed_extras(&rig.feed), 4);
	struct alm_sample sample = {.window.now = 9};
	rig_load(&rig, &sample);
	const float *extra = alm_network_extra(&rig.network, &rig.work, 2, 2, 1);
	for (int i = 0; i < 4; i++)
		cr_assert_float_eq(extra[i], expected[i], 0, "input %d", i);
	free(input);
	rig_close(&rig);
}

/* The calendar's channels come after the words, where they would come after one number. */
Test(feed_category, channels_behind_a_category_keep_their_values)
{
	struct rig rig;
	rig_open(&rig, with_category, true, ALM_RESIDUAL_NONE);
	struct alm_sample sample = {.window.now = 9};
	float calendar[6], row[9];
	rig_load(&rig, &sample);
	memcpy(calendar, alm_network_input(&rig.network, &rig.work, 2, 2, 1) + 2, sizeof calendar);
	int *input = category_inputs(&rig, false);
	rig_open_network_again(&rig);
	rig_load(&rig, &sample);
	cr_assert_arr_eq(alm_network_input(&rig.network, &rig.work, 2, 2, 1) + 3, calendar, sizeof calendar);
	alm_feed_row_ahead(&rig.feed, &sample.window, 1, row);
	float *known = row + 3;
	alm_feed_ahead(&rig.feed, &sample.window, 1, calendar);
	cr_assert_arr_eq(known, calendar, sizeof calendar, "the row ahead has them at the same place");
	free(input);
	rig_close(&rig);
}
