/* A nightly command as a crontab line, or as units of systemd. */
#ifndef APP_OUT_SCHEDULE_H
#define APP_OUT_SCHEDULE_H
#include <stdio.h>

/* Nothing is owned. No text has a control character. */
struct schedule {
	const char *cron;     /* five fields; of the line */
	const char *calendar; /* OnCalendar= of the timer */
	const char *user;     /* NULL = none is named */
	const char *folder;   /* that is written to */
	const char *const *words;
	int n_words; /* the command; the program's absolute path first */
};

/* One line: of a user's crontab, or with a user of /etc/cron.d. The command is for sh. */
void out_schedule_crontab(FILE *to, const struct schedule *schedule);

void out_schedule_service(FILE *to, const struct schedule *schedule);
void out_schedule_timer(FILE *to, const struct schedule *schedule);

#endif
