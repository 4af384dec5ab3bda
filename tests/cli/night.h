/* What the tests of a night's retrainings begin from: the wave, and model "small" of it. */
#ifndef TESTS_CLI_NIGHT_H
#define TESTS_CLI_NIGHT_H
#include "cli/program.h"

/* The wave as it is after n rows: those that are there already stay as they are. */
void night_grow(struct cli *cli, int n_rows);

/* A model of the first 600 rows that has learned something, version 1. */
void night_train_good(struct cli *cli);

/* Version 2 has learned nothing, and is what the settings are from now on. */
void night_train_bad(struct cli *cli);

#endif
