#include "base/reporter.h"
#include <stdarg.h>
#include <stdio.h>
#include <time.h>

void alm_note(struct alm_reporter *reporter, const char *format, ...)
{
	char line[1001];
	if (!reporter || !reporter->note)
		return;
	va_list args;
	va_start(args, format);
	vsnprintf(line, sizeof line, format, args);
	va_end(args);
	reporter->note(reporter, line);
}

void alm_progress(struct alm_reporter *reporter, const struct alm_progress *progress)
{
	if (reporter && reporter->progress)
		reporter->progress(reporter, progress);
}

bool alm_stopped(const struct alm_reporter *reporter)
{
	return reporter && reporter->stop && *reporter->stop != 0;
}

void alm_about_model(struct alm_reporter *reporter, const char *model)
{
	if (!reporter)
		return;
	reporter->about = (struct alm_about){.run_id = 0};
	snprintf(reporter->about.model, sizeof reporter->about.model, "%s", model ? model : "");
}

void alm_about_run(struct alm_reporter *reporter, int64_t run_id)
{
	if (reporter)
		reporter->about.run_id = run_id;
}

double alm_monotonic_s(void)
{
	struct timespec now;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec + (double)now.tv_nsec * 1e-9;
}
