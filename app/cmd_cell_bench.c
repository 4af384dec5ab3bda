#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include "cell.h"
#include "nn/network.h"
#include "options.h"
#include "out/rows.h"
#include "out/text.h"
#include "run/cell_bench.h"

struct bench {
	struct options common;
	struct alm_cell_bench_request request;
};

enum { KEY_UNITS = OPTIONS_KEY + 100, KEY_BATCH, KEY_STEPS, KEY_INPUTS, KEY_SECONDS };

static const struct argp_option own_options[] = {
	{"units", KEY_UNITS, "N,...", 0, "widths of the layer [16,32,64,128]", 1},
	{"batch", KEY_BATCH, "N", 0, "windows of a training step [256]", 1},
	{"steps", KEY_STEPS, "N", 0, "steps of a window [96]", 1},
	{"inputs", KEY_INPUTS, "N", 0, "inputs at each step [8]", 1},
	{"seconds", KEY_SECONDS, "N", 0, "time for each width [2]", 1},
	{0},
};

static error_t take_units(struct bench *bench, const char *list)
{
	struct alm_cell_bench_request *request = &bench->request;
	request->n_widths = 0;
	for (const char *rest = list;; rest++) {
		char word[16];
		int length = (int)strcspn(rest, ",");
		int64_t units = 0;
		if (request->n_widths == ALM_BENCH_WIDTHS_MAX)
			return options_status(alm_fail(bench->common.err, ALM_USAGE,
				"--units: %d widths at most", ALM_BENCH_WIDTHS_MAX));
		snprintf(word, sizeof word, "%.*s", length, rest);
		if (options_count(&bench->common, "--units", word, 1, ALM_UNITS_MAX, &units) != 0)
			return EINVAL;
		request->units[request->n_widths++] = (int)units;
		rest += length;
		if (*rest == '\0')
			return 0;
	}
}

static error_t take_count(struct bench *bench, const char *option, const char *text, int most, int *out)
{
	int64_t number = 0;
	if (options_count(&bench->common, option, text, 1, most, &number) != 0)
		return EINVAL;
	*out = (int)number;
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct bench *bench = state->input;
	struct alm_cell_bench_request *request = &bench->request;
	int seconds = 0;
	switch (key) {
	case KEY_UNITS:
		return take_units(bench, arg);
	case KEY_BATCH:
		return take_count(bench, "--batch", arg, 65536, &request->batch);
	case KEY_STEPS:
		return take_count(bench, "--steps", arg, 65536, &request->steps);
	case KEY_INPUTS:
		return take_count(bench, "--inputs", arg, 4096, &request->inputs);
	case KEY_SECONDS:
		if (take_count(bench, "--seconds", arg, 3600, &seconds) != 0)
			return EINVAL;
		request->seconds = seconds;
		return 0;
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct verb verb = {.name = "cell bench",
	.args_doc = "[NAME|FILE ...]",
	.doc = "Times a layer around each cell, beside each other: a training step (forward, backward, Adam) "
	       "and "
	       "the forecast of one window.\v"
	       "An argument with a slash is a file, one without the name of a cell on the path; without "
	       "arguments, "
	       "all cells on the path. Medians; the cells take turns. `ratio` is the step's time by that of "
	       "the "
	       "first cell at that width.\n\n"
	       "  almanac cell bench gru ./mycell.so\n"
	       "  almanac cell bench lstm peephole --units 64 --threads 1",
	.least = 0,
	.most = ALM_BENCH_CELLS_MAX,
	.options = own_options,
	.parse = parse,
	.takes = VERB_CELLS | VERB_THREADS | VERB_FORMAT};

static enum alm_status print(
	const struct bench *bench, const struct alm_cell_bench *found, struct alm_error *err)
{
	static const struct rows_column columns[] = {{"units", true}, {"cell", false}, {"weights", true},
		{"step_ms", true}, {"windows_per_s", true}, {"ratio", true}, {"forecast_us", true}};
	struct rows rows;
	const struct alm_cell_bench_row *first = NULL;
	rows_init(&rows, columns, sizeof columns / sizeof *columns);
	for (int i = 0; i < found->n; i++) {
		const struct alm_cell_bench_row *row = &found->row[i];
		if (!first || row->units != first->units)
			first = row;
		rows_real(&rows, row->units, 0);
		rows_text(&rows, row->cell);
		rows_real(&rows, (double)row->n_parameters, 0);
		rows_real(&rows, row->step_ms, 3);
		rows_real(&rows, 1e3 * bench->request.batch / row->step_ms, 0);
		rows_real(&rows, row->step_ms / first->step_ms, 2);
		rows_real(&rows, row->forecast_us, 1);
	}
	enum alm_status status = rows_status(&rows, err);
	if (status == ALM_OK)
		status = out_print(stdout, bench->common.format, "cells", &rows.table, err);
	rows_release(&rows);
	return status;
}

enum alm_status cell_bench(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct bench bench = {.request = {.units = {16, 32, 64, 128},
				      .n_widths = 4,
				      .batch = 256,
				      .steps = 96,
				      .inputs = 8,
				      .seconds = 2}};
	struct alm_cell_bench *found = NULL;
	enum alm_status status = options_parse(&bench.common, &verb, session, argc, argv, err);
	if (status != ALM_OK || bench.common.answered)
		goto done;
	bench.request.cells = bench.common.args;
	while (bench.request.n_cells < ALM_BENCH_CELLS_MAX && bench.common.args[bench.request.n_cells])
		bench.request.n_cells++;
	found = malloc(sizeof *found);
	status = found ? alm_run_cell_bench(&bench.common.context, &bench.request, found, err)
		       : alm_fail_memory(err, sizeof *found);
	if (status == ALM_OK)
		status = print(&bench, found, err);
done:
	free(found);
	options_release(&bench.common);
	return status;
}
