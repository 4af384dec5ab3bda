#include "probe/gradient.h"
#include <math.h>
#include <string.h>
#include <sys/mman.h>
#include "base/rng.h"

const struct alm_slope alm_slopes[ALM_N_SLOPES] = {
	{ALM_D_PRE, ALM_PRE}, {ALM_D_REC, ALM_REC}, {ALM_D_PREV, ALM_PREV}, {ALM_D_PARAM, ALM_PARAM}};

/* Where a value of a slope lies. */
static size_t index_of(const struct alm_gradient *gradient, const struct alm_at *at)
{
	const struct alm_call *call = gradient->call;
	size_t vectors = (size_t)alm_place_vectors(call->cell, alm_slopes[at->slope].gradient);
	size_t row = ((size_t)at->way * vectors + (size_t)at->vector) * (size_t)call->rows + (size_t)at->row;
	return row * (size_t)gradient->n_picks + (size_t)at->pick;
}

const struct alm_difference *alm_gradient_expected(
	const struct alm_gradient *gradient, const struct alm_at *at)
{
	return &gradient->expected[at->slope][index_of(gradient, at)];
}

double alm_gradient_found(const struct alm_gradient *gradient, const struct alm_at *at)
{
	return (double)gradient->found[at->slope][index_of(gradient, at)];
}

bool alm_gradient_asks(const struct alm_gradient *gradient, int slope, int row)
{
	return !(alm_sample_is_first(gradient->call, row) && alm_slopes[slope].gradient == ALM_D_PREV);
}

double alm_gradient_size(const struct alm_gradient *gradient, int slope, int way, int vector)
{
	double sum = 0;
	int n = 0;
	for (int row = 0; row < gradient->call->rows; row++)
		for (int pick = 0; pick < gradient->n_picks && alm_gradient_asks(gradient, slope, row);
			pick++) {
			const struct alm_difference *expected = alm_gradient_expected(
				gradient, &(struct alm_at){slope, way, vector, row, pick});
			/* One that steps over a pole must not make all the others look small. */
			if (!(expected->spread <= 0.1 * fabs(expected->narrow) + expected->noise + 1e-3))
				continue;
			sum += expected->narrow * expected->narrow;
			n++;
		}
	return n > 0 ? sqrt(sum / n) : 0;
}

/* Of a wide layer the first, the last two (where loops over vectors end) and some between. */
static void choose_picks(struct alm_gradient *gradient, const struct alm_sample *sample)
{
	int units = gradient->call->units;
	gradient->n_picks = units < ALM_MOST_PICKS ? units : ALM_MOST_PICKS;
	for (int i = 0; i < gradient->n_picks; i++)
		gradient->pick[i] = i;
	if (units <= ALM_MOST_PICKS)
		return;
	gradient->pick[ALM_MOST_PICKS - 1] = units - 1;
	gradient->pick[ALM_MOST_PICKS - 2] = units - 2;
	for (int i = 1; i < ALM_MOST_PICKS - 2; i++)
		gradient->pick[i] =
			1 + (int)alm_rng_permute(sample->seed, 77, (uint64_t)units - 3, (uint64_t)i);
}

