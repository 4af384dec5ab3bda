/* The verbs of `almanac cell`: as in cmd.h, and argv[0] is the verb after `cell`. */
#ifndef APP_CELL_H
#define APP_CELL_H
#include "cmd.h"

#define CELL(name, summary) cmd_function cell_##name;
#include "cell.def"
#undef CELL

#endif
