#include <criterion/criterion.h>
#include <math.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include "cell/cell.h"

static void forward(const struct almanac_forward *s)
{
	(void)s;
}

static void backward(const struct almanac_backward *s)
{
	(void)s;
}

static struct almanac_cell good(void)
{
	return (struct almanac_cell){.size = sizeof(struct almanac_cell),
		.abi_min = 1,
		.name = "good",
		.version = "1.0",
		.summary = "a cell",
		.gates = 1,
		.states = 1,
		.forward = forward,
		.backward = backward};
}

static enum alm_status verify(
	const struct almanac_cell *facts, struct almanac_cell *out, struct alm_error *err)
{
	return alm_cell_verify(facts, "/cells/good.so", "good", out, err);
}

/* Refused as a configuration; file, field and `found` are named; out is as it was. */
static void refused(const struct almanac_cell *facts, const char *field, const char *found)
{
	struct almanac_cell out = {.gates = 77};
	struct alm_error err = {0};
	cr_assert_eq(verify(facts, &out, &err), ALM_BAD_CONFIG, "%s", field);
	cr_assert(strstr(err.text, "/cells/good.so"), "%s", err.text);
	cr_assert(strstr(err.text, field), "'%s' lacks '%s'", err.text, field);
	cr_assert(strstr(err.text, found), "'%s' lacks '%s'", err.text, found);
	cr_assert_eq(out.gates, 77, "out was written for %s", field);
}

Test(verify, a_good_table_is_copied)
{
	struct almanac_cell facts = good(), out;
	cr_assert_eq(verify(&facts, &out, NULL), ALM_OK);
	cr_assert_eq(memcmp(&facts, &out, sizeof out), 0);
}

Test(verify, no_byte_past_the_tables_own_size_is_read)
{
	size_t size = offsetof(struct almanac_cell, backward) + sizeof(void (*)(void));
	struct almanac_cell facts = good(), out;
	facts.size = (uint32_t)size;
	struct almanac_cell *exact = malloc(size); /* the sanitizer watches its end */
	memcpy(exact, &facts, size);
	cr_assert_eq(verify(exact, &out, NULL), ALM_OK);
	free(exact);
}

Test(verify, a_table_of_a_later_almanac_with_more_fields_is_taken)
{
	struct {
		struct almanac_cell facts;
		void *later[4];
	} longer = {.facts = good()};
	struct almanac_cell out;
	longer.facts.size = sizeof longer;
	cr_assert_eq(verify(&longer.facts, &out, NULL), ALM_OK);
	cr_assert_eq(out.forward, forward);
}

Test(verify, no_table_and_impossible_sizes_are_refused)
{
	struct almanac_cell facts = good();
	refused(NULL, "almanac_cell_v1", "NULL");
	facts.size = offsetof(struct almanac_cell, backward);
	refused(&facts, "size", "expected");
	facts.size = 4097;
	refused(&facts, "size", "found 4097");
	facts.size = 0;
	refused(&facts, "size", "found 0");
}

Test(verify, another_contract_is_refused)
{
	struct almanac_cell facts = good();
	facts.abi_min = 0;
	refused(&facts, "abi_min", "found 0");
	facts.abi_min = ALMANAC_CELL_ABI + 1;
	refused(&facts, "abi_min: expected 1..2", "found 3");
}

Test(verify, a_name_is_small_letters_digits_and_underscores)
{
	static const char *const bad[] = {"", "Good", "9good", "_good", "go od", "go/od", "good.",
		"g\xc3\xb6", "a_name_of_thirty_two_characters_"};
	struct almanac_cell facts = good();
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		facts.name = bad[i];
		refused(&facts, "name", bad[i]);
	}
	facts.name = NULL;
	refused(&facts, "name", "NULL");
	facts.name = "other";
	refused(&facts, "name", "the file's own name");
}

Test(verify, version_and_summary_are_short_lines)
{
	char long_text[300];
	struct almanac_cell facts = good();
	memset(long_text, 'x', sizeof long_text);
	long_text[201] = 0;
	facts.summary = long_text;
	refused(&facts, "summary", "200 bytes");
	facts.summary = "two\nlines";
	refused(&facts, "summary", "one line");
	facts.summary = NULL;
	refused(&facts, "summary", "NULL");
	facts = good();
	long_text[32] = 0;
	facts.version = long_text;
	refused(&facts, "version", "31 bytes");
	facts.version = NULL;
	refused(&facts, "version", "NULL");
}

Test(verify, counts_out_of_range_are_refused_with_the_range)
{
	struct almanac_cell facts = good();
	facts.gates = 0;
	refused(&facts, "gates", "expected 1..64, found 0");
	facts.gates = -2147483647;
	refused(&facts, "gates", "found -2147483647");
	facts = good();
	facts.states = 17;
	refused(&facts, "states", "expected 1..16, found 17");
	facts = good();
	facts.saved = 65;
	refused(&facts, "saved", "expected 0..64, found 65");
	facts.saved = -1;
	refused(&facts, "saved", "found -1");
	facts = good();
	facts.n_params = 17;
	refused(&facts, "n_params", "expected 0..16, found 17");
}

