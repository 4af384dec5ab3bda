#include "timing.h"
#include <stdio.h>
#include <stdlib.h>
#include "base/reporter.h"

#define WARM_UP 3
#define LEAST   3

static int rising(const void *a, const void *b)
{
	double left = *(const double *)a, right = *(const double *)b;
	return (left > right) - (left < right);
}

struct bench_times bench_time(const struct bench_options *options, void (*work)(void *), void *on)
{
	int most = options->repeats > LEAST ? options->repeats : LEAST;
	struct bench_times times = {.ms = malloc((size_t)most * sizeof *times.ms)};
	if (!times.ms) {
		fprintf(stderr, "bench: no memory\n");
		exit(71);
	}
	double begin = alm_monotonic_s();
	for (int i = 0; i < WARM_UP && (i == 0 || alm_monotonic_s() - begin < options->seconds / 4); i++)
		work(on);
	begin = alm_monotonic_s();
	while (times.n < most && (times.n < LEAST || alm_monotonic_s() - begin < options->seconds)) {
		double from = alm_monotonic_s();
		work(on);
		times.ms[times.n++] = 1000 * (alm_monotonic_s() - from);
	}
	qsort(times.ms, (size_t)times.n, sizeof *times.ms, rising);
	return times;
}

double bench_median(const struct bench_times *times)
{
	return (times->ms[(times->n - 1) / 2] + times->ms[times->n / 2]) / 2;
}
