/* Repeated timing of one piece of work. */
#ifndef BENCH_TIMING_H
#define BENCH_TIMING_H
#include "shape.h"

struct bench_times {
	int n;
	double *ms; /* [n] rising; owned */
};

/*
 * Runs `work` a few times untimed, then options->repeats times or for options->seconds, whichever ends first, but three
 * times at least. The caller frees ms.
 */
struct bench_times bench_time(const struct bench_options *options, void (*work)(void *), void *on);

double bench_median(const struct bench_times *times);

#endif