/* One mapping for everything: no allocator may be asked here. */
static bool reserve(struct alm_gradient *gradient)
{
	const struct alm_call *call = gradient->call;
	size_t ways = (size_t)call->cell->states, rows = (size_t)call->rows, n[ALM_N_SLOPES], all = 0;
	for (int slope = 0; slope < ALM_N_SLOPES; slope++) {
		size_t vectors = (size_t)alm_place_vectors(call->cell, alm_slopes[slope].gradient);
		n[slope] = ways * vectors * rows * (size_t)gradient->n_picks;
		all += n[slope];
	}
	size_t n_moved = ways * rows * (ALM_N_STEPS + 1);
	gradient->n_map_bytes =
		all * (sizeof(struct alm_difference) + sizeof(float)) + n_moved * sizeof(double);
	gradient->map =
		mmap(NULL, gradient->n_map_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (gradient->map == MAP_FAILED)
		return false;
	gradient->moved = gradient->map;
	gradient->noise = gradient->moved + ways * rows * ALM_N_STEPS;
	struct alm_difference *expected = (struct alm_difference *)(gradient->moved + n_moved);
	float *found = (float *)(expected + all);
	for (int slope = 0; slope < ALM_N_SLOPES; slope++) {
		gradient->expected[slope] = expected;
		gradient->found[slope] = found;
		expected += n[slope];
		found += n[slope];
	}
	return true;
}

void alm_gradient_free(struct alm_gradient *gradient)
{
	munmap(gradient->map, gradient->n_map_bytes);
	*gradient = (struct alm_gradient){0};
}

/*
 * What d_next makes of the change of a row's state [units]: its weighted sum, and what rounding may add. A value of
 * forward is good to 3e-7 of the state's size, the error of almanac_tanh.
 */
static double weigh(const float *before, const float *after, const float *weight, int units, double *noise)
{
	const double rounding = 3e-7;
	double sum = 0, most = 0, moving = 0;
	for (int unit = 0; unit < units; unit++) {
		double size = fabs((double)before[unit]), by = (double)after[unit] - (double)before[unit];
		most = size > most ? size : most;
		moving += by != 0 ? fabs((double)weight[unit]) : 0;
		sum += (double)weight[unit] * by;
	}
	*noise = fmax(*noise, moving * rounding * most);
	return sum;
}

/* Adds what the n-th step has done to every way and row. */
static void note_step(struct alm_gradient *gradient, const struct alm_call *moved, int step)
{
	const struct alm_call *call = gradient->call;
	for (int i = 0; i < call->cell->states * call->rows; i++) {
		int way = i / call->rows, row = i % call->rows;
		gradient->moved[i * ALM_N_STEPS + step] = weigh(alm_call_at(call, ALM_NEXT, way, row, 0),
			alm_call_at(moved, ALM_NEXT, way, row, 0), alm_call_at(call, ALM_D_NEXT, way, row, 0),
			call->units, &gradient->noise[i]);
	}
}

/* Moves one unit of an input's vector, in all rows at once: they do not see each other. */
static void move(const struct alm_call *call, struct alm_call *other, enum alm_place input, int vector,
	int unit, float by)
{
	int rows = alm_place_has_rows(input) ? call->rows : 1;
	for (int row = 0; row < rows; row++)
		*alm_call_at(other, input, vector, row, unit) =
			*alm_call_at(call, input, vector, row, unit) + by;
}

static void differentiate(
	struct alm_gradient *gradient, struct alm_call *other, int slope, int vector, int pick)
{
	const struct alm_call *call = gradient->call;
	enum alm_place input = alm_slopes[slope].input;
	int n = call->cell->states * call->rows, unit = gradient->pick[pick];
	memset(gradient->noise, 0, (size_t)n * sizeof(double));
	for (int step = 0; step < ALM_N_STEPS; step++) {
		move(call, other, input, vector, unit, alm_steps[step]);
		alm_call_repeat(other, ALM_FORWARD);
		note_step(gradient, other, step);
	}
	move(call, other, input, vector, unit, 0);
	for (int i = 0; i < n; i++) {
		struct alm_at at = {slope, i / call->rows, vector, i % call->rows, pick};
		gradient->expected[slope][index_of(gradient, &at)] =
			alm_difference_of(gradient->moved + (size_t)i * ALM_N_STEPS, 1, gradient->noise[i]);
	}
}

static void measure_forward(struct alm_gradient *gradient, struct alm_call *other)
{
	alm_call_copy(gradient->call, 0, other, ALM_FORWARD);
	alm_call_open(other, ALM_NEXT);
	alm_call_open(other, ALM_SAVED);
	for (int slope = 0; slope < ALM_N_SLOPES; slope++) {
		int vectors = alm_place_vectors(other->cell, alm_slopes[slope].gradient);
		for (int vector = 0; vector < vectors; vector++)
			for (int pick = 0; pick < gradient->n_picks; pick++)
				differentiate(gradient, other, slope, vector, pick);
	}
}

/* Takes over what backward has written of a slope by one way, for rows from `first` to before `end`. */
static void note_found(
	struct alm_gradient *gradient, const struct alm_call *other, int slope, int way, int first, int end)
{
	enum alm_place place = alm_slopes[slope].gradient;
	for (int vector = 0; vector < alm_place_vectors(other->cell, place); vector++)
		for (int row = first; row < end; row++)
			for (int pick = 0; pick < gradient->n_picks; pick++) {
				struct alm_at at = {slope, way, vector, row, pick};
				gradient->found[slope][index_of(gradient, &at)] =
					*alm_call_at(other, place, vector, row, gradient->pick[pick]);
			}
}

void alm_gradient_choose_way(const struct alm_call *call, struct alm_call *other, int way, int only_row)
{
	size_t n_bytes = (size_t)call->units * sizeof(float);
	memset(alm_call_open(other, ALM_D_NEXT), 0, other->place[ALM_D_NEXT].n * sizeof(float));
	for (int row = 0; row < call->rows; row++)
		if (only_row < 0 || row == only_row)
			memcpy(alm_call_at(other, ALM_D_NEXT, way, row, 0),
				alm_call_at(call, ALM_D_NEXT, way, row, 0), n_bytes);
}

static void measure_backward(struct alm_gradient *gradient, struct alm_call *other)
{
	const struct alm_call *call = gradient->call;
	alm_call_copy(call, 0, other, ALM_BACKWARD);
	for (int way = 0; way < call->cell->states; way++) {
		alm_gradient_choose_way(call, other, way, -1);
		alm_call_run(other, ALM_BACKWARD);
		for (int slope = 0; slope < ALM_N_SLOPES - 1; slope++)
			note_found(gradient, other, slope, way, 0, call->rows);
		for (int row = 0; row < call->rows && call->cell->n_params > 0; row++) {
			alm_gradient_choose_way(call, other, way, row);
			alm_call_run(other, ALM_BACKWARD);
			note_found(gradient, other, ALM_N_SLOPES - 1, way, row, row + 1);
		}
	}
}

bool alm_gradient_measure(struct alm_gradient *gradient, struct alm_bench *bench)
{
	*gradient = (struct alm_gradient){.call = &bench->call};
	choose_picks(gradient, &bench->sample);
	if (!reserve(gradient))
		return false;
	measure_forward(gradient, &bench->other);
	measure_backward(gradient, &bench->other);
	return true;
}
