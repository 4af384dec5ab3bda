#include "shape.h"
#include <getopt.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char usage[] = "usage: %s [OPTION]...\n"
			    "  --cell NAME      simple, lstm, gru or any other that is found (lstm)\n"
			    "  --batch N        windows of a step (256)\n"
			    "  --steps N        rows of a window's inputs (120)\n"
			    "  --features N     channels (14)\n"
			    "  --units N        of a layer (32)\n"
			    "  --layers N       stacked (1)\n"
			    "  --series N       series that the windows come from (1)\n"
			    "  --threads N      (1)\n"
			    "  --shard N        windows computed together (as training chooses)\n"
			    "  --dropout P      of the recurrent state, 0 to below 1 (0)\n"
			    "  --window-norm W  none, last or revin (none)\n"
			    "  --repeats N      timed, at most (20)\n"
			    "  --seconds S      for one figure, at most (10)\n"
			    "  --epoch          time a pass over all windows of all series\n"
			    "  --json           one object a line\n"
			    "  --weights FILE   infer: lines `tensor value ...`\n"
			    "  --input FILE     infer: steps * features values\n"
			    "Without a shape the programs measure their own table.\n";

enum {
	CELL = 256,
	BATCH,
	STEPS,
	FEATURES,
	UNITS,
	LAYERS,
	SERIES,
	DROPOUT,
	WINDOW_NORM,
	THREADS,
	SHARD,
	REPEATS,
	SECONDS,
	EPOCH,
	JSON,
	WEIGHTS,
	INPUT,
	HELP
};

static const struct option options[] = {
	{"cell", required_argument, NULL, CELL},
	{"batch", required_argument, NULL, BATCH},
	{"steps", required_argument, NULL, STEPS},
	{"features", required_argument, NULL, FEATURES},
	{"units", required_argument, NULL, UNITS},
	{"layers", required_argument, NULL, LAYERS},
	{"series", required_argument, NULL, SERIES},
	{"window-norm", required_argument, NULL, WINDOW_NORM},
	{"threads", required_argument, NULL, THREADS},
	{"shard", required_argument, NULL, SHARD},
	{"dropout", required_argument, NULL, DROPOUT},
	{"repeats", required_argument, NULL, REPEATS},
	{"seconds", required_argument, NULL, SECONDS},
	{"epoch", no_argument, NULL, EPOCH},
	{"json", no_argument, NULL, JSON},
	{"weights", required_argument, NULL, WEIGHTS},
	{"input", required_argument, NULL, INPUT},
	{"help", no_argument, NULL, HELP},
	{0},
};

static void refuse(const char *program)
{
	fprintf(stderr, usage, program);
	exit(64);
}

static int count(const char *program, const char *text)
{
	char *end;
	long n = strtol(text, &end, 10);
	if (*end || end == text || n < 1 || n > INT_MAX)
		refuse(program);
	return (int)n;
}

static double number(const char *program, const char *text, double least, double below)
{
	char *end;
	double x = strtod(text, &end);
	if (*end || end == text || !(x >= least && x < below))
		refuse(program);
	return x;
}

static int window_norm(const char *program, const char *text)
{
	static const char *const words[] = {"none", "last", "revin"};
	for (int i = 0; i < 3; i++)
		if (strcmp(words[i], text) == 0)
			return i;
	refuse(program);
	return 0;
}

/* Where a count goes, or NULL when the option is no count. */
static int *count_of(struct bench_options *to, int option)
{
	struct bench_shape *shape = &to->shape;
	int *const places[] = {[BATCH - CELL] = &shape->batch,
		[STEPS - CELL] = &shape->steps,
		[FEATURES - CELL] = &shape->features,
		[UNITS - CELL] = &shape->units,
		[LAYERS - CELL] = &shape->layers,
		[SERIES - CELL] = &shape->series,
		[THREADS - CELL] = &shape->threads,
		[SHARD - CELL] = &shape->shard,
		[REPEATS - CELL] = &to->repeats,
		[HELP - CELL] = NULL};
	return places[option - CELL];
}

static void take(struct bench_options *to, const char *program, int option)
{
	if (option == HELP) {
		printf(usage, program);
		exit(0);
	}
	if (option < CELL)
		refuse(program);
	int *place = count_of(to, option);
	to->given |= option <= SHARD;
	if (place)
		*place = count(program, optarg);
	else if (option == CELL)
		to->shape.cell = optarg;
	else if (option == DROPOUT)
		to->shape.dropout = number(program, optarg, 0, 1);
	else if (option == WINDOW_NORM)
		to->shape.window_norm = window_norm(program, optarg);
	else if (option == SECONDS)
		to->seconds = number(program, optarg, 0, 1e6);
	else if (option == EPOCH)
		to->epoch = true;
	else if (option == JSON)
		to->json = true;
	else if (option == WEIGHTS)
		to->weights = optarg;
	else
		to->input = optarg;
}

struct bench_options bench_options_read(int argc, char **argv)
{
	struct bench_options read = {.shape = {.cell = "lstm",
					     .batch = 256,
					     .steps = 120,
					     .features = 14,
					     .units = 32,
					     .layers = 1,
					     .series = 1,
					     .threads = 1},
		.repeats = 20,
		.seconds = 10};
	for (int option; (option = getopt_long(argc, argv, "", options, NULL)) != -1;)
		take(&read, argv[0], option);
	if (optind < argc)
		refuse(argv[0]);
	return read;
}

/*
 * A layer of F inputs, U units and G gates, for each of the T steps:
 *
 *      forward    2 G U D     D = F + 1 + U; F + 1 + 1 + U for a SPLIT cell, whose U part has a bias; F + 1 without U
 *      backward   2 G U D     gradient of W, b and U
 *               + 2 G U U     gradient of the state before (none without U)
 *               + 2 G U F     gradient of the inputs, in every layer but the first
 *
 * The head of O outputs over the last layer's U units, once a window: forward 2 O (U + 1), backward 2 O (U + 1) for
 * its weights and 2 O U for its inputs.
 */
static double layer_flops(
	const struct bench_shape *shape, const struct almanac_cell *cell, int layer, bool training)
{
	double units = shape->units, inputs = layer ? units : shape->features;
	double state = cell->flags & ALMANAC_CELL_NO_REC ? 0 : units;
	double depth = inputs + 1 + state + (cell->flags & ALMANAC_CELL_SPLIT && state > 0 ? 1 : 0);
	double forward = depth, backward = depth + state + (layer ? inputs : 0);
	return shape->steps * 2 * cell->gates * units * (forward + (training ? backward : 0));
}

static double flops(const struct bench_shape *shape, const struct almanac_cell *cell, bool training)
{
	double head = BENCH_HORIZON, units = shape->units;
	double sum = 2 * head * (units + 1) + (training ? 2 * head * (2 * units + 1) : 0);
	for (int layer = 0; layer < shape->layers; layer++)
		sum += layer_flops(shape, cell, layer, training);
	return sum;
}

double bench_train_flops(const struct bench_shape *shape, const struct almanac_cell *cell)
{
	return flops(shape, cell, true);
}

double bench_forward_flops(const struct bench_shape *shape, const struct almanac_cell *cell)
{
	return flops(shape, cell, false);
}
