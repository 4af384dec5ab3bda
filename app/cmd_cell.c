#include <stdio.h>
#include <string.h>
#include "cell.h"
#include "nearest.h"

static const struct {
	const char *name, *summary;
	cmd_function *run;
} verbs[] = {
#define CELL(name, summary) {#name, summary, cell_##name},
#include "cell.def"
#undef CELL
};

#define N_VERBS (sizeof verbs / sizeof *verbs)

static void print_help(void)
{
	printf("Usage: almanac cell VERB [OPTION...]\nFor those who write recurrent cells.\n\n");
	for (size_t i = 0; i < N_VERBS; i++)
		printf("  %-10s %s\n", verbs[i].name, verbs[i].summary);
	printf("\nalmanac cell VERB --help tells the options of a verb.\n\n"
	       "  almanac cell new mycell\n"
	       "  almanac cell check ./mycell.so\n");
}

enum alm_status cmd_cell(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct nearest nearest;
	if (argc < 2)
		return alm_fail(err, ALM_USAGE, "cell: no verb given; see almanac cell --help");
	if (strcmp(argv[1], "--help") == 0) {
		print_help();
		return ALM_OK;
	}
	if (strcmp(argv[1], "--version") == 0) {
		printf("almanac %s\n", ALM_VERSION);
		return ALM_OK;
	}
	nearest_begin(&nearest, argv[1]);
	for (size_t i = 0; i < N_VERBS; i++) {
		if (strcmp(verbs[i].name, argv[1]) == 0)
			return verbs[i].run(session, argc - 1, argv + 1, err);
		nearest_try(&nearest, verbs[i].name);
	}
	if (nearest.found)
		return alm_fail(err, ALM_USAGE, "cell: no verb '%s'; is it '%s'?", argv[1], nearest.found);
	return alm_fail(err, ALM_USAGE, "cell: no verb '%s'; see almanac cell --help", argv[1]);
}
