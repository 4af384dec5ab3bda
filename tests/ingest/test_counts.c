/* What an ingest says of its rows, and what it leaves, beside a model that keeps everything in memory. */
#include <criterion/criterion.h>
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/rng.h"
#include "ingest/guest.h"

TestSuite(counts, .init = guest_begin, .fini = guest_end, .timeout = 120);

#define SERIES  2
#define TIMES   14
#define ROWS    40
#define INGESTS 6
#define SEEDS   60

/* A key of the dataset: what an ingest before left, and what this one has made of it. */
struct key {
	bool before, now, taken;
	double value_before, value_now, sum;
	int n_taken; /* rows of this ingest */
};

static struct key keys[SERIES][TIMES];

static void take(struct key *key, double value, enum alm_on_duplicate policy)
{
	key->n_taken++;
	key->sum += value;
	bool first = key->n_taken == 1;
	key->now = true;
	if (policy == ALM_DUPLICATE_MEAN)
		key->value_now = key->sum / key->n_taken;
	else if (first || policy == ALM_DUPLICATE_LAST)
		key->value_now = value;
}

static uint64_t pick(uint64_t seed, uint64_t stream, uint64_t at, uint64_t n)
{
	return alm_rng_bits(seed, stream, at) % n;
}

/* Rows of one ingest: in order of time, from a time on, or in any order; with holes and repetitions. */
static void write_rows(uint64_t seed, uint64_t ingest, enum alm_on_duplicate policy, char *text, size_t room)
{
	size_t used = (size_t)snprintf(text, room, "s,time,x\n");
	uint64_t order = pick(seed, 100 + ingest, 0, 3), from = pick(seed, 100 + ingest, 1, TIMES);
	for (uint64_t row = 0; row < ROWS; row++) {
		uint64_t series = pick(seed, 200 + ingest, row, SERIES), time = row * TIMES / ROWS;
		if (order == 1)
			time = from + row * TIMES / ROWS;
		else if (order == 2)
			time = pick(seed, 300 + ingest, row, TIMES);
		double value = (double)pick(seed, 400 + ingest, row, 2);
		if (time >= TIMES)
			continue;
		used += (size_t)snprintf(
			text + used, room - used, "%c,%d,%g\n", 'a' + (char)series, (int)time * 60, value);
		take(&keys[series][time], value, policy);
	}
}

static void expect_counts(uint64_t seed, uint64_t ingest)
{
	uint64_t inserted = 0, updated = 0, unchanged = 0, duplicates = 0;
	for (int i = 0; i < SERIES * TIMES; i++) {
		struct key *key = &keys[i / TIMES][i % TIMES];
		if (key->n_taken == 0)
			continue;
		bool same = key->before && key->value_before == key->value_now;
		inserted += !key->before;
		unchanged += same;
		updated += key->before && !same;
		duplicates += (uint64_t)key->n_taken - 1;
	}
	const struct alm_ingest_summary *found = &guest.summary;
	cr_assert(found->n_inserted == inserted && found->n_updated == updated &&
			  found->n_unchanged == unchanged && found->n_duplicates == duplicates,
		"seed %d, ingest %d: %d new, %d changed, %d as they were, %d again; found %d, %d, %d, %d",
		(int)seed, (int)ingest, (int)inserted, (int)updated, (int)unchanged, (int)duplicates,
		(int)found->n_inserted, (int)found->n_updated, (int)found->n_unchanged,
		(int)found->n_duplicates);
}

/* The dump of what the model holds; the ingest is over. */
static void expect_rows(void)
{
	char dump[4096] = "x\n";
	size_t used = strlen(dump);
	for (int i = 0; i < SERIES * TIMES; i++) {
		struct key *key = &keys[i / TIMES][i % TIMES];
		if (key->now)
			used += (size_t)snprintf(dump + used, sizeof dump - used, "%c|%d|%g\n",
				'a' + i / TIMES, i % TIMES * 60, (double)(float)key->value_now);
		*key = (struct key){.before = key->now,
			.now = key->now,
			.value_before = key->value_now,
			.value_now = key->value_now};
	}
	guest_holds(dump);
}

static void try_policy(enum alm_on_duplicate policy, uint64_t seed)
{
	static char text[ROWS * 32];
	memset(keys, 0, sizeof keys);
	for (uint64_t ingest = 0; ingest < INGESTS; ingest++) {
		write_rows(seed, ingest, policy, text, sizeof text);
		guest_good(text, &(struct alm_ingest_options){.series = "s", .on_duplicate = policy});
		expect_counts(seed, ingest);
		expect_rows();
	}
}

/* A dataset of its own for every seed. */
static void try_seeds(enum alm_on_duplicate policy)
{
	for (uint64_t seed = 1; seed <= SEEDS; seed++) {
		try_policy(policy, seed);
		guest_end();
		memset(&guest, 0, sizeof guest);
		guest_begin();
	}
}

Test(counts, are_right_when_the_last_row_of_a_time_counts)
{
	try_seeds(ALM_DUPLICATE_LAST);
}

Test(counts, are_right_when_the_first_row_of_a_time_counts)
{
	try_seeds(ALM_DUPLICATE_FIRST);
}

Test(counts, are_right_when_the_mean_of_a_time_counts)
{
	try_seeds(ALM_DUPLICATE_MEAN);
}
