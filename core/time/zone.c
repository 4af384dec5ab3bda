#include "time/zone.h"
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "time/zone_part.h"

#define FILE_MOST (1 << 20) /* bytes of a compiled zone */

/* Local time is nowhere so far from UTC. */
#define FAR_MS (INT64_C(16) * 3600 * 1000)

static const char *database(void)
{
	const char *folder = getenv("TZDIR");
	return folder && *folder != '\0' ? folder : "/usr/share/zoneinfo";
}

/* Names are made of these, and lead nowhere but into the database. */
static bool is_name(const char *name)
{
	size_t length = strlen(name);
	return length > 0 && length < ALM_ZONE_NAME && *name != '/' && !strstr(name, "..") &&
	       strspn(name, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/") == length;
}

/* The whole file of a zone, which the caller frees, or NULL with errno. */
static unsigned char *read_file(const char *name, size_t *n_bytes)
{
	char *path;
	if (asprintf(&path, "%s/%s", database(), name) < 0)
		return NULL;
	FILE *file = fopen(path, "rbe");
	free(path);
	if (!file)
		return NULL;
	unsigned char *bytes = malloc(FILE_MOST);
	*n_bytes = bytes ? fread(bytes, 1, FILE_MOST, file) : 0;
	bool failed = ferror(file) != 0;
	fclose(file);
	if (bytes && !failed)
		return bytes;
	free(bytes);
	errno = failed ? EISDIR : ENOMEM;
	return NULL;
}

static enum alm_status no_file(const char *option, const char *name, struct alm_error *err)
{
	size_t n_bytes;
	int why = errno;
	unsigned char *any = read_file("UTC", &n_bytes);
	free(any);
	if (!any)
		return alm_fail(err, ALM_UNAVAILABLE,
			"%s: there is no time zone database in '%s'; install tzdata or set TZDIR", option,
			database());
	if (why == ENOENT || why == ENOTDIR || why == EISDIR)
		return alm_fail(err, ALM_USAGE,
			"%s: no time zone '%s'; expected a name such as Europe/Berlin", option, name);
	return alm_fail(
		err, ALM_UNAVAILABLE, "%s: cannot read '%s/%s': %s", option, database(), name, strerror(why));
}

enum alm_status alm_zone_open(
	const char *option, const char *name, struct alm_zone **out, struct alm_error *err)
{
	size_t n_bytes = 0;
	if (!is_name(name))
		return alm_fail(err, ALM_USAGE,
			"%s: no time zone '%s'; expected a name such as Europe/Berlin", option, name);
	unsigned char *bytes = read_file(name, &n_bytes);
	if (!bytes)
		return no_file(option, name, err);
	struct alm_zone *zone = calloc(1, sizeof *zone);
	bool parsed = zone && alm_zone_parse(zone, bytes, n_bytes);
	free(bytes);
	if (!parsed) {
		alm_zone_close(zone);
		return alm_fail(err, ALM_UNAVAILABLE,
			"%s: '%s/%s' is no compiled time zone of version 2 or later without leap seconds; "
			"choose another name or set TZDIR",
			option, database(), name);
	}
	snprintf(zone->name, sizeof zone->name, "%s", name);
	*out = zone;
	return ALM_OK;
}

void alm_zone_close(struct alm_zone *zone)
{
	if (!zone)
		return;
	free(zone->at_s);
	free(zone->type);
	free(zone);
}

const char *alm_zone_name(const struct alm_zone *zone)
{
	return zone->name;
}

/* How many changes lie at or before the instant. */
static size_t changes_until(const struct alm_zone *zone, int64_t time_s)
{
	size_t low = 0, high = zone->n_changes;
	while (low < high) {
		size_t middle = low + (high - low) / 2;
		if (zone->at_s[middle] <= time_s)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

int32_t alm_zone_offset(const struct alm_zone *zone, int64_t time_ms)
{
	int64_t time_s = time_ms / 1000 - (time_ms % 1000 < 0);
	size_t n = changes_until(zone, time_s);
	if (n == zone->n_changes && zone->has_rule)
		return alm_zone_rule_offset(&zone->rule, time_s);
	return zone->offset[n > 0 ? zone->type[n - 1] : 0];
}

static int64_t offset_ms(const struct alm_zone *zone, int64_t time_ms)
{
	return (int64_t)alm_zone_offset(zone, time_ms) * 1000;
}

enum alm_local alm_zone_resolve(const struct alm_zone *zone, int64_t local_ms, int64_t instants_ms[static 2])
{
	/* Whatever the offset is, it is one of those before and after: no two changes come so soon after one another. */
	int64_t before = offset_ms(zone, local_ms - FAR_MS), after = offset_ms(zone, local_ms + FAR_MS);
	int64_t early = local_ms - before, late = local_ms - after;
	bool was_early = offset_ms(zone, early) == before, was_late = offset_ms(zone, late) == after;
	instants_ms[0] = was_early || !was_late ? early : late;
	instants_ms[1] = was_early && was_late ? late : instants_ms[0];
	if (!was_early && !was_late)
		return ALM_LOCAL_NEVER;
	return instants_ms[0] != instants_ms[1] ? ALM_LOCAL_TWICE : ALM_LOCAL_ONCE;
}

/* The database lists itself: lines "Z NAME ..." are zones, "L TARGET NAME" further names of some. */
void alm_zone_each(void (*visit)(void *to, const char *name), void *to)
{
	char *path, line[512], first[ALM_ZONE_NAME], second[ALM_ZONE_NAME];
	if (asprintf(&path, "%s/tzdata.zi", database()) < 0)
		return;
	FILE *file = fopen(path, "re");
	free(path);
	while (file && fgets(line, sizeof line, file)) {
		int n = sscanf(line + 1, " %63s %63s", first, second);
		if (*line == 'Z' && n >= 1)
			visit(to, first);
		if (*line == 'L' && n == 2)
			visit(to, second);
	}
	if (file)
		fclose(file);
}