Test(verify, flags_that_contradict_each_other_are_refused)
{
	struct almanac_cell facts = good();
	facts.flags = ALMANAC_CELL_SPLIT | ALMANAC_CELL_NO_REC;
	refused(&facts, "flags", "both");
	facts.flags = 1 << 15;
	refused(&facts, "flags", "0x8000");
}

Test(verify, initial_values_are_finite)
{
	static const float bias[] = {0, NAN};
	static const struct almanac_param infinite[] = {{"decay", INFINITY}};
	struct almanac_cell facts = good();
	facts.gates = 2;
	facts.gate_bias = bias;
	refused(&facts, "gate_bias[1]", "finite");
	facts = good();
	facts.n_params = 1;
	facts.params = infinite;
	refused(&facts, "decay", "finite");
}

Test(verify, parameters_have_different_names)
{
	static const struct almanac_param twice[] = {{"decay", 0}, {"decay", 1}};
	static const struct almanac_param unnamed[] = {{NULL, 0}};
	static const struct almanac_param dotted[] = {{"de.cay", 0}};
	struct almanac_cell facts = good();
	facts.n_params = 2;
	facts.params = twice;
	refused(&facts, "params.name", "different names");
	facts.n_params = 1;
	facts.params = unnamed;
	refused(&facts, "params.name", "NULL");
	facts.params = dotted;
	refused(&facts, "params.name", "de.cay");
	facts.params = NULL;
	refused(&facts, "params", "NULL");
}

/* The host's own tensors of a layer: a parameter of the same name would make two tensors of one. */
Test(verify, a_parameter_cannot_be_called_like_a_tensor_of_the_layer)
{
	static const struct almanac_param names[] = {{"b", 0}, {"c", 0}};
	struct almanac_cell facts = good();
	facts.n_params = 1;
	facts.params = &names[0];
	refused(&facts, "params.name", "'b'");
	facts.params = &names[1];
	refused(&facts, "params.name", "'c'");
}

Test(verify, a_missing_function_is_refused)
{
	struct almanac_cell facts = good();
	facts.backward = NULL;
	refused(&facts, "backward", "NULL");
	facts.forward = NULL;
	refused(&facts, "forward", "NULL");
}

static struct almanac_cell with_options(const struct almanac_option *options, int n)
{
	struct almanac_cell facts = good();
	facts.abi_min = 2;
	facts.n_options = n;
	facts.options = options;
	return facts;
}

Test(verify, options_have_names_a_range_and_a_value_in_it)
{
	static const struct almanac_option fine[] = {{"a", 1, 0, 2, "help"}, {"b", -1, -1, -1, ""}};
	struct almanac_cell facts = with_options(fine, 2), out;
	cr_assert_eq(verify(&facts, &out, NULL), ALM_OK);
	static const struct almanac_option bad[] = {{NULL, 1, 0, 2, "help"}, {"A", 1, 0, 2, "help"},
		{"a", 3, 0, 2, "help"}, {"a", 1, 2, 0, "help"}, {"a", NAN, 0, 2, "help"},
		{"a", 1, 0, INFINITY, "help"}, {"a", 1, 0, 2, NULL}, {"a", 1, 0, 2, "two\nlines"}};
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		facts = with_options(&bad[i], 1);
		refused(&facts, "options", "expected");
	}
	static const struct almanac_option twice[] = {{"a", 1, 0, 2, "help"}, {"a", 1, 0, 2, "help"}};
	facts = with_options(twice, 2);
	refused(&facts, "options.name", "different names");
	facts = with_options(NULL, 1);
	refused(&facts, "options", "NULL");
	facts = with_options(fine, ALM_CELL_OPTIONS + 1);
	refused(&facts, "n_options", "found 17");
}

Test(verify, a_cell_with_options_needs_the_second_contract)
{
	static const struct almanac_option option = {"a", 1, 0, 2, "help"};
	struct almanac_cell facts = with_options(&option, 1);
	facts.abi_min = 1;
	refused(&facts, "abi_min of a cell with options", "found 1");
}

Test(verify, there_are_as_many_names_as_gates_and_states)
{
	struct almanac_cell facts = good(), out;
	facts.gates = 2;
	facts.gate_names = "in out";
	facts.state_names = "h";
	cr_assert_eq(verify(&facts, &out, NULL), ALM_OK);
	facts.gate_names = "in";
	refused(&facts, "gate_names", "found 1");
	facts.gate_names = "in  out more";
	refused(&facts, "gate_names", "found 3");
	facts.gate_names = NULL;
	facts.state_names = "";
	refused(&facts, "state_names", "found 0");
}
