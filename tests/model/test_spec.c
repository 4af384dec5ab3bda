#include <criterion/criterion.h>
#include <string.h>
#include "model/spec.h"
#include "nn/loss.h"
#include "train/optim.h"
#include "train/schedule.h"

static void refuses(const char *key, const char *text, const char *said)
{
	struct alm_spec spec, before;
	struct alm_error err = {0};
	alm_spec_init(&spec);
	memcpy(&before, &spec, sizeof spec);
	cr_assert_eq(alm_spec_set(&spec, key, text, &err), ALM_USAGE, "%s %s", key, text);
	cr_assert(strstr(err.text, key) && strstr(err.text, said), "%s", err.text);
	cr_assert_eq(memcmp(&spec, &before, sizeof spec), 0, "a refused value changed the spec");
}

Test(spec, every_default_is_what_its_own_option_takes)
{
	struct alm_spec spec;
	struct alm_error err = {0};
	alm_spec_init(&spec);
	for (int i = 0; i < alm_spec_n_fields; i++)
		cr_assert_eq(alm_spec_set(&spec, alm_spec_fields[i].key, alm_spec_fields[i].fallback, &err),
			ALM_OK, "%s", err.text);
	cr_assert_eq(alm_spec_check(&spec, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(spec.units, 64);
	cr_assert_str_eq(spec.cell, "gru");
}

Test(spec, the_texts_of_all_fields_give_the_same_spec_back)
{
	static const char *const given[][2] = {{"lookback", "7d"}, {"horizon", "24"}, {"calendar", "yes"},
		{"loss", "huber"}, {"rate", "0.0123456789012345678"}, {"test-from", "2017-01-01"},
		{"target", "load"}, {"seed", "12"}, {"season", "1w"}, {"residual", "season"}};
	struct alm_spec spec, back;
	struct alm_pairs pairs, again;
	alm_spec_init(&spec);
	for (size_t i = 0; i < sizeof given / sizeof *given; i++)
		cr_assert_eq(alm_spec_set(&spec, given[i][0], given[i][1], NULL), ALM_OK);
	cr_assert_eq(alm_spec_pairs(&spec, &pairs, NULL), ALM_OK);
	cr_assert_eq(pairs.n, alm_spec_n_fields);
	cr_assert_str_eq(alm_pairs_get(&pairs, "test-from"), "2017-01-01 00:00:00");
	cr_assert_str_eq(alm_pairs_get(&pairs, "loss"), "huber");
	alm_spec_init(&back);
	cr_assert_eq(alm_spec_apply(&back, &pairs, NULL), ALM_OK);
	cr_assert_eq(alm_spec_pairs(&back, &again, NULL), ALM_OK);
	for (int i = 0; i < pairs.n; i++)
		cr_assert_str_eq(again.pair[i].value, pairs.pair[i].value, "%s", pairs.pair[i].key);
	alm_pairs_release(&pairs);
	alm_pairs_release(&again);
}

Test(spec, a_bad_value_is_refused_with_option_and_expectation)
{
	refuses("units", "-3", "whole number");
	refuses("units", "many", "whole number");
	refuses("units", "3.5", "whole number");
	refuses("units", "99999999999999999999", "whole number");
	refuses("rate", "fast", "number");
	refuses("rate", "-1", "number");
	refuses("rate", "inf", "number");
	refuses("rate", "", "number");
	refuses("calendar", "perhaps", "yes or no");
	refuses("loss", "mea", "mae|mse|huber");
	refuses("loss", "ma", "mae|mse|huber");
	refuses("loss", "", "mae|mse|huber");
	refuses("lookback", "a while", "a while");
	refuses("test-from", "later", "later");
	refuses("nonsense", "1", "no such setting");
}

Test(spec, a_text_that_is_too_long_is_refused)
{
	char text[2000];
	memset(text, 'x', sizeof text - 1);
	text[sizeof text - 1] = '\0';
	refuses("target", text, "longer");
}

static void fits_not(const char *key, const char *text)
{
	struct alm_spec spec;
	struct alm_error err = {0};
	alm_spec_init(&spec);
	cr_assert_eq(alm_spec_set(&spec, key, text, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(alm_spec_check(&spec, &err), ALM_USAGE, "%s %s", key, text);
	cr_assert(strstr(err.text, key), "%s", err.text);
}

Test(spec, values_out_of_range_are_refused_by_name)
{
	fits_not("units", "0");
	fits_not("units", "9000");
	fits_not("layers", "0");
	fits_not("layers", "17");
	fits_not("batch", "0");
	fits_not("epochs", "0");
	fits_not("shard", "5000");
	fits_not("rate", "0");
	fits_not("average", "1");
	fits_not("huber-delta", "0");
	fits_not("test-fraction", "0.95");
	fits_not("cell", "");
}

Test(spec, the_words_of_choices_are_the_lists_of_their_rooms)
{
	struct alm_spec spec;
	alm_spec_init(&spec);
	for (int i = 0; alm_loss_at(i); i++) {
		cr_assert_eq(alm_spec_set(&spec, "loss", alm_loss_at(i)->name, NULL), ALM_OK);
		cr_assert_eq(spec.loss, i, "%s", alm_loss_at(i)->name);
	}
	for (int i = 0; alm_optim_at(i); i++) {
		cr_assert_eq(alm_spec_set(&spec, "optimizer", alm_optim_at(i)->name, NULL), ALM_OK);
		cr_assert_eq(spec.optimizer, i, "%s", alm_optim_at(i)->name);
	}
	for (int i = 0; alm_schedule_at(i); i++) {
		cr_assert_eq(alm_spec_set(&spec, "schedule", alm_schedule_at(i)->name, NULL), ALM_OK);
		cr_assert_eq(spec.schedule, i, "%s", alm_schedule_at(i)->name);
	}
}
