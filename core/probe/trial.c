#include "probe/trial.h"
#include <stdio.h>
#include <string.h>

/* The first tells most of a wrong gradient: all units are tried, rows and units differ, neither is one. */
const struct alm_shape alm_check_shapes[ALM_N_SHAPES] = {{5, 8}, {2, 3}, {1, 1}, {32, 17}, {3, 33}, {2, 64}};

static const char *const directions[] = {"forward", "backward", "init"};

/* The n-th word of a cell's list of names, or its number. */
static void name_of(const char *names, int n, char *text, size_t n_bytes)
{
	for (int i = 0; names && *names; i++) {
		size_t length = strcspn(names, " ");
		if (i == n && length > 0) {
			snprintf(text, n_bytes, "%.*s", (int)length, names);
			return;
		}
		names += length;
		names += strspn(names, " ");
	}
	snprintf(text, n_bytes, "%d", n);
}

void alm_vector_name(
	const struct almanac_cell *cell, enum alm_place place, int vector, char *text, size_t n_bytes)
{
	switch (place) {
	case ALM_PRE:
	case ALM_REC:
	case ALM_D_PRE:
	case ALM_D_REC:
	case ALM_BIAS:
		name_of(cell->gate_names, vector, text, n_bytes);
		return;
	case ALM_PREV:
	case ALM_NEXT:
	case ALM_D_NEXT:
	case ALM_D_PREV:
		name_of(cell->state_names, vector, text, n_bytes);
		return;
	case ALM_PARAM:
	case ALM_D_PARAM:
		snprintf(text, n_bytes, "%s", cell->params[vector].name);
		return;
	case ALM_OPTION:
		snprintf(text, n_bytes, "%s", cell->options[vector].name);
		return;
	case ALM_SAVED:
	case ALM_UNIFORM:
	case ALM_N_PLACES:
		break;
	}
	snprintf(text, n_bytes, "%d", vector);
}

void alm_spot_name(
	const struct almanac_cell *cell, enum alm_place place, int vector, char *text, size_t n_bytes)
{
	bool is_gate = place == ALM_PRE || place == ALM_REC || place == ALM_D_PRE || place == ALM_D_REC ||
		       place == ALM_BIAS;
	bool is_state = place == ALM_PREV || place == ALM_NEXT || place == ALM_D_NEXT || place == ALM_D_PREV;
	char word[32];
	alm_vector_name(cell, place, vector, word, sizeof word);
	snprintf(text, n_bytes, "%s%s %s", alm_place_name(place),
		is_gate    ? " of gate"
		: is_state ? " of state"
			   : "",
		word);
}

void alm_finding_differs(struct alm_finding *finding, const struct alm_call *call,
	const struct alm_spot *spot, double expected, double found)
{
	char name[64];
	size_t used = strlen(finding->detail);
	alm_spot_name(call->cell, spot->place, spot->vector, name, sizeof name);
	snprintf(finding->detail + used, sizeof finding->detail - used,
		"%s, row %d, unit %d: expected %.6g, found %.6g", name, spot->row, spot->unit, expected,
		found);
}

bool alm_finding_no_memory(struct alm_finding *finding)
{
	snprintf(finding->detail, sizeof finding->detail, "not enough memory to try it");
	return false;
}

bool alm_bench_open(struct alm_bench *bench, const struct alm_check_subject *subject,
	enum alm_direction direction, int number)
{
	const struct alm_shape *shape = &alm_check_shapes[number];
	struct alm_error err;
	*bench = (struct alm_bench){.subject = subject,
		.direction = direction,
		.sample = {.seed = subject->seed, .number = number, .scale = 1}};
	enum alm_status status = alm_call_new(&bench->call, subject->cell, shape->rows, shape->units, &err);
	if (status == ALM_OK)
		status = alm_call_new(&bench->other, subject->cell, shape->rows, shape->units, &err);
	if (status != ALM_OK) {
		alm_bench_close(bench);
		alm_check_failed(subject->log, directions[direction], "", "%s", err.text);
		return false;
	}
	alm_check_phase(
		subject->log, "%s: units %d, rows %d", directions[direction], shape->units, shape->rows);
	alm_sample_forward(&bench->sample, &bench->call);
	if (direction != ALM_INIT)
		alm_call_run(&bench->call, ALM_FORWARD);
	if (direction == ALM_BACKWARD)
		alm_sample_d_next(&bench->sample, -1, &bench->call);
	if (direction != ALM_FORWARD)
		alm_call_run(&bench->call, direction);
	return true;
}

void alm_bench_close(struct alm_bench *bench)
{
	alm_call_free(&bench->call);
	alm_call_free(&bench->other);
}

static void record_failure(struct alm_bench *bench, const char *name, const struct alm_finding *finding)
{
	alm_check_failed(bench->subject->log, name, finding->advice, "units %d, rows %d: %s",
		bench->call.units, bench->call.rows, finding->detail);
}

/* Those that have not failed yet, at one shape; false if what is needed fails. */
static bool run_at(struct alm_bench *bench, const struct alm_trial *trials, int n_trials, bool *failed)
{
	for (int i = 0; i < n_trials; i++) {
		struct alm_finding finding = {0};
		char name[64];
		if (failed[i])
			continue;
		snprintf(name, sizeof name, "%s: %s", directions[bench->direction], trials[i].name);
		alm_check_phase(bench->subject->log, "%s", name);
		failed[i] = !trials[i].holds(bench, &finding);
		if (failed[i])
			record_failure(bench, name, &finding);
		if (failed[i] && trials[i].needed)
			return false;
	}
	return true;
}

bool alm_trials_run(const struct alm_check_subject *subject, enum alm_direction direction,
	const struct alm_trial *trials, int n_trials)
{
	bool failed[32] = {false}, complete = true;
	for (int number = 0; number < ALM_N_SHAPES && complete; number++) {
		struct alm_bench bench;
		if (!alm_bench_open(&bench, subject, direction, number))
			return false;
		complete = run_at(&bench, trials, n_trials, failed);
		alm_bench_close(&bench);
	}
	for (int i = 0; i < n_trials; i++) {
		char name[64];
		snprintf(name, sizeof name, "%s: %s", directions[direction], trials[i].name);
		if (complete && !failed[i])
			alm_check_passed(subject->log, name, "%s",
				trials[i].over ? trials[i].over : "units 1, 3, 8, 17, 33 and 64");
	}
	return complete;
}
