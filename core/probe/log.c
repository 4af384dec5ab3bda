#include "probe/log.h"
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <unistd.h>

/* A pipe takes so few bytes whole or not at all, so that records of several threads do not mix. */
static void put(const struct alm_check_log *log, const struct alm_check_record *record)
{
	if (log->fd < 0)
		return;
	while (write(log->fd, record, sizeof *record) < 0 && errno == EINTR)
		continue;
}

static struct alm_check_record record_of(enum alm_check_kind kind, const char *name, const char *advice)
{
	struct alm_check_record record = {.kind = (int32_t)kind};
	snprintf(record.name, sizeof record.name, "%s", name);
	snprintf(record.advice, sizeof record.advice, "%s", advice);
	return record;
}

void alm_check_phase(struct alm_check_log *log, const char *format, ...)
{
	struct alm_check_record record = {.kind = ALM_CHECK_PHASE};
	va_list args;
	va_start(args, format);
	vsnprintf(record.name, sizeof record.name, format, args);
	va_end(args);
	log->phase = record;
	put(log, &record);
}

void alm_check_passed(struct alm_check_log *log, const char *name, const char *format, ...)
{
	struct alm_check_record record = record_of(ALM_CHECK_PASSED, name, "");
	va_list args;
	va_start(args, format);
	vsnprintf(record.detail, sizeof record.detail, format, args);
	va_end(args);
	put(log, &record);
}

void alm_check_failed(
	struct alm_check_log *log, const char *name, const char *advice, const char *format, ...)
{
	struct alm_check_record record = record_of(ALM_CHECK_FAILED, name, advice);
	va_list args;
	va_start(args, format);
	vsnprintf(record.detail, sizeof record.detail, format, args);
	va_end(args);
	log->n_failed++;
	put(log, &record);
}

void alm_check_fact(struct alm_check_log *log, const char *name, const char *format, ...)
{
	struct alm_check_record record = record_of(ALM_CHECK_FACT, name, "");
	va_list args;
	va_start(args, format);
	vsnprintf(record.detail, sizeof record.detail, format, args);
	va_end(args);
	put(log, &record);
}

void alm_check_end(struct alm_check_log *log)
{
	put(log, &(struct alm_check_record){.kind = ALM_CHECK_END});
}
