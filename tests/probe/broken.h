/*
 * A good cell to break one thing at a time of: two gates, two states, a parameter, an option, saved values.
 *
 *      a = sigmoid(pre_a + p k')    k = k' + a (pre_x - k')    y = tanh(k)        states y, k; saved a, y
 */
#ifndef TESTS_CHECK_BROKEN_H
#define TESTS_CHECK_BROKEN_H
#include "probe/probe.h"

extern const struct almanac_cell good_cell;

/* Its functions, for those that do something besides. */
void good_forward(const struct almanac_forward *s);
void good_backward(const struct almanac_backward *s);

/* The log of a probe. */
struct found {
	int n, n_failed;
	struct alm_check_record *record; /* [n]; lives until the test's process ends */
};

/* Runs a probe with a seed. */
struct found found_by(
	void (*probe)(const struct alm_check_subject *), const struct almanac_cell *cell, int seed);

/* The first failed record whose name holds `name`, or NULL. */
const struct alm_check_record *failed_of(const struct found *found, const char *name);

/* Fails the test unless there is a failed record with that in its name and that in its detail or advice. */
void expect_failed(const struct found *found, const char *name, const char *words);

/* Fails the test, listing them, if there are failed records. */
void expect_all_passed(const struct found *found);

#endif
