#include "ingest/local.h"
#include <string.h>

/* A pattern with a conversion of a time of day. */
static bool has_clock(const char *pattern)
{
	for (; (pattern = strchr(pattern, '%')) && pattern[1] != '\0'; pattern += 2)
		if (strchr("HIklTRrcX", pattern[1]))
			return true;
	return false;
}

/* Why the times of the file's first rows are no local times of day; NULL when they are. */
static const char *why_not(const struct alm_input *input)
{
	const struct alm_layout *layout = &input->layout;
	struct alm_time_format format = layout->format, local = layout->format;
	bool clock = format.kind == ALM_TIME_PATTERN && has_clock(format.pattern);
	format.local = false;
	local.local = true;
	if (format.kind == ALM_TIME_UNIX)
		return "are Unix times, which are UTC";
	for (int i = 0; i < input->sample.n; i++) {
		char joined[ALM_TIME_COLUMNS_TEXT];
		int64_t time_ms;
		size_t length;
		const char *text =
			alm_time_columns_text(&layout->time, input->sample.row[i], joined, &length);
		if (!text)
			continue;
		clock = clock || (format.kind == ALM_TIME_ISO && memchr(text, ':', length));
		if (!alm_time_read(&local, text, length, &time_ms) &&
			alm_time_read(&format, text, length, &time_ms))
			return "state their own offset from UTC";
	}
	return clock ? NULL : "are dates without a time of day";
}

enum alm_status alm_local_init(struct alm_local_times *local, const char *zone, struct alm_error *err)
{
	return alm_zone_open("--tz", zone, &local->zone, err);
}

enum alm_status alm_local_inherit(
	struct alm_local_times *local, const char *zone, const struct alm_input *first, struct alm_error *err)
{
	return why_not(first) ? ALM_OK : alm_local_init(local, zone, err);
}

enum alm_status alm_local_begin(
	const struct alm_local_times *local, struct alm_input *input, struct alm_error *err)
{
	const char *why = local->zone ? why_not(input) : NULL;
	if (why)
		return alm_fail(
			err, ALM_USAGE, "--tz: the times of '%s' %s; leave it out", input->layout.file, why);
	input->layout.format.local = local->zone != NULL;
	return ALM_OK;
}

void alm_local_release(struct alm_local_times *local)
{
	alm_zone_close(local->zone);
	*local = (struct alm_local_times){0};
}

int64_t alm_local_instant(struct alm_local_times *local, int64_t local_ms, int64_t newest_ms)
{
	int64_t instant[2];
	switch (alm_zone_resolve(local->zone, local_ms, instant)) {
	case ALM_LOCAL_ONCE:
		break;
	case ALM_LOCAL_NEVER:
		local->n_skipped++;
		break;
	case ALM_LOCAL_TWICE:
		local->n_repeated++;
		return instant[0] <= newest_ms && newest_ms < instant[1] ? instant[1] : instant[0];
	}
	return instant[0];
}
