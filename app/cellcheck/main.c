/* almanac-cellcheck: the process in which `almanac cell check` runs a cell. Nobody else starts it. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include "base/status.h"
#include "check/child.h"

int main(int argc, char **argv)
{
	struct stat about;
	if (argc != 5 || fstat(ALM_CHILD_LOG, &about) != 0 || !S_ISFIFO(about.st_mode)) {
		fprintf(stderr, "almanac-cellcheck: a part of almanac cell check; use that\n");
		return alm_exit_code(ALM_USAGE);
	}
	alm_check_child(&(struct alm_child_options){.shown = argv[1],
		.seed = strtoull(argv[2], NULL, 10),
		.n_seeds = (int)strtol(argv[3], NULL, 10),
		.seconds = (int)strtol(argv[4], NULL, 10)});
}
