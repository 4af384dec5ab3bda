#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "model/trained.h"
#include "support/make.h"

static const char *const names[] = {"load", "wind"};
static struct alm_cell_folders folders;

/* An untrained model of two channels, ready to be saved. */
static void make_of(struct alm_trained *trained, const struct alm_roles *roles)
{
	struct alm_spec spec;
	struct alm_plan plan;
	struct alm_freq hourly = {.step_ms = HOUR_MS};
	struct alm_error err = {0};
	alm_spec_init(&spec);
	snprintf(spec.freq, sizeof spec.freq, "1h");
	spec.units = 5;
	spec.calendar = true;
	cr_assert_eq(alm_plan_make(&spec, &hourly, &plan, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(alm_cell_folders_init(&folders, NULL, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(alm_trained_init(trained, &spec, &plan, roles, &folders, &err), ALM_OK, "%s", err.text);
	alm_network_initialise(&trained->network, 5);
	trained->scaler.center[1] = 7;
}

static void make(struct alm_trained *trained)
{
	make_of(trained, &(struct alm_roles){.names = names, .n = 2, .n_targets = 1});
}

static void replace(struct alm_pairs *pairs, const char *key, const char *value)
{
	for (int i = 0; i < pairs->n; i++)
		if (strcmp(pairs->pair[i].key, key) == 0) {
			free(pairs->pair[i].value);
			pairs->pair[i].value = strdup(value);
			return;
		}
	cr_assert_fail("no %s", key);
}

Test(trained, a_version_gives_the_same_model_back)
{
	struct alm_trained trained, back;
	struct alm_version version = {.number = 3};
	struct alm_error err = {0};
	make(&trained);
	cr_assert_eq(alm_trained_save(&trained, &version, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(alm_trained_load(&back, &version, &folders, NULL, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(back.network.params.n_floats, trained.network.params.n_floats);
	cr_assert_arr_eq(
		back.network.values, trained.network.values, trained.network.params.n_floats * sizeof(float));
	cr_assert_float_eq(back.scaler.center[1], 7, 0);
	cr_assert_eq(back.n_targets, 1);
	cr_assert_eq(back.n_known, 6);
	cr_assert_str_eq(back.channels[1], "wind");
	alm_trained_release(&back);
	alm_trained_unsave(&version);
	alm_trained_release(&trained);
	alm_cell_folders_release(&folders);
}

Test(trained, a_version_knows_the_roles_of_its_channels)
{
	struct alm_trained trained, back;
	struct alm_version version = {.number = 3};
	struct alm_error err = {0};
	make_of(&trained, &(struct alm_roles){.names = names, .n = 2, .n_targets = 1, .n_future = 1});
	cr_assert_eq(alm_trained_save(&trained, &version, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(alm_trained_load(&back, &version, &folders, NULL, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(alm_trained_future(&back), 1);
	cr_assert_eq(back.n_known, 7);
	cr_assert_eq(back.scaler.n_channels, 8);
	alm_trained_release(&back);
	replace(&version.facts, "future", "2");
	cr_assert_eq(alm_trained_load(&back, &version, &folders, NULL, &err), ALM_BAD_CONFIG);
	cr_assert(strstr(err.text, "'future'"), "%s", err.text);
	alm_trained_unsave(&version);
	alm_trained_release(&trained);
	alm_cell_folders_release(&folders);
	make_of(&trained, &(struct alm_roles){.names = names, .n = 2, .n_targets = 1, .n_static = 1});
	version = (struct alm_version){.number = 3};
	cr_assert_eq(alm_trained_save(&trained, &version, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(alm_trained_load(&back, &version, &folders, NULL, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(back.n_static, 1);
	cr_assert_eq(back.n_known, 6);
	alm_trained_release(&back);
	alm_trained_unsave(&version);
	alm_trained_release(&trained);
	alm_cell_folders_release(&folders);
}

/* Saves, spoils the version and expects it to be refused. */
static void refuses(void (*spoil)(struct alm_version *), const char *said)
{
	struct alm_trained trained, back;
	struct alm_version version = {.number = 3};
	struct alm_error err = {0};
	make(&trained);
	cr_assert_eq(alm_trained_save(&trained, &version, &err), ALM_OK, "%s", err.text);
	spoil(&version);
	cr_assert_eq(alm_trained_load(&back, &version, &folders, NULL, &err), ALM_BAD_CONFIG, "%s", said);
	cr_assert(strstr(err.text, said) && strstr(err.text, "version 3"), "%s", err.text);
	alm_trained_unsave(&version);
	alm_trained_release(&trained);
	alm_cell_folders_release(&folders);
}

static void other_layout(struct alm_version *version)
{
	replace(&version->facts, "cell_layout", "gates 9, states 1");
}

static void fewer_tensors(struct alm_version *version)
{
	version->n_tensors = 1;
}

static void other_shape(struct alm_version *version)
{
	version->tensors[0].shape[0] = 99;
}

static void bad_spec(struct alm_version *version)
{
	replace(&version->spec, "units", "none");
}

static void no_targets(struct alm_version *version)
{
	replace(&version->facts, "targets", "5");
}

Test(trained, what_does_not_fit_is_refused_by_name)
{
	refuses(other_layout, "gates 9");
	refuses(fewer_tensors, "no tensor");
	refuses(other_shape, "another shape");
	refuses(bad_spec, "--units");
	refuses(no_targets, "no fact");
}

static int n_notes;

static void count(struct alm_reporter *self, const char *line)
{
	(void)self;
	n_notes += strstr(line, "has changed since version 3") || strstr(line, "kernel abacus");
}

Test(trained, another_build_of_the_cell_or_another_kernel_is_noted)
{
	struct alm_trained trained, back;
	struct alm_version version = {.number = 3};
	struct alm_reporter reporter = {.note = count};
	make(&trained);
	cr_assert_eq(alm_trained_save(&trained, &version, NULL), ALM_OK);
	replace(&version.facts, "cell_sha256", "00");
	replace(&version.facts, "kernel", "abacus");
	cr_assert_eq(alm_trained_load(&back, &version, &folders, &reporter, NULL), ALM_OK);
	cr_assert_eq(n_notes, 2);
	alm_trained_release(&back);
	alm_trained_unsave(&version);
	alm_trained_release(&trained);
	alm_cell_folders_release(&folders);
}

/* One word of `wind` more, and the first matrix has a row more than with one input a channel. */
/* A model without a category has a vocabulary of no channel, which its warm retraining is given. */
Test(trained, a_vocabulary_of_no_channel_has_no_words)
{
	struct alm_trained trained;
	const struct alm_vocabulary nothing = {0};
	make_of(&trained,
		&(struct alm_roles){.names = names, .n = 2, .n_targets = 1, .vocabulary = &nothing});
	cr_assert_null(trained.input);
	cr_assert_null(trained.category);
	alm_trained_release(&trained);
}

Test(trained, a_version_knows_the_words_of_its_categories)
{
	struct alm_trained trained, back;
	struct alm_vocabulary vocabulary;
	struct alm_version version = {.number = 3};
	struct alm_error err = {0};
	cr_assert_eq(alm_vocabulary_init(&vocabulary, 2, NULL), ALM_OK);
	cr_assert_eq(alm_vocabulary_add(&vocabulary, 1, "calm", NULL), ALM_OK);
	cr_assert_eq(alm_vocabulary_add(&vocabulary, 1, "storm", NULL), ALM_OK);
	make_of(&trained,
		&(struct alm_roles){.names = names, .n = 2, .n_targets = 1, .vocabulary = &vocabulary});
	alm_vocabulary_release(&vocabulary);
	cr_assert_eq(trained.network.spec.n_features, 2 + 1 + 6);
	cr_assert_eq(alm_trained_save(&trained, &version, &err), ALM_OK, "%s", err.text);
	cr_assert_str_eq(alm_pairs_get(&version.facts, "word.1.1"), "storm");
	cr_assert_eq(alm_trained_load(&back, &version, &folders, NULL, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(alm_vocabulary_number(&back.vocabulary, 1, "storm"), 2);
	cr_assert(back.category[1] && !back.category[0]);
	cr_assert_arr_eq(
		back.network.values, trained.network.values, trained.network.params.n_floats * sizeof(float));
	alm_trained_release(&back);
	alm_trained_unsave(&version);
	alm_trained_release(&trained);
	alm_cell_folders_release(&folders);
}
