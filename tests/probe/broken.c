#include "probe/broken.h"
#include <criterion/criterion.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "almanac_math.h"

void good_forward(const struct almanac_forward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	for (ptrdiff_t at = 0; at < block; at++) {
		const float *pre = s->pre + (at / units) * 2 * units + at % units;
		float k0 = s->prev[block + at], p = s->param[at % units] * s->option[0];
		float a = almanac_sigmoid(pre[0] + p * k0), k = k0 + a * (pre[units] - k0);
		s->next[at] = almanac_tanh(k);
		s->next[block + at] = k;
		if (!s->saved)
			continue;
		s->saved[at] = a;
		s->saved[block + at] = s->next[at];
	}
}

void good_backward(const struct almanac_backward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	for (ptrdiff_t at = 0; at < block; at++) {
		ptrdiff_t first = (at / units) * 2 * units + at % units;
		float k0 = s->prev[block + at], p = s->param[at % units] * s->option[0];
		float a = s->saved[at], y = s->saved[block + at];
		float d = s->d_next[block + at] + s->d_next[at] * (1 - y * y);
		float d_a = d * (s->pre[first + units] - k0) * a * (1 - a);
		s->d_pre[first] = d_a;
		s->d_pre[first + units] = d * a;
		s->d_prev[at] = 0;
		s->d_prev[block + at] = d * (1 - a) + d_a * p;
		s->d_param[at % units] += d_a * k0 * s->option[0];
	}
}

static const struct almanac_param params[] = {{"own", 0.5f}};
static const struct almanac_option options[] = {{"strength", 1, 0.5f, 2, "of the cell's own parameter"}};

const struct almanac_cell good_cell = {
	.size = sizeof good_cell,
	.abi_min = 2,
	.name = "good",
	.version = "1.0",
	.summary = "a good cell",
	.gates = 2,
	.states = 2,
	.saved = 2,
	.n_params = 1,
	.params = params,
	.forward = good_forward,
	.backward = good_backward,
	.n_options = 1,
	.options = options,
	.gate_names = "a x",
	.state_names = "y k",
};

/* What the logs hold, until the process ends. */
struct kept {
	struct kept *before;
	struct alm_check_record record[];
};
static struct kept *kept;

static struct alm_check_record *read_all(int fd, size_t n_bytes)
{
	struct kept *read = malloc(sizeof *read + n_bytes);
	read->before = kept;
	kept = read;
	cr_assert_eq(pread(fd, read->record, n_bytes, 0), (ssize_t)n_bytes);
	return read->record;
}

struct found found_by(
	void (*probe)(const struct alm_check_subject *), const struct almanac_cell *cell, int seed)
{
	FILE *file = tmpfile();
	struct alm_check_log log = {.fd = fileno(file)};
	struct alm_check_subject subject = {.cell = cell, .seed = (uint64_t)seed, .log = &log};
	cr_assert_eq(alm_pool_new(2, &subject.pool, NULL), ALM_OK);
	probe(&subject);
	alm_pool_free(subject.pool);
	size_t n_bytes = (size_t)lseek(log.fd, 0, SEEK_END);
	struct found found = {.n = (int)(n_bytes / sizeof *found.record),
		.n_failed = log.n_failed,
		.record = read_all(log.fd, n_bytes)};
	fclose(file);
	return found;
}

const struct alm_check_record *failed_of(const struct found *found, const char *name)
{
	for (int i = 0; i < found->n; i++)
		if (found->record[i].kind == ALM_CHECK_FAILED && strstr(found->record[i].name, name))
			return &found->record[i];
	return NULL;
}

void expect_failed(const struct found *found, const char *name, const char *words)
{
	const struct alm_check_record *failed = failed_of(found, name);
	cr_assert(failed, "nothing failed that is called '%s'", name);
	cr_assert(strstr(failed->detail, words) || strstr(failed->advice, words), "%s: %s (%s)", failed->name,
		failed->detail, failed->advice);
}

void expect_all_passed(const struct found *found)
{
	for (int i = 0; i < found->n; i++)
		cr_expect_neq(found->record[i].kind, ALM_CHECK_FAILED, "%s: %s (%s)", found->record[i].name,
			found->record[i].detail, found->record[i].advice);
	cr_assert_eq(found->n_failed, 0);
}
