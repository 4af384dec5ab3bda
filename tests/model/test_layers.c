#include <criterion/criterion.h>
#include <string.h>
#include "model/layers.h"

static struct alm_spec with(const char *key, const char *text)
{
	struct alm_spec spec;
	struct alm_error err = {0};
	alm_spec_init(&spec);
	cr_assert_eq(alm_spec_set(&spec, key, text, &err), ALM_OK, "%s", err.text);
	return spec;
}

static struct alm_layers read_layers(const struct alm_spec *spec)
{
	struct alm_layers layers;
	struct alm_error err = {0};
	cr_assert_eq(alm_layers_read(spec, &layers, &err), ALM_OK, "%s", err.text);
	return layers;
}

static void refused(const char *text, const char *why)
{
	struct alm_spec spec = with("layer", text);
	struct alm_layers layers;
	struct alm_error err = {0};
	cr_assert_eq(alm_layers_read(&spec, &layers, &err), ALM_USAGE, "%s", text);
	cr_assert(strstr(err.text, why), "%s: %s", text, err.text);
}

Test(layers, are_as_many_as_asked_for_all_alike)
{
	struct alm_spec spec = with("layers", "3");
	struct alm_layers layers = read_layers(&spec);
	cr_assert_eq(layers.n, 3);
	cr_assert_str_eq(layers.layer[2].cell, "gru");
	cr_assert_eq(layers.layer[2].spec.units, 64);
	cr_assert_eq(layers.layer[0].spec.merge, ALM_MERGE_NONE);
}

Test(layers, of_a_list_are_each_their_own)
{
	struct alm_spec spec =
		with("layer", "lstm:128;gru:64,dropout=0.2,bidirectional;simple,recurrent-dropout=0.5,"
			      "bidirectional=mean,layer-norm,trained-state,skip");
	struct alm_layers layers = read_layers(&spec);
	cr_assert_eq(layers.n, 3);
	cr_assert_str_eq(layers.layer[0].cell, "lstm");
	cr_assert_eq(layers.layer[0].spec.units, 128);
	cr_assert_eq(layers.layer[0].spec.dropout, 0);
	cr_assert_str_eq(layers.layer[1].cell, "gru");
	cr_assert_eq(layers.layer[1].spec.units, 64);
	cr_assert_eq(layers.layer[1].spec.dropout, 0.2);
	cr_assert_eq(layers.layer[1].spec.merge, ALM_MERGE_CONCAT);
	cr_assert_str_eq(layers.layer[2].cell, "simple");
	cr_assert_eq(layers.layer[2].spec.units, 64, "as --units says");
	cr_assert_eq(layers.layer[2].spec.merge, ALM_MERGE_MEAN);
	cr_assert_eq(layers.layer[2].spec.recurrent_dropout, 0.5);
	cr_assert(
		layers.layer[2].spec.norm && layers.layer[2].spec.trained_state && layers.layer[2].spec.skip);
}

Test(layers, take_what_they_do_not_say_from_the_settings_for_all)
{
	struct alm_spec spec = with("layer", "lstm:8;lstm:8,dropout=0,bidirectional=no");
	spec.dropout = 0.25;
	spec.bidirectional = ALM_MERGE_SUM;
	struct alm_layers layers = read_layers(&spec);
	cr_assert_eq(layers.layer[0].spec.dropout, 0.25);
	cr_assert_eq(layers.layer[0].spec.merge, ALM_MERGE_SUM);
	cr_assert_eq(layers.layer[1].spec.dropout, 0);
	cr_assert_eq(layers.layer[1].spec.merge, ALM_MERGE_NONE);
}

Test(layers, have_a_skip_from_the_second_on_unless_the_first_asks_for_it)
{
	struct alm_spec spec = with("layer", "lstm:8;lstm:8");
	spec.skip = true;
	struct alm_layers layers = read_layers(&spec);
	cr_assert(!layers.layer[0].spec.skip);
	cr_assert(layers.layer[1].spec.skip);
	spec = with("layer", "lstm:8,skip;lstm:8");
	layers = read_layers(&spec);
	cr_assert(layers.layer[0].spec.skip);
	cr_assert(!layers.layer[1].spec.skip);
}

Test(layers, that_cannot_be_read_are_refused_with_what_is_wrong)
{
	refused("lstm:", "--units");
	refused("lstm:many", "'many'");
	refused(":8", "no cell");
	refused("lstm:8;", "no cell");
	refused("lstm:8,depth", "'depth'");
	refused("lstm:8,dropout", "dropout=X");
	refused("lstm:8,dropout=much", "'much'");
	refused("lstm:8,bidirectional=maybe", "no|concat|sum|mean");
	refused("a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a;a", "expected 1..16, found 17");
}

Test(layers, of_a_list_and_the_same_for_all_exclude_each_other)
{
	struct alm_spec spec = with("layer", "lstm:8");
	struct alm_pairs given = {0};
	struct alm_error err = {0};
	cr_assert_eq(alm_pairs_add(&given, "units", "16", NULL), ALM_OK);
	cr_assert_eq(alm_spec_override(&spec, &given, &err), ALM_OK);
	cr_assert_str_eq(spec.layer, "", "the list that was kept makes way");
	cr_assert_eq(alm_pairs_add(&given, "layer", "gru:4", NULL), ALM_OK);
	cr_assert_eq(alm_spec_override(&spec, &given, &err), ALM_USAGE);
	cr_assert(strstr(err.text, "--units and --layer"), "%s", err.text);
	alm_pairs_release(&given);
}
