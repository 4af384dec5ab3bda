#include "model/policy.h"
#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "store/policy.h"

enum kind { KIND_DURATION, KIND_COUNT, KIND_SHARE, KIND_REAL, KIND_FLAG, KIND_START };

static const struct field {
	enum kind kind;
	const char *key, *fallback;
	size_t offset; /* into struct alm_policy */
} fields[] = {
#define POLICY(kind, member, key, value, fallback, help)                                                     \
	{KIND_##kind, key, fallback, offsetof(struct alm_policy, member)},
#include "model/policy.def"
#undef POLICY
};

#define N_FIELDS (sizeof fields / sizeof *fields)

static const char *const starts[] = {"auto", "warm", "cold"};

const char *alm_start_name(enum alm_start start)
{
	return starts[start];
}

static enum alm_status set_duration(
	const char *option, const char *text, struct alm_duration *to, struct alm_error *err)
{
	if (*text == '\0') {
		*to = (struct alm_duration){.count = -1};
		return ALM_OK;
	}
	enum alm_status status = alm_duration_parse(option, text, to, NULL);
	if (status != ALM_OK || to->kind == ALM_DURATION_STEPS)
		return alm_fail(err, ALM_USAGE,
			"%s: expected a length of time such as 12h, 7d or 1mo, found '%s'", option, text);
	return status;
}

static enum alm_status set_count(const char *option, const char *text, int64_t *to, struct alm_error *err)
{
	char *end;
	errno = 0;
	long long value = strtoll(text, &end, 10);
	if (!isdigit((unsigned char)*text) || *end != '\0' || errno != 0 || value > INT32_MAX)
		return alm_fail(
			err, ALM_USAGE, "%s: expected a whole number from 0, found '%s'", option, text);
	*to = value;
	return ALM_OK;
}

static enum alm_status set_share(const char *option, const char *text, double *to, struct alm_error *err)
{
	char *end;
	if (*text == '\0') {
		*to = -1;
		return ALM_OK;
	}
	double value = strtod(text, &end);
	if (!isdigit((unsigned char)*text) || strcmp(end, "%") != 0 || !isfinite(value))
		return alm_fail(
			err, ALM_USAGE, "%s: expected a percentage such as 10%%, found '%s'", option, text);
	*to = value / 100;
	return ALM_OK;
}

static enum alm_status set_real(const char *option, const char *text, double *to, struct alm_error *err)
{
	char *end;
	if (*text == '\0') {
		*to = -1;
		return ALM_OK;
	}
	double value = strtod(text, &end);
	if (!isdigit((unsigned char)*text) || *end != '\0' || !isfinite(value))
		return alm_fail(err, ALM_USAGE, "%s: expected a number from 0 such as 0.25, found '%s'",
			option, text);
	*to = value;
	return ALM_OK;
}

static enum alm_status set_flag(const char *option, const char *text, bool *to, struct alm_error *err)
{
	bool yes = strcmp(text, "yes") == 0;
	if (!yes && strcmp(text, "no") != 0)
		return alm_fail(err, ALM_USAGE, "%s: expected yes or no, found '%s'", option, text);
	*to = yes;
	return ALM_OK;
}

static enum alm_status set_start(
	const char *option, const char *text, enum alm_start *to, struct alm_error *err)
{
	for (size_t i = 0; i < sizeof starts / sizeof *starts; i++) {
		if (strcmp(starts[i], text) != 0)
			continue;
		*to = (enum alm_start)i;
		return ALM_OK;
	}
	return alm_fail(err, ALM_USAGE, "%s: expected auto, warm or cold, found '%s'", option, text);
}

static enum alm_status set(
	struct alm_policy *policy, const struct field *field, const char *text, struct alm_error *err)
{
	char option[32];
	void *member = (char *)policy + field->offset;
	snprintf(option, sizeof option, "--%s", field->key);
	switch (field->kind) {
	case KIND_DURATION:
		return set_duration(option, text, member, err);
	case KIND_COUNT:
		return set_count(option, text, member, err);
	case KIND_SHARE:
		return set_share(option, text, member, err);
	case KIND_REAL:
		return set_real(option, text, member, err);
	case KIND_FLAG:
		return set_flag(option, text, member, err);
	case KIND_START:
		return set_start(option, text, member, err);
	}
	return alm_fail(err, ALM_BUG, "%s is of no kind", option);
}

void alm_policy_init(struct alm_policy *policy)
{
	*policy = (struct alm_policy){0};
	for (size_t i = 0; i < N_FIELDS; i++) {
		enum alm_status status = set(policy, &fields[i], fields[i].fallback, NULL);
		(void)status; /* a default that its own field refuses fails every test */
	}
}

enum alm_status alm_policy_set(
	struct alm_policy *policy, const char *key, const char *text, struct alm_error *err)
{
	for (size_t i = 0; i < N_FIELDS; i++)
		if (strcmp(fields[i].key, key) == 0)
			return set(policy, &fields[i], text, err);
	return alm_fail(err, ALM_USAGE, "there is no policy '%s'", key);
}

enum alm_status alm_policy_apply(
	struct alm_policy *policy, const struct alm_pairs *pairs, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0; i < pairs->n && status == ALM_OK; i++)
		status = alm_policy_set(policy, pairs->pair[i].key, pairs->pair[i].value, err);
	return status;
}

enum alm_status alm_policy_read(struct alm_db *db, int64_t model_id, const struct alm_pairs *given,
	struct alm_policy *out, struct alm_error *err)
{
	struct alm_policy policy;
	struct alm_pairs stored = {0};
	alm_policy_init(&policy);
	enum alm_status status = alm_policy_load(db, model_id, &stored, err);
	if (status == ALM_OK)
		status = alm_policy_apply(&policy, &stored, err);
	if (status == ALM_OK && given)
		status = alm_policy_apply(&policy, given, err);
	alm_pairs_release(&stored);
	if (status == ALM_OK)
		*out = policy;
	return status;
}
