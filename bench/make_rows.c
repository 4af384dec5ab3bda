/*
 * Writes rows of a time and two channels to standard output, a minute apart, as they came or in random order: as many as are
 * asked for, so that the memory of ingest can be looked at.
 *
 *     make_rows ROWS [ordered|shuffled]
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "base/rng.h"

int main(int argc, char **argv)
{
	uint64_t n_rows = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	if (n_rows == 0 ||
		(argc > 2 && strcmp(argv[2], "ordered") != 0 && strcmp(argv[2], "shuffled") != 0)) {
		fprintf(stderr, "usage: make_rows ROWS [ordered|shuffled]\n");
		return 64;
	}
	bool shuffled = argc > 2 && strcmp(argv[2], "shuffled") == 0;
	puts("time,load,wind");
	for (uint64_t i = 0; i < n_rows; i++) {
		uint64_t row = shuffled ? alm_rng_permute(1, 0, n_rows, i) : i;
		printf("%llu,%llu.%llu,%llu\n", 1000000000ULL + 60ULL * row, row * 7919ULL % 977, row % 10ULL,
			row * 7ULL % 1013);
	}
	return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}
