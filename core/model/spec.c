#include "model/spec.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "time/timestamp.h"

const struct alm_field alm_spec_fields[] = {
#define FIELD(kind, member, key, value, fallback, help)                                                      \
	{ALM_FIELD_##kind, key, value, fallback, help, offsetof(struct alm_spec, member)},
#include "model/spec.def"
#undef FIELD
};

const int alm_spec_n_fields = sizeof alm_spec_fields / sizeof *alm_spec_fields;

/* Longest text of any field's value. */
#define VALUE_TEXT sizeof(alm_spec_TEXT)

static const struct alm_field *find(const char *key)
{
	for (int i = 0; i < alm_spec_n_fields; i++)
		if (strcmp(alm_spec_fields[i].key, key) == 0)
			return &alm_spec_fields[i];
	return NULL;
}

static enum alm_status set_text(
	const struct alm_field *field, void *member, const char *text, struct alm_error *err)
{
	if (strlen(text) >= VALUE_TEXT)
		return alm_fail(err, ALM_USAGE, "--%s: longer than %zu bytes", field->key, VALUE_TEXT - 1);
	snprintf(member, VALUE_TEXT, "%s", text);
	return ALM_OK;
}

static enum alm_status set_duration(
	const struct alm_field *field, void *member, const char *text, struct alm_error *err)
{
	char option[64];
	snprintf(option, sizeof option, "--%s", field->key);
	if (*text == '\0') {
		*(struct alm_duration *)member = (struct alm_duration){.count = -1};
		return ALM_OK;
	}
	return alm_duration_parse(option, text, member, err);
}

static enum alm_status set_count(
	const struct alm_field *field, void *member, const char *text, struct alm_error *err)
{
	char *end;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end != '\0' || errno != 0)
		return alm_fail(
			err, ALM_USAGE, "--%s: expected a whole number from 0, found '%s'", field->key, text);
	*(int64_t *)member = value;
	return ALM_OK;
}

static enum alm_status set_real(
	const struct alm_field *field, void *member, const char *text, struct alm_error *err)
{
	char *end;
	double value = strtod(text, &end);
	if (isspace((unsigned char)*text) || end == text || *end != '\0' || !isfinite(value) || value < 0)
		return alm_fail(
			err, ALM_USAGE, "--%s: expected a number from 0, found '%s'", field->key, text);
	*(double *)member = value;
	return ALM_OK;
}

static enum alm_status set_flag(
	const struct alm_field *field, void *member, const char *text, struct alm_error *err)
{
	bool yes = strcmp(text, "yes") == 0;
	if (!yes && strcmp(text, "no") != 0)
		return alm_fail(err, ALM_USAGE, "--%s: expected yes or no, found '%s'", field->key, text);
	*(bool *)member = yes;
	return ALM_OK;
}

static enum alm_status set_time(
	const struct alm_field *field, void *member, const char *text, struct alm_error *err)
{
	alm_spec_TIME *to = member;
	char option[64];
	snprintf(option, sizeof option, "--%s", field->key);
	if (*text == '\0') {
		*to = (alm_spec_TIME){0};
		return ALM_OK;
	}
	enum alm_status status = alm_time_option(option, text, &to->time_ms, err);
	to->given = status == ALM_OK;
	return status;
}

/* Bytes of the words of a CHOICE, which stand before the ':' of its help. */
static size_t words_length(const struct alm_field *field)
{
	return strcspn(field->help, ":");
}

/* Word `place` of a CHOICE: its begin and *length, or NULL past the last. */
static const char *word_at(const struct alm_field *field, int place, size_t *length)
{
	const char *word = field->help, *end = field->help + words_length(field);
	for (;; word += *length + 1, place--) {
		if (word >= end)
			return NULL;
		*length = strcspn(word, "|:");
		if (place == 0)
			return word;
	}
}

static enum alm_status set_choice(
	const struct alm_field *field, void *member, const char *text, struct alm_error *err)
{
	size_t length;
	const char *word;
	for (int place = 0; (word = word_at(field, place, &length)); place++)
		if (strlen(text) == length && strncmp(text, word, length) == 0) {
			*(int *)member = place;
			return ALM_OK;
		}
	return alm_fail(err, ALM_USAGE, "--%s: expected %.*s, found '%s'", field->key,
		(int)words_length(field), field->help, text);
}

static enum alm_status set_field(
	const struct alm_field *field, struct alm_spec *spec, const char *text, struct alm_error *err)
{
	void *member = (char *)spec + field->offset;
	switch (field->kind) {
	case ALM_FIELD_TEXT:
	case ALM_FIELD_LIST:
		return set_text(field, member, text, err);
	case ALM_FIELD_DURATION:
		return set_duration(field, member, text, err);
	case ALM_FIELD_COUNT:
		return set_count(field, member, text, err);
	case ALM_FIELD_REAL:
		return set_real(field, member, text, err);
	case ALM_FIELD_FLAG:
		return set_flag(field, member, text, err);
	case ALM_FIELD_TIME:
		return set_time(field, member, text, err);
	case ALM_FIELD_CHOICE:
		return set_choice(field, member, text, err);
	}
	return alm_fail(err, ALM_BUG, "field '%s' has no kind", field->key);
}

