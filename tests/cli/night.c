#include "cli/night.h"
#include <stddef.h>

void night_grow(struct cli *cli, int n_rows)
{
	cli_wave(cli, "more.csv", n_rows);
	struct cli_result result = cli_run(cli, "ingest", "more.csv", "--dataset", "wave", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

void night_train_good(struct cli *cli)
{
	cli_ingest_wave(cli);
	struct cli_result result =
		cli_run(cli, "train", "small", "--dataset", "wave", "--lookback", "24", "--horizon", "6",
			"--units", "8", "--epochs", "40", "--batch", "32", "--rate", "0.01", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}

void night_train_bad(struct cli *cli)
{
	struct cli_result result =
		cli_run(cli, "train", "small", "--rate", "0.000000001", "--epochs", "1", "--quiet", NULL);
	cli_expect(&result, 0, NULL);
}
