/*
 * How the rooms tell a person what goes on without printing: the caller of a verb hands in a reporter, the
 * rooms call it. It also carries the caller's wish to stop (a signal handler sets it).
 */
#ifndef ALM_BASE_REPORTER_H
#define ALM_BASE_REPORTER_H
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>

/* Where a long piece of work stands. */
struct alm_progress {
	const char *stage;  /* "ingest", "train", "backtest" */
	double fraction;    /* 0..1; negative when unknown */
	uint64_t done;      /* how many units so far */
	const char *unit;   /* "rows", "windows" */
	double rate_per_s;  /* units a second */
	double left_s;      /* seconds left; negative when unknown */
	const char *detail; /* "epoch 3/8  loss 0.1432  valid 0.1510"; valid during the call only */
};

/* Which model a piece of work is about, and the run that it is. Who writes lines down that others read later wants to know. */
#define ALM_ABOUT_MODEL 136
struct alm_about {
	char model[ALM_ABOUT_MODEL]; /* "" = none, or many */
	int64_t run_id;              /* 0 = none yet */
};

struct alm_reporter {
	void (*note)(struct alm_reporter *self, const char *line); /* one finished line, no newline */
	void (*progress)(struct alm_reporter *self, const struct alm_progress *progress);
	const volatile sig_atomic_t *stop; /* the signal that asks us to stop, 0 until then; NULL = never */
	struct alm_about about;
};

/* All of these accept a NULL reporter and NULL members. alm_note formats; at most 1,000 bytes a line. */
void alm_note(struct alm_reporter *reporter, const char *format, ...) __attribute__((format(printf, 2, 3)));
void alm_progress(struct alm_reporter *reporter, const struct alm_progress *progress);
bool alm_stopped(const struct alm_reporter *reporter);

/* What comes is about another model. NULL = none, or many. */
void alm_about_model(struct alm_reporter *reporter, const char *model);
/* And about this run of it. */
void alm_about_run(struct alm_reporter *reporter, int64_t run_id);

/* Seconds on the monotonic clock: for durations and rates, never for dates. */
double alm_monotonic_s(void);

#endif
