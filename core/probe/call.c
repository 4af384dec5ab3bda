#include "probe/call.h"
#include <string.h>
#include "probe/float_mode.h"

/* Whose count gives the vectors of a place. */
enum owner { GATES, STATES, SAVED, PARAMS, OPTIONS, BIASES, DRAWS };

enum {
	FORWARD = 1 << ALM_FORWARD,
	BACKWARD = 1 << ALM_BACKWARD,
	BOTH = FORWARD | BACKWARD,
	INIT = 1 << ALM_INIT
};

/* The contract's table: read and written say in which directions. */
static const struct {
	const char *name;
	enum owner owner;
	unsigned read, written;
} places[ALM_N_PLACES] = {
	[ALM_PRE] = {"pre", GATES, BOTH, 0},
	[ALM_REC] = {"rec", GATES, BOTH, 0},
	[ALM_PARAM] = {"param", PARAMS, BOTH, INIT},
	[ALM_OPTION] = {"option", OPTIONS, BOTH | INIT, 0},
	[ALM_PREV] = {"prev", STATES, BOTH, 0},
	[ALM_NEXT] = {"next", STATES, BACKWARD, FORWARD},
	[ALM_SAVED] = {"saved", SAVED, BACKWARD, FORWARD},
	[ALM_D_NEXT] = {"d_next", STATES, BACKWARD, 0},
	[ALM_D_PRE] = {"d_pre", GATES, 0, BACKWARD},
	[ALM_D_REC] = {"d_rec", GATES, 0, BACKWARD},
	[ALM_D_PREV] = {"d_prev", STATES, 0, BACKWARD},
	[ALM_D_PARAM] = {"d_param", PARAMS, 0, BACKWARD},
	[ALM_BIAS] = {"bias", BIASES, 0, INIT},
	[ALM_UNIFORM] = {"uniform", DRAWS, INIT, 0},
};

const char *alm_place_name(enum alm_place place)
{
	return places[place].name;
}

int alm_place_vectors(const struct almanac_cell *cell, enum alm_place place)
{
	if ((place == ALM_REC || place == ALM_D_REC) && !(cell->flags & ALMANAC_CELL_SPLIT))
		return 0;
	const int counts[] = {[GATES] = cell->gates,
		[STATES] = cell->states,
		[SAVED] = cell->saved,
		[PARAMS] = cell->n_params,
		[OPTIONS] = cell->n_options,
		[BIASES] = cell->gates,
		[DRAWS] = cell->gates + cell->n_params};
	return counts[places[place].owner];
}

bool alm_place_has_rows(enum alm_place place)
{
	return places[place].owner <= SAVED;
}

bool alm_place_is_written(enum alm_direction direction, enum alm_place place)
{
	return places[place].written & 1u << direction;
}

bool alm_place_is_read(enum alm_direction direction, enum alm_place place)
{
	return places[place].read & 1u << direction;
}

/* An option is one number, all else has one a unit. */
static size_t floats_of(const struct almanac_cell *cell, enum alm_place place, int rows, int units)
{
	size_t n = (size_t)alm_place_vectors(cell, place);
	if (places[place].owner == OPTIONS)
		return n;
	return n * (size_t)units * (alm_place_has_rows(place) ? (size_t)rows : 1);
}

enum alm_status alm_call_new(
	struct alm_call *call, const struct almanac_cell *cell, int rows, int units, struct alm_error *err)
{
	*call = (struct alm_call){.cell = cell, .rows = rows, .units = units};
	for (enum alm_place place = 0; place < ALM_N_PLACES; place++) {
		size_t n = floats_of(cell, place, rows, units);
		enum alm_status status = alm_guard_new(&call->place[place], places[place].name, n, err);
		if (status != ALM_OK) {
			alm_call_free(call);
			return status;
		}
		memset(call->place[place].at, 0, n * sizeof(float));
	}
	return ALM_OK;
}

void alm_call_free(struct alm_call *call)
{
	for (enum alm_place place = 0; place < ALM_N_PLACES; place++)
		if (call->place[place].map)
			alm_guard_free(&call->place[place]);
	*call = (struct alm_call){0};
}

