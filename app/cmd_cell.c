#include "cmd_cell.h"
#include <string.h>

enum alm_status cmd_cell(const volatile sig_atomic_t *stop, int argc, char **argv, struct alm_error *err)
{
	if (argc < 2 || strcmp(argv[1], "new") != 0)
		return alm_fail(err, ALM_USAGE, "cell: expected new; see almanac cell new --help");
	return cmd_cell_new(stop, argc - 1, argv + 1, err);
}
