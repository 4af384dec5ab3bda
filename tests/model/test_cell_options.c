#include <criterion/criterion.h>
#include <stdio.h>
#include <string.h>
#include "model/cell_options.h"

static const struct almanac_option options[] = {{"decay", 0.5f, 0, 1, "help"}, {"gain", 2, 1, 8, "help"}};
static const struct almanac_cell tuned = {.name = "tuned", .n_options = 2, .options = options};
static const struct almanac_cell plain = {.name = "plain"};

static enum alm_status read_options(const char *all, const char *layer, const struct almanac_cell *cell,
	float out[static ALM_CELL_OPTIONS], struct alm_error *err)
{
	struct alm_spec spec;
	struct alm_layers layers = {.n = 1};
	alm_spec_init(&spec);
	snprintf(spec.cell_option, sizeof spec.cell_option, "%s", all);
	snprintf(layers.layer[0].options, sizeof layers.layer[0].options, "%s", layer);
	return alm_cell_options_read(&spec, &layers, 0, cell, out, err);
}

static void are(const char *all, const char *layer, float decay, float gain)
{
	float out[ALM_CELL_OPTIONS];
	struct alm_error err = {0};
	cr_assert_eq(read_options(all, layer, &tuned, out, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(out[0], decay);
	cr_assert_eq(out[1], gain);
}

static void refused(const char *all, const char *layer, const char *why)
{
	float out[ALM_CELL_OPTIONS];
	struct alm_error err = {0};
	cr_assert_eq(read_options(all, layer, &tuned, out, &err), ALM_USAGE, "%s %s", all, layer);
	cr_assert(strstr(err.text, why), "'%s' lacks '%s'", err.text, why);
}

Test(cell_options, are_the_cells_own_then_those_of_all_layers_then_the_layers)
{
	are("", "", 0.5f, 2);
	are("gain=4", "", 0.5f, 4);
	are("gain=4;decay=0", "gain=1", 0, 1);
	are("gain=4;gain=5", "", 0.5f, 5);
	are("", "decay=1e-1,gain=8", 0.1f, 8);
}

Test(cell_options, of_another_layers_cell_are_not_this_ones)
{
	float out[ALM_CELL_OPTIONS];
	cr_assert_eq(read_options("gain=4", "", &plain, out, NULL), ALM_OK);
}

Test(cell_options, that_make_no_sense_are_refused_with_what_would)
{
	refused("gain=9", "", "--cell-option gain: expected 1..8, found 9");
	refused("gain=much", "", "found 'much'");
	refused("gain", "", "gain=2");
	refused("gain=", "", "gain=2");
	refused("gain=nan", "", "found 'nan'");
	refused("", "depth=3", "'depth' is neither a setting of layers");
	refused("", "depth=3", "option of cell 'tuned' (decay, gain)");
	refused("", "gain=0", "--layer 1: --cell-option gain: expected 1..8");
}

Test(cell_options, that_no_cell_has_are_refused_with_those_there_are)
{
	struct alm_spec spec;
	struct alm_error err = {0};
	struct alm_cell cells[2] = {{.facts = plain, .name = "plain"}, {.facts = tuned, .name = "tuned"}};
	alm_spec_init(&spec);
	snprintf(spec.cell_option, sizeof spec.cell_option, "decay=1;gian=3");
	cr_assert_eq(alm_cell_options_check(&spec, cells, 2, &err), ALM_USAGE);
	cr_assert(strstr(err.text, "--cell-option gian") && strstr(err.text, "decay, gain"), "%s", err.text);
	snprintf(spec.cell_option, sizeof spec.cell_option, "decay=1;gain=3");
	cr_assert_eq(alm_cell_options_check(&spec, cells, 2, &err), ALM_OK);
}