void alm_spec_init(struct alm_spec *spec)
{
	*spec = (struct alm_spec){0};
	for (int i = 0; i < alm_spec_n_fields; i++) {
		const struct alm_field *field = &alm_spec_fields[i];
		enum alm_status status = set_field(field, spec, field->fallback, NULL);
		(void)status; /* a default that cannot be read is found by the test of every default */
	}
}

/* One field, which an error leaves as it may be: a spec is large, and callers that set many keep one copy for all. */
static enum alm_status set_pair(
	struct alm_spec *spec, const char *key, const char *text, struct alm_error *err)
{
	const struct alm_field *field = find(key);
	if (!field)
		return alm_fail(err, ALM_USAGE, "--%s: no such setting of a model", key);
	return set_field(field, spec, text, err);
}

enum alm_status alm_spec_set(struct alm_spec *spec, const char *key, const char *text, struct alm_error *err)
{
	struct alm_spec changed = *spec;
	enum alm_status status = set_pair(&changed, key, text, err);
	if (status == ALM_OK)
		*spec = changed;
	return status;
}

enum alm_status alm_spec_apply(struct alm_spec *spec, const struct alm_pairs *pairs, struct alm_error *err)
{
	struct alm_spec changed = *spec;
	for (int i = 0; i < pairs->n; i++) {
		enum alm_status status = set_pair(&changed, pairs->pair[i].key, pairs->pair[i].value, err);
		if (status != ALM_OK)
			return status;
	}
	*spec = changed;
	return ALM_OK;
}

enum alm_status alm_spec_override(struct alm_spec *spec, const struct alm_pairs *given, struct alm_error *err)
{
	static const char *const same_for_all[] = {"cell", "units", "layers"};
	struct alm_spec changed = *spec;
	for (size_t i = 0; i < sizeof same_for_all / sizeof *same_for_all; i++) {
		if (!alm_pairs_get(given, same_for_all[i]))
			continue;
		if (alm_pairs_get(given, "layer"))
			return alm_fail(err, ALM_USAGE,
				"--%s and --layer exclude each other; write --layer CELL:UNITS for each "
				"layer",
				same_for_all[i]);
		*changed.layer = '\0';
	}
	if (alm_pairs_get(given, "cell") || alm_pairs_get(given, "layer"))
		*changed.cell_option = '\0';
	enum alm_status status = alm_spec_apply(&changed, given, err);
	if (status == ALM_OK)
		*spec = changed;
	return status;
}

/* The canonical text of a field's value. */
static void print_field(
	const struct alm_field *field, const struct alm_spec *spec, char out[static VALUE_TEXT])
{
	const void *member = (const char *)spec + field->offset;
	const alm_spec_DURATION *duration = member;
	const alm_spec_TIME *time = member;
	char text[ALM_TIME_TEXT > ALM_FREQ_TEXT ? ALM_TIME_TEXT : ALM_FREQ_TEXT];
	size_t length = 0;
	switch (field->kind) {
	case ALM_FIELD_TEXT:
	case ALM_FIELD_LIST:
		snprintf(out, VALUE_TEXT, "%s", (const char *)member);
		break;
	case ALM_FIELD_DURATION:
		snprintf(
			out, VALUE_TEXT, "%s", duration->count < 0 ? "" : alm_duration_print(duration, text));
		break;
	case ALM_FIELD_COUNT:
		snprintf(out, VALUE_TEXT, "%lld", (long long)*(const int64_t *)member);
		break;
	case ALM_FIELD_REAL:
		snprintf(out, VALUE_TEXT, "%.17g", *(const double *)member);
		break;
	case ALM_FIELD_FLAG:
		snprintf(out, VALUE_TEXT, "%s", *(const bool *)member ? "yes" : "no");
		break;
	case ALM_FIELD_TIME:
		snprintf(out, VALUE_TEXT, "%s", time->given ? alm_time_print(time->time_ms, text) : "");
		break;
	case ALM_FIELD_CHOICE: {
		const char *word = word_at(field, *(const int *)member, &length);
		snprintf(out, VALUE_TEXT, "%.*s", (int)length, word ? word : "");
		break;
	}
	}
}

