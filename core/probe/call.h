/*
 * The buffers of one call of a cell, each between guards, and the calls themselves. What a call reads is read only while
 * it runs, what it must write is poisoned before: see check/guard.h.
 */
#ifndef ALM_PROBE_CALL_H
#define ALM_PROBE_CALL_H
#include <stdbool.h>
#include <stddef.h>
#include "almanac_cell.h"
#include "base/status.h"
#include "probe/guard.h"

/* A buffer of the contract. */
enum alm_place {
	ALM_PRE,
	ALM_REC,
	ALM_PARAM,
	ALM_OPTION,
	ALM_PREV,
	ALM_NEXT,
	ALM_SAVED,
	ALM_D_NEXT,
	ALM_D_PRE,
	ALM_D_REC,
	ALM_D_PREV,
	ALM_D_PARAM,
	ALM_BIAS,
	ALM_UNIFORM,
	ALM_N_PLACES
};

/* The functions of a cell. */
enum alm_direction { ALM_FORWARD, ALM_BACKWARD, ALM_INIT };

struct alm_call {
	const struct almanac_cell *cell; /* not owned */
	int rows, units;
	struct alm_guard place[ALM_N_PLACES];
	unsigned sealed;         /* bit of a place: it is read only now */
	bool float_mode_changed; /* some call left another floating-point mode; it was put back */
};

/* All buffers zero. Release with alm_call_free. */
ALM_MUST_CHECK enum alm_status alm_call_new(
	struct alm_call *call, const struct almanac_cell *cell, int rows, int units, struct alm_error *err);
void alm_call_free(struct alm_call *call);

/* As in the contract: "d_next". Static. */
const char *alm_place_name(enum alm_place place);

/* Gates, states, saved, parameters, options: how many vectors a place has; 0 where the contract says NULL. */
int alm_place_vectors(const struct almanac_cell *cell, enum alm_place place);

/* Whether a place has its vectors once a row: all but parameters, options, biases and draws. */
bool alm_place_has_rows(enum alm_place place);

/* Whether a call in that direction leaves results in the place, and whether it reads what others have put there. */
bool alm_place_is_written(enum alm_direction direction, enum alm_place place);
bool alm_place_is_read(enum alm_direction direction, enum alm_place place);

/* One value of a place. */
struct alm_spot {
	enum alm_place place;
	int vector, row, unit;
};

/* The value of a vector, row (0 where there are none) and unit. */
float *alm_call_at(const struct alm_call *call, enum alm_place place, int vector, int row, int unit);

/* Which value the at-th float of a place is. */
struct alm_spot alm_call_spot(const struct alm_call *call, enum alm_place place, size_t at);

/* The place as one array, writable from now on until the next call. */
float *alm_call_open(struct alm_call *call, enum alm_place place);

/*
 * Calls the cell: inputs become read only, outputs are poisoned with pattern 0. What is added to or changed begins as the
 * host would have it: d_param at zero, biases and parameters at their declared values (and stay so without an init). Inputs
 * of backward are what the last forward left.
 */
void alm_call_run(struct alm_call *call, enum alm_direction direction);

/* Forward as in forecasting, where saved is NULL. */
void alm_call_forecast(struct alm_call *call);

/*
 * The same without any preparation: places keep their rights, outputs are overwritten, d_param is added to. For many calls
 * in a row by which a trusted input changes.
 */
void alm_call_repeat(const struct alm_call *call, enum alm_direction direction);

/* The same call as the last, d_param zero again. */
void alm_call_run_again(const struct alm_call *call, enum alm_direction direction);

/* Copies all that a call in this direction reads: `to->rows` rows of `from` from `first` on. */
void alm_call_copy(const struct alm_call *from, int first, struct alm_call *to, enum alm_direction direction);

/*
 * Whether all that `of` wrote has the bits that `whole` has from row `first` on; else *spot is the first that has not, by
 * rows of `of`. skipped_row (of `of`; -1 = none) is not looked at. d_param is compared if all rows are.
 */
bool alm_call_is_same(const struct alm_call *whole, int first, const struct alm_call *of,
	enum alm_direction direction, int skipped_row, struct alm_spot *spot);

#endif
