/* What `almanac cell` can do: each reads its options and calls its function in core/run. argv[0] is the word after `cell`. */
#ifndef APP_CMD_CELL_H
#define APP_CMD_CELL_H
#include "cmd.h"

cmd_function cmd_cell_new;

#endif
