#include "base/status.h"
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

static const struct {
	int exit_code;
	const char *text;
} outcomes[] = {
#define STATUS(name, code, text) [name] = {code, text},
#include "base/status.def"
#undef STATUS
};

int alm_exit_code(enum alm_status status)
{
	return outcomes[status].exit_code;
}

const char *alm_status_text(enum alm_status status)
{
	return outcomes[status].text;
}

enum alm_status(alm_fail)(struct alm_error *err, enum alm_status status, const char *format, ...)
{
	if (!err)
		return status;
	va_list args;
	va_start(args, format);
	err->status = status;
	vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	return status;
}

enum alm_status alm_fail_in(struct alm_error *err, const char *format, ...)
{
	if (!err)
		return ALM_BUG;
	char whole[sizeof err->text];
	va_list args;
	va_start(args, format);
	int n = vsnprintf(whole, sizeof whole, format, args);
	va_end(args);
	size_t used = n < 0 ? 0 : (size_t)n;
	if (used + 3 < sizeof whole)
		snprintf(whole + used, sizeof whole - used, ": %.*s", (int)(sizeof whole - used - 3),
			err->text);
	memcpy(err->text, whole, sizeof whole);
	return err->status;
}

void alm_describe_memory(struct alm_error *err, size_t n_bytes)
{
	alm_fail(err, ALM_NO_MEMORY, "cannot allocate %zu bytes", n_bytes);
}

enum alm_status alm_status_worse(enum alm_status a, enum alm_status b)
{
	/* The first of these counts. A signal ends everything, a bug of ours and a full disk come before what one model has. */
	static const enum alm_status order[] = {ALM_INTERRUPTED, ALM_BUG, ALM_IO, ALM_NO_MEMORY,
		ALM_NO_SANDBOX, ALM_BAD_CONFIG, ALM_NO_PERMISSION, ALM_BAD_DATA, ALM_UNAVAILABLE,
		ALM_CANT_CREATE, ALM_NO_INPUT, ALM_USAGE, ALM_DIVERGED, ALM_DEGRADED, ALM_DRIFTED, ALM_BUSY,
		ALM_UNCHANGED, ALM_OK};
	for (size_t i = 0; i < sizeof order / sizeof *order; i++)
		if (order[i] == a || order[i] == b)
			return order[i];
	return a;
}
