/*
 * A verb of the command line: it reads its options, calls its function in core/run and hands the result to out/. It
 * prints results only; an error goes back to main, which prints it.
 */
#ifndef APP_CMD_H
#define APP_CMD_H
#include "base/status.h"
#include "session.h"

/* argv[0] is the verb. */
typedef enum alm_status cmd_function(struct session *session, int argc, char **argv, struct alm_error *err);

#define CMD(name, summary) cmd_function cmd_##name;
#include "cmd.def"
#undef CMD

#endif