enum alm_status alm_spec_pairs(const struct alm_spec *spec, struct alm_pairs *out, struct alm_error *err)
{
	struct alm_pairs made = {0};
	for (int i = 0; i < alm_spec_n_fields; i++) {
		char text[VALUE_TEXT];
		print_field(&alm_spec_fields[i], spec, text);
		enum alm_status status = alm_pairs_add(&made, alm_spec_fields[i].key, text, err);
		if (status != ALM_OK) {
			alm_pairs_release(&made);
			return status;
		}
	}
	*out = made;
	return ALM_OK;
}

/* A range that a count must lie in; 0 is allowed only where `least` says so. */
static enum alm_status check_count(
	const char *key, int64_t value, int64_t least, int64_t most, struct alm_error *err)
{
	if (value >= least && value <= most)
		return ALM_OK;
	return alm_fail(err, ALM_USAGE, "--%s: expected %lld..%lld, found %lld", key, (long long)least,
		(long long)most, (long long)value);
}

static enum alm_status check_resample(const struct alm_spec *spec, struct alm_error *err)
{
	struct alm_freq bucket, freq;
	char step[ALM_FREQ_TEXT], given[ALM_FREQ_TEXT];
	if (*spec->resample == '\0' && *spec->aggregate == '\0')
		return ALM_OK;
	if (*spec->resample == '\0')
		return alm_fail(
			err, ALM_USAGE, "--aggregate: takes part in --resample only; give its step, too");
	enum alm_status status = alm_freq_parse("--resample", spec->resample, &bucket, err);
	if (status != ALM_OK)
		return status;
	if (bucket.business_days)
		return alm_fail(err, ALM_USAGE, "--resample: expected a step of time or of months, found %s",
			spec->resample);
	if (*spec->freq == '\0')
		return ALM_OK;
	status = alm_freq_parse("--freq", spec->freq, &freq, err);
	if (status != ALM_OK || strcmp(alm_freq_print(&freq, given), alm_freq_print(&bucket, step)) == 0)
		return status;
	return alm_fail(err, ALM_USAGE, "--freq: with --resample the step is %s, found %s; leave it out",
		step, given);
}

enum alm_status alm_spec_check(const struct alm_spec *spec, struct alm_error *err)
{
	const struct {
		const char *key;
		int64_t value, least, most;
	} counts[] = {
		{"units", spec->units, 1, 8192},
		{"layers", spec->layers, 1, 16},
		{"series-embedding", spec->series_embedding, 0, 256},
		{"batch", spec->batch, 1, 65536},
		{"epochs", spec->epochs, 1, 1000000},
		{"epoch-windows", spec->epoch_windows, 0, INT64_MAX},
		{"patience", spec->patience, 0, 1000000},
		{"shard", spec->shard, 0, 4096},
		{"schedule-epochs", spec->schedule_epochs, 1, 1000000},
	};
	for (size_t i = 0; i < sizeof counts / sizeof *counts; i++) {
		enum alm_status status =
			check_count(counts[i].key, counts[i].value, counts[i].least, counts[i].most, err);
		if (status != ALM_OK)
			return status;
	}
	if (spec->valid_fraction + spec->test_fraction >= 1)
		return alm_fail(err, ALM_USAGE,
			"--valid-fraction and --test-fraction are %g together; they must leave room for "
			"training",
			spec->valid_fraction + spec->test_fraction);
	if (!(spec->rate > 0))
		return alm_fail(err, ALM_USAGE, "--rate: expected a number above 0, found %g", spec->rate);
	if (spec->warmup >= 1)
		return alm_fail(err, ALM_USAGE, "--warmup: expected a share below 1, found %g", spec->warmup);
	if (spec->momentum >= 1)
		return alm_fail(
			err, ALM_USAGE, "--momentum: expected a share below 1, found %g", spec->momentum);
	if (spec->average >= 1)
		return alm_fail(
			err, ALM_USAGE, "--average: expected a share below 1, found %g", spec->average);
	if (!(spec->schedule_factor > 0 && spec->schedule_factor <= 1))
		return alm_fail(err, ALM_USAGE,
			"--schedule-factor: expected a share above 0 and up to 1, found %g",
			spec->schedule_factor);
	if (!(spec->huber_delta > 0))
		return alm_fail(err, ALM_USAGE, "--huber-delta: expected a number above 0, found %g",
			spec->huber_delta);
	if (*spec->cell == '\0')
		return alm_fail(err, ALM_USAGE, "--cell: expected the name of a cell, found ''");
	if (spec->per_series && spec->series_embedding > 0)
		return alm_fail(err, ALM_USAGE,
			"--per-series: a series that has a network of its own needs no --series-embedding; "
			"use --series-embedding 0, or --no-per-series");
	if (*spec->country != '\0' && *spec->holidays == '\0')
		return alm_fail(
			err, ALM_USAGE, "--country: says whose --holidays are meant; give these, too");
	return check_resample(spec, err);
}
