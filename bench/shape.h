/*
 * The shape of a network and of the work on it, as the benches take it on the command line, and the arithmetic that
 * it needs.
 */
#ifndef BENCH_SHAPE_H
#define BENCH_SHAPE_H
#include <stdbool.h>
#include "almanac_cell.h"

#define BENCH_HORIZON 24 /* outputs of the head */

struct bench_shape {
	const char *cell;
	int batch, steps, features, units, layers;
	int series; /* of the panel, each of the same number of windows */
	int threads, shard;
	double dropout;  /* share of the recurrent state dropped in training; 0 = none */
	int window_norm; /* an enum alm_window_norm */
};

/* How a shape is measured and what is printed of it. */
struct bench_options {
	struct bench_shape shape;
	int repeats;    /* at most */
	double seconds; /* timing of one figure ends after about this long, repeats done or not */
	bool given;     /* a shape was asked for: no table */
	bool epoch;     /* time a pass over all windows, not a step */
	bool json;
	const char *weights, *input; /* files of bench/infer */
};

/* Prints usage and ends the process with 64 when an option is unknown or out of range. */
struct bench_options bench_options_read(int argc, char **argv);

/*
 * Floating-point operations (a multiply-add is two) of the matrix products of one window's training step. What the
 * products need, not what an implementation does: biases count, padding, packing and the cell's own functions do not.
 */
double bench_train_flops(const struct bench_shape *shape, const struct almanac_cell *cell);

/* The same of a forecast: forward alone. */
double bench_forward_flops(const struct bench_shape *shape, const struct almanac_cell *cell);

#endif
