/* The command line of almanac retrain, for whoever writes one down. */
#ifndef APP_RETRAIN_H
#define APP_RETRAIN_H
#include "base/status.h"

/* Reads it as the verb does (argv[0] is the verb) and does nothing else. ALM_USAGE. */
ALM_MUST_CHECK enum alm_status retrain_check(int argc, char **argv, struct alm_error *err);

#endif
