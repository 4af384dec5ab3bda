/* Where and how to run: what every verb is given, and hands to whatever it opens. */
#ifndef ALM_BASE_CONTEXT_H
#define ALM_BASE_CONTEXT_H
#include "base/reporter.h"

/* Nothing is owned. */
struct alm_context {
	const char *db_path;
	int timeout_ms;        /* wait for locks; 0 = default */
	const char *cell_path; /* --cell-path, ':'-separated folders searched first; NULL = none */
	int threads;           /* 0 = as many as processors */
	struct alm_reporter *reporter;
};

#endif
