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

/* Why the sample's times are no local times of day; NULL when they are. */
static const char *why_not(const struct alm_layout *layout, const struct alm_sample *sample)
{
	const struct alm_time_format *format = &layout->format;
	struct alm_time_format local = *format;
	bool clock = format->kind == ALM_TIME_PATTERN && has_clock(format->pattern);
	local.local = true;
	if (format->kind == ALM_TIME_UNIX)
		return "are Unix times, which are UTC";
	for (int i = 0; i < sample->n; i++) {
		const struct alm_csv_row *row = sample->row[i];
		int64_t time_ms;
		if (row->n <= layout->time)
			continue;
		const char *text = row->field[layout->time];
		size_t length = row->length[layout->time];
		clock = clock || (format->kind == ALM_TIME_ISO && memchr(text, ':', length));
		if (!alm_time_read(&local, text, length, &time_ms) &&
			alm_time_read(format, text, length, &time_ms))
			return "state their own offset from UTC";
	}
	return clock ? NULL : "are dates without a time of day";
}

enum alm_status alm_local_init(struct alm_local_times *local, const char *zone, struct alm_layout *layout,
	const struct alm_sample *sample, struct alm_error *err)
{
	enum alm_status status = alm_zone_open("--tz", zone, &local->zone, err);
	const char *why = why_not(layout, sample);
	if (status != ALM_OK)
		return status;
	if (why)
		return alm_fail(
			err, ALM_USAGE, "--tz: the times of '%s' %s; leave it out", layout->file, why);
	layout->format.local = true;
	return ALM_OK;
}

enum alm_status alm_local_inherit(struct alm_local_times *local, const char *zone, struct alm_layout *layout,
	const struct alm_sample *sample, struct alm_error *err)
{
	if (why_not(layout, sample))
		return ALM_OK;
	return alm_local_init(local, zone, layout, sample, err);
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
