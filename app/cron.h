/* Times of a crontab: the five fields of crontab(5), minute, hour, day of month, month, day of week. */
#ifndef APP_CRON_H
#define APP_CRON_H
#include <stdbool.h>
#include "base/status.h"

/* ALM_USAGE naming the field that is none. */
ALM_MUST_CHECK enum alm_status cron_check(const char *text, struct alm_error *err);

/* Whether a text that passed is "M H * * *": a time of every day. */
bool cron_daily(const char *text, int *hour, int *minute);

#endif