float *alm_call_at(const struct alm_call *call, enum alm_place place, int vector, int row, int unit)
{
	ptrdiff_t units = call->units, rows = call->rows, gates = call->cell->gates;
	float *at = call->place[place].at;
	switch (places[place].owner) {
	case GATES:
		return at + (row * gates + vector) * units + unit;
	case STATES:
	case SAVED:
		return at + (vector * rows + row) * units + unit;
	case PARAMS:
	case BIASES:
	case DRAWS:
		return at + vector * units + unit;
	case OPTIONS:
		return at + vector;
	}
	return NULL;
}

struct alm_spot alm_call_spot(const struct alm_call *call, enum alm_place place, size_t at)
{
	int n_vectors = alm_place_vectors(call->cell, place);
	for (int vector = 0; vector < n_vectors; vector++)
		for (int row = 0; row < (alm_place_has_rows(place) ? call->rows : 1); row++) {
			const float *first = alm_call_at(call, place, vector, row, 0);
			ptrdiff_t unit = call->place[place].at + at - first;
			if (unit >= 0 && unit < call->units)
				return (struct alm_spot){place, vector, row, (int)unit};
		}
	return (struct alm_spot){place, 0, 0, 0};
}

/* Changes the rights only where they are others: each change is a system call. */
static void set_sealed(struct alm_call *call, enum alm_place place, bool sealed)
{
	unsigned bit = 1u << place;
	if (!!(call->sealed & bit) == sealed)
		return;
	alm_guard_set_writable(&call->place[place], !sealed);
	call->sealed ^= bit;
}

float *alm_call_open(struct alm_call *call, enum alm_place place)
{
	set_sealed(call, place, false);
	return call->place[place].at;
}

/* NULL where the contract says so. */
static float *given(const struct alm_call *call, enum alm_place place)
{
	return call->place[place].n ? call->place[place].at : NULL;
}

static void call_forward(const struct alm_call *call, float *saved)
{
	call->cell->forward(&(struct almanac_forward){
		.rows = call->rows,
		.units = call->units,
		.pre = given(call, ALM_PRE),
		.rec = given(call, ALM_REC),
		.param = given(call, ALM_PARAM),
		.prev = given(call, ALM_PREV),
		.next = given(call, ALM_NEXT),
		.saved = saved,
		.option = given(call, ALM_OPTION),
	});
}

static void call_backward(const struct alm_call *call)
{
	bool keeps = !(call->cell->flags & ALMANAC_CELL_SAVED_ONLY);
	call->cell->backward(&(struct almanac_backward){
		.rows = call->rows,
		.units = call->units,
		.pre = keeps ? given(call, ALM_PRE) : NULL,
		.rec = keeps ? given(call, ALM_REC) : NULL,
		.param = given(call, ALM_PARAM),
		.prev = given(call, ALM_PREV),
		.next = given(call, ALM_NEXT),
		.saved = given(call, ALM_SAVED),
		.d_next = given(call, ALM_D_NEXT),
		.d_pre = given(call, ALM_D_PRE),
		.d_rec = given(call, ALM_D_REC),
		.d_prev = given(call, ALM_D_PREV),
		.d_param = given(call, ALM_D_PARAM),
		.option = given(call, ALM_OPTION),
	});
}

static void call_init(const struct alm_call *call)
{
	if (call->cell->init)
		call->cell->init(&(struct almanac_init){
			.units = call->units,
			.option = given(call, ALM_OPTION),
			.uniform = given(call, ALM_UNIFORM),
			.bias = given(call, ALM_BIAS),
			.param = given(call, ALM_PARAM),
		});
}

/* Where init begins: at what is declared. */
static void declare(const struct alm_call *call)
{
	const struct almanac_cell *cell = call->cell;
	for (int unit = 0; unit < call->units; unit++) {
		for (int gate = 0; gate < cell->gates; gate++)
			*alm_call_at(call, ALM_BIAS, gate, 0, unit) =
				cell->gate_bias ? cell->gate_bias[gate] : 0;
		for (int i = 0; i < cell->n_params; i++)
			*alm_call_at(call, ALM_PARAM, i, 0, unit) = cell->params[i].init;
	}
}

