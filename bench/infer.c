/*
 * Times the forecast of one window on one thread: its inputs copied in, forward through all layers and the head. Weights
 * and inputs may come from files (bench/torch_peer.py writes them), so that the outputs can be compared with a peer's.
 * Prints one JSON object: us (median of a window) and output.
 *
 *     infer [--cell NAME] [--steps N] [--features N] [--units N] [--layers N] [--weights FILE] [--input FILE]
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "rig.h"
#include "timing.h"

#define TOGETHER 16 /* windows a timing: one takes microseconds */

struct job {
	struct bench_forecaster *forecaster;
	float *inputs;
	const float *output;
};

static void fail(const char *what, const char *path)
{
	fprintf(stderr, "bench/infer: %s '%s'\n", what, path);
	exit(66);
}

static void *grown(void *old, size_t n_bytes)
{
	void *memory = realloc(old, n_bytes);
	if (!memory)
		fail("no memory for", "floats");
	return memory;
}

/* The floats of a text up to its end. Owned by the caller. */
static float *parse(const char *text, size_t *n)
{
	size_t room = 1024;
	float *values = grown(NULL, room * sizeof *values);
	char *end;
	for (*n = 0;; text = end) {
		float value = strtof(text, &end);
		if (end == text)
			return values;
		if (*n == room)
			values = grown(values, (room *= 2) * sizeof *values);
		values[(*n)++] = value;
	}
}

/* Lines `tensor value ...`. */
static void read_weights(struct bench_forecaster *forecaster, const char *path)
{
	FILE *file = fopen(path, "re");
	char *line = NULL, *rest;
	size_t size = 0;
	if (!file)
		fail("cannot read", path);
	while (getline(&line, &size, file) > 0) {
		const char *name = strtok_r(line, " \n", &rest);
		if (!name)
			continue;
		size_t n;
		float *values = parse(rest, &n);
		bench_forecaster_set(forecaster, name, values, n);
		free(values);
	}
	free(line);
	fclose(file);
	bench_forecaster_pack(forecaster);
}

static float *read_inputs(const char *path, size_t expected)
{
	FILE *file = fopen(path, "re");
	char *text = NULL;
	size_t size = 0, n;
	if (!file || getdelim(&text, &size, '\0', file) < 0)
		fail("cannot read", path);
	float *values = parse(text, &n);
	if (n != expected)
		fail("another number of values than steps times features in", path);
	free(text);
	fclose(file);
	return values;
}

static float *made_up_inputs(size_t n)
{
	float *values = grown(NULL, n * sizeof *values);
	for (size_t i = 0; i < n; i++)
		values[i] = (float)(i * 7919 % 1000) / 500 - 1;
	return values;
}

static void forecast(void *on)
{
	struct job *job = on;
	for (int i = 0; i < TOGETHER; i++)
		job->output = bench_forecaster_run(job->forecaster, job->inputs);
}

int main(int argc, char **argv)
{
	struct bench_options options = bench_options_read(argc, argv);
	const struct bench_shape *shape = &options.shape;
	size_t n = (size_t)shape->steps * (size_t)shape->features;
	struct job job = {.forecaster = bench_forecaster_open(shape)};
	job.inputs = options.input ? read_inputs(options.input, n) : made_up_inputs(n);
	if (options.weights)
		read_weights(job.forecaster, options.weights);
	struct bench_times times = bench_time(&options, forecast, &job);
	printf("{\"us\": %.3f, \"output\": [", 1000 * bench_median(&times) / TOGETHER);
	for (int i = 0; i < BENCH_HORIZON; i++)
		printf("%s%.9g", i ? ", " : "", (double)job.output[i]);
	printf("]}\n");
	free(times.ms);
	free(job.inputs);
	bench_forecaster_close(job.forecaster);
	return ferror(stdout) ? EXIT_FAILURE : EXIT_SUCCESS;
}
