/*
 * Cells that are wrong in one place each, compiled here and checked by the real program: every one must be caught, and so
 * named. The list is tests/check/mutants.def.
 */
#include <criterion/criterion.h>
#include <criterion/parameterized.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "cli/program.h"
#include "support/make.h"

struct mutant {
	char cell[16];
	char text[400], replacement[400]; /* in place: a test's parameters are copied to its process */
	char name[64], words[128];
};

static const struct mutant mutants[] = {
#define MUTANT(cell, text, replacement, name, words) {cell, text, replacement, name, words},
#include "check/mutants.def"
#undef MUTANT
};

#define N_MUTANTS (sizeof mutants / sizeof *mutants)

/* The whole source of a cell. */
static char *source_of(const char *cell)
{
	static const char *const folders[] = {"plugins", "examples/cells"};
	const size_t most = 20000;
	char *text = calloc(1, most);
	for (size_t i = 0; i < sizeof folders / sizeof *folders && !text[0]; i++) {
		char path[512];
		snprintf(path, sizeof path, "%s/%s/%s.c", getenv("ALMANAC_SOURCE_DIR"), folders[i], cell);
		FILE *file = fopen(path, "r");
		if (!file)
			continue;
		cr_assert_lt(fread(text, 1, most, file), most - 1);
		fclose(file);
	}
	cr_assert(text[0], "no source of '%s'", cell);
	return text;
}

/* The source with the first place of the text replaced. */
static void write_mutant(const struct mutant *mutant, const char *path)
{
	char *source = source_of(mutant->cell), *at = strstr(source, mutant->text);
	cr_assert(at, "%s.c has no '%s'", mutant->cell, mutant->text);
	FILE *file = fopen(path, "w");
	fprintf(file, "%.*s%s%s", (int)(at - source), source, mutant->replacement, at + strlen(mutant->text));
	cr_assert_eq(fclose(file), 0);
	free(source);
}

/* For one processor and lightly optimised: it is to be caught, not to be fast. */
static const char *compile(struct cli *cli, const struct mutant *mutant)
{
	char command[2048], name[32];
	snprintf(name, sizeof name, "%s.c", mutant->cell);
	const char *source = cli_path(cli, name);
	snprintf(name, sizeof name, "%s.so", mutant->cell);
	const char *library = cli_path(cli, name);
	write_mutant(mutant, source);
	snprintf(command, sizeof command,
		"cc -std=c11 -O1 -w -DALMANAC_ONE_TARGET -I'%s/plugins' -fPIC -shared -fvisibility=hidden "
		"'%s' -lm "
		"-o '%s'",
		getenv("ALMANAC_SOURCE_DIR"), source, library);
	cr_assert_eq(system(command), 0, "%s", command); // NOLINT(cert-env33-c)
	return library;
}

/* Whether a check that failed has the name, and the words stand in its detail or advice. */
static bool tells(const char *report, const struct mutant *mutant)
{
	static const char begin[] = "{\"name\":\"";
	for (const char *at = strstr(report, begin); at; at = strstr(at + 1, begin)) {
		const char *next = strstr(at + 1, begin), *end = next ? next : at + strlen(at);
		const char *status = strstr(at, "\",\"status\":\"failed\""), *name = strstr(at, mutant->name);
		const char *words = status ? strstr(status, mutant->words) : NULL;
		if (status && status < end && name && name < status && words && words < end)
			return true;
	}
	return false;
}

ParameterizedTestParameters(cell_mutants, each_is_caught_and_named)
{
	return cr_make_param_array(struct mutant, (struct mutant *)mutants, N_MUTANTS);
}

ParameterizedTest(const struct mutant *mutant, cell_mutants, each_is_caught_and_named, .timeout = 120)
{
	struct cli cli;
	cli_init(&cli);
	const char *library = compile(&cli, mutant);
	struct cli_result result = cli_run(&cli, "cell", "check", "--json", library, NULL);
	cr_expect_eq(result.code, 65, "%d: %s", result.code, result.err);
	cr_expect(tells(result.out, mutant), "%s: '%s' became '%s'; expected '%s' and '%s' in\n%s",
		mutant->cell, mutant->text, mutant->replacement, mutant->name, mutant->words, result.out);
}

Test(cell_mutants, are_of_every_built_in_cell)
{
	int n_simple = 0, n_lstm = 0, n_gru = 0;
	for (size_t i = 0; i < N_MUTANTS; i++) {
		n_simple += strcmp(mutants[i].cell, "simple") == 0;
		n_lstm += strcmp(mutants[i].cell, "lstm") == 0;
		n_gru += strcmp(mutants[i].cell, "gru") == 0;
	}
	cr_assert_geq(n_simple, 4);
	cr_assert_geq(n_lstm, 10);
	cr_assert_geq(n_gru, 8);
	cr_assert_geq(N_MUTANTS, 40);
}

/* The same cells unchanged, compiled the same way: what is caught is the change. */
Test(cell_mutants, without_their_change_pass, .timeout = 300)
{
	static const char *const cells[] = {"simple", "lstm", "gru", "peephole", "mingru", "slstm", "indrnn"};
	for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
		struct cli cli;
		struct mutant same = {.text = "#include", .replacement = "#include"};
		snprintf(same.cell, sizeof same.cell, "%s", cells[i]);
		cli_init(&cli);
		struct cli_result result =
			cli_run(&cli, "cell", "check", compile(&cli, &same), "--seeds", "5", NULL);
		cr_expect_eq(result.code, 0, "%s: %s%s", cells[i], result.err, result.out);
	}
}
