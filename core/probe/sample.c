#include "probe/sample.h"
#include <math.h>
#include <string.h>
#include "base/rng.h"

/* Streams of randomness: those of gates follow, one for each of their numbers. */
enum { OPTIONS, PARAMS, D_NEXT, UNIFORM, GATES };

enum { STEPS = 3 }; /* from zero to the states of a sample */

static uint64_t stream_of(const struct alm_sample *sample, int stream)
{
	return (uint64_t)sample->number << 8 | (uint64_t)stream;
}

static double uniform(const struct alm_sample *sample, int stream, size_t at)
{
	return alm_rng_uniform(sample->seed, stream_of(sample, stream), at);
}

static float option_of(const struct alm_sample *sample, const struct almanac_option *option, int which)
{
	double between = uniform(sample, OPTIONS, (size_t)which);
	const float values[] = {option->value, option->low, option->high,
		option->low + (float)between * (option->high - option->low)};
	return fminf(fmaxf(values[sample->number % 4], option->low), option->high);
}

void alm_sample_params(const struct alm_sample *sample, struct alm_call *call)
{
	float *option = alm_call_open(call, ALM_OPTION), *draws = alm_call_open(call, ALM_UNIFORM);
	for (int i = 0; i < call->cell->n_options; i++)
		option[i] = option_of(sample, &call->cell->options[i], i);
	for (size_t i = 0; i < call->place[ALM_UNIFORM].n; i++)
		draws[i] = (float)(uniform(sample, UNIFORM, i) * 0x1.fffffep-1); /* below 1 as a float too */
	alm_call_run(call, ALM_INIT);
	float *param = alm_call_open(call, ALM_PARAM);
	/* A term with a parameter that begins at zero would not be seen. */
	for (size_t i = 0; i < call->place[ALM_PARAM].n; i++)
		param[i] += (float)(uniform(sample, PARAMS, i) - 0.5);
}

/* Multiples of 1/1024, so that a step of a finite difference away from it is exact. */
static void draw_gates(const struct alm_sample *sample, int stream, const struct alm_call *call,
	enum alm_place place, float *at)
{
	for (size_t i = 0; i < call->place[place].n; i++)
		at[i] = (float)(rint(1024 * sample->scale *
					alm_rng_normal(sample->seed, stream_of(sample, stream), i)) /
				1024);
}

void alm_sample_gates(const struct alm_sample *sample, int stream, struct alm_call *call)
{
	draw_gates(sample, GATES + 2 * stream, call, ALM_PRE, alm_call_open(call, ALM_PRE));
	draw_gates(sample, GATES + 2 * stream + 1, call, ALM_REC, alm_call_open(call, ALM_REC));
}

bool alm_sample_is_first(const struct alm_call *call, int row)
{
	return row == 0 && call->rows > 1;
}

/* A value that the cell leaves out is told by the call that follows: in a state it would spread. */
static void clear_unwritten(struct alm_guard *next)
{
	for (size_t at = alm_guard_unwritten(next, 0); at < next->n; at = alm_guard_unwritten(next, 0))
		next->at[at] = 0;
}

void alm_sample_forward(const struct alm_sample *sample, struct alm_call *call)
{
	struct alm_guard *next = &call->place[ALM_NEXT];
	size_t row_bytes = (size_t)call->units * sizeof(float);
	alm_sample_params(sample, call);
	float *prev = alm_call_open(call, ALM_PREV);
	memset(prev, 0, next->n * sizeof(float));
	for (int step = 0; step < STEPS; step++) {
		alm_sample_gates(sample, 1 + step, call);
		alm_call_run(call, ALM_FORWARD);
		clear_unwritten(next);
		memcpy(alm_call_open(call, ALM_PREV), next->at, next->n * sizeof(float));
	}
	for (int state = 0; state < call->cell->states && alm_sample_is_first(call, 0); state++)
		memset(prev + (size_t)state * (size_t)call->rows * (size_t)call->units, 0, row_bytes);
	alm_sample_gates(sample, 0, call);
}

void alm_sample_d_next(const struct alm_sample *sample, int state, struct alm_call *call)
{
	float *at = alm_call_open(call, ALM_D_NEXT);
	size_t n = call->place[ALM_D_NEXT].n, block = (size_t)call->rows * (size_t)call->units;
	for (size_t i = 0; i < n; i++) {
		double drawn = uniform(sample, D_NEXT, i) - 0.5; /* -1/2 .. 1/2 to -1 .. -1/2 and 1/2 .. 1 */
		bool wanted = state < 0 || i / block == (size_t)state;
		at[i] = wanted ? (float)(drawn < 0 ? drawn - 0.5 : drawn + 0.5) : 0;
	}
}
