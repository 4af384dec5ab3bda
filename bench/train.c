/*
 * Times one training step (windows gathered, forward, backward, gradients added, Adam, weights packed) of stacked
 * recurrent layers with a linear head, as the trainer does it: of one shape when an option names one, else of the table
 * that `make bench` compares with PyTorch. `train --help` lists the options.
 *
 * A line, or with --json an object, for each shape:
 *   ms        median of a step (of a pass over all windows with --epoch)
 *   windows/s, GFLOP/s of the matrix products (bench/shape.c has the formula)
 *   peak      share of threads times the fastest sgemm of one thread, measured in the same run
 *   scratch   work areas and shard gradients, whatever the length of the data
 *   gather    share of the step that copying windows out of the series takes
 */
#include <stdio.h>
#include <stdlib.h>
#include "peak.h"
#include "rig.h"
#include "timing.h"

static const char *const cells[] = {"simple", "lstm", "gru"};

static const struct row {
	const char *name;
	int batch, steps, features, units, layers;
} rows[] = {{"A", 256, 120, 14, 32, 1}, {"A16", 256, 120, 14, 16, 1}, {"B", 64, 96, 7, 128, 1},
	{"C", 256, 120, 14, 256, 1}, {"D", 256, 120, 14, 32, 2}};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static void step(void *rig)
{
	bench_rig_step(rig);
}

static void epoch(void *rig)
{
	bench_rig_epoch(rig);
}

static void gather(void *rig)
{
	bench_rig_gather(rig);
}

struct figures {
	double ms, windows_s, gflops, peak_share, gather_share;
	size_t scratch;
	int shard;
	struct bench_times times;
};

static struct figures measure(const struct bench_options *options, double peak)
{
	struct bench_rig *rig = bench_rig_open(&options->shape);
	struct figures f = {.times = bench_time(options, options->epoch ? epoch : step, rig)};
	struct bench_times gathering = bench_time(options, gather, rig);
	double windows = options->epoch ? (double)bench_rig_windows(rig) : options->shape.batch;
	f.ms = bench_median(&f.times);
	f.windows_s = 1000 * windows / f.ms;
	f.gflops = bench_train_flops(&options->shape, bench_rig_cell(rig)) * f.windows_s / 1e9;
	f.peak_share = f.gflops / (peak * options->shape.threads);
	f.gather_share = bench_median(&gathering) / f.ms * (windows / options->shape.batch);
	f.scratch = bench_rig_scratch(rig);
	f.shard = bench_rig_shard(rig);
	free(gathering.ms);
	bench_rig_close(rig);
	return f;
}

static void print_json(const struct bench_shape *shape, const struct figures *f, double peak)
{
	printf("{\"cell\": \"%s\", \"batch\": %d, \"steps\": %d, \"features\": %d, \"units\": %d, "
	       "\"layers\": %d, "
	       "\"series\": %d, \"threads\": %d, \"shard\": %d, \"dropout\": %g, ",
		shape->cell, shape->batch, shape->steps, shape->features, shape->units, shape->layers,
		shape->series, shape->threads, f->shard, shape->dropout);
	printf("\"ms\": %.4f, \"windows_s\": %.1f, \"gflops\": %.3f, \"peak_gflops\": %.1f, \"peak_share\": "
	       "%.4f, "
	       "\"scratch_bytes\": %zu, \"gather_share\": %.4f, \"times_ms\": [",
		f->ms, f->windows_s, f->gflops, peak, f->peak_share, f->scratch, f->gather_share);
	for (int i = 0; i < f->times.n; i++)
		printf("%s%.4f", i ? ", " : "", f->times.ms[i]);
	printf("]}\n");
}

static void print_line(const char *name, const struct bench_shape *shape, const struct figures *f)
{
	char what[64];
	snprintf(what, sizeof what, "%d, %d, %d, %d x %d", shape->batch, shape->steps, shape->features,
		shape->units, shape->layers);
	printf("%-4s %-8s %-24s %7d %10.2f %10.0f %8.1f %6.0f%% %9.1f %6.1f%%\n", name, shape->cell, what,
		shape->threads, f->ms, f->windows_s, f->gflops, 100 * f->peak_share,
		(double)f->scratch / 1048576, 100 * f->gather_share);
}

static void show(const char *name, const struct bench_options *options, double peak)
{
	struct figures f = measure(options, peak);
	if (options->json)
		print_json(&options->shape, &f, peak);
	else
		print_line(name, &options->shape, &f);
	fflush(stdout);
	free(f.times.ms);
}

static void show_table(struct bench_options options, double peak)
{
	for (size_t i = 0; i < COUNT(rows); i++)
		for (size_t cell = 0; cell < COUNT(cells); cell++)
			for (int threads = 1; threads <= 2; threads++) {
				options.shape.cell = cells[cell];
				options.shape.batch = rows[i].batch;
				options.shape.steps = rows[i].steps;
				options.shape.features = rows[i].features;
				options.shape.units = rows[i].units;
				options.shape.layers = rows[i].layers;
				options.shape.threads = threads;
				show(rows[i].name, &options, peak);
			}
}

int main(int argc, char **argv)
{
	struct bench_options options = bench_options_read(argc, argv);
	double peak = bench_peak_gflops();
	if (!options.json) {
		printf("peak of one thread: %.1f GFLOP/s\n", peak);
		printf("%-4s %-8s %-24s %7s %10s %10s %8s %7s %9s %7s\n", "", "cell",
			"batch, steps, in, units", "threads", "ms", "windows/s", "GFLOP/s", "peak", "MiB",
			"gather");
	}
	if (options.given)
		show("", &options, peak);
	else
		show_table(options, peak);
	return ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