/* Everything is sealed but what is written. */
static void prepare(struct alm_call *call, enum alm_direction direction)
{
	for (enum alm_place place = 0; place < ALM_N_PLACES; place++) {
		struct alm_guard *guard = &call->place[place];
		bool written = alm_place_is_written(direction, place);
		set_sealed(call, place, !written);
		if (written && place == ALM_D_PARAM)
			memset(guard->at, 0, guard->n * sizeof(float));
		else if (written && direction != ALM_INIT)
			alm_guard_poison(guard, 0);
	}
	if (direction == ALM_INIT)
		declare(call);
}

void alm_call_run(struct alm_call *call, enum alm_direction direction)
{
	struct alm_float_mode before;
	prepare(call, direction);
	alm_float_mode_get(&before);
	alm_call_repeat(call, direction);
	call->float_mode_changed |= alm_float_mode_restore(&before) != ALM_FLOAT_SAME;
}

void alm_call_forecast(struct alm_call *call)
{
	struct alm_float_mode before;
	prepare(call, ALM_FORWARD);
	set_sealed(call, ALM_SAVED, true);
	alm_float_mode_get(&before);
	call_forward(call, NULL);
	call->float_mode_changed |= alm_float_mode_restore(&before) != ALM_FLOAT_SAME;
}

void alm_call_repeat(const struct alm_call *call, enum alm_direction direction)
{
	switch (direction) {
	case ALM_FORWARD:
		call_forward(call, given(call, ALM_SAVED));
		break;
	case ALM_BACKWARD:
		call_backward(call);
		break;
	case ALM_INIT:
		call_init(call);
		break;
	}
}

void alm_call_run_again(const struct alm_call *call, enum alm_direction direction)
{
	if (direction == ALM_BACKWARD)
		memset(call->place[ALM_D_PARAM].at, 0, call->place[ALM_D_PARAM].n * sizeof(float));
	alm_call_repeat(call, direction);
}

void alm_call_copy(const struct alm_call *from, int first, struct alm_call *to, enum alm_direction direction)
{
	size_t n_bytes = (size_t)to->units * sizeof(float);
	for (enum alm_place place = 0; place < ALM_N_PLACES; place++) {
		if (!alm_place_is_read(direction, place))
			continue;
		float *at = alm_call_open(to, place);
		if (!alm_place_has_rows(place))
			memcpy(at, from->place[place].at, to->place[place].n * sizeof(float));
		else
			for (int vector = 0; vector < alm_place_vectors(to->cell, place); vector++)
				for (int row = 0; row < to->rows; row++)
					memcpy(alm_call_at(to, place, vector, row, 0),
						alm_call_at(from, place, vector, first + row, 0), n_bytes);
	}
}

static bool is_same_vector(const struct alm_call *whole, int first, const struct alm_call *of,
	struct alm_spot at, struct alm_spot *spot)
{
	for (at.unit = 0; at.unit < of->units; at.unit++) {
		const void *one = alm_call_at(whole, at.place, at.vector, first + at.row, at.unit);
		const void *other = alm_call_at(of, at.place, at.vector, at.row, at.unit);
		if (memcmp(one, other, sizeof(float)) != 0) {
			*spot = at;
			return false;
		}
	}
	return true;
}

bool alm_call_is_same(const struct alm_call *whole, int first, const struct alm_call *of,
	enum alm_direction direction, int skipped_row, struct alm_spot *spot)
{
	bool all_rows = whole->rows == of->rows && skipped_row < 0;
	for (enum alm_place place = 0; place < ALM_N_PLACES; place++) {
		if (!alm_place_is_written(direction, place) || (place == ALM_D_PARAM && !all_rows))
			continue;
		int rows = alm_place_has_rows(place) ? of->rows : 1;
		for (int vector = 0; vector < alm_place_vectors(of->cell, place); vector++)
			for (int row = 0; row < rows; row++)
				if (row != skipped_row &&
					!is_same_vector(whole, first, of,
						(struct alm_spot){place, vector, row, 0}, spot))
					return false;
	}
	return true;
}
