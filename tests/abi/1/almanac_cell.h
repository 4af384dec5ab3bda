/*
 * almanac_cell.h - the whole contract between Almanac and a recurrent cell.
 *
 * The host owns the loop over time, every matrix product, every buffer and every thread. A cell is two pure
 * functions and a table of facts about them: given what the products brought in, make the next state; given
 * the gradient of the next state, say where it came from.
 *
 *      pre = x_t W + b        rec = h_(t-1) U + c        h = state 0, the layer's output
 *
 * Shapes: float, row-major, no padding, 64-byte aligned. rows = sequences in this shard (1..), units = width
 * of the layer, G/S/K = gates/states/saved as declared. Buffers of one call never overlap. All belong to the
 * host and are valid only during the call; a cell keeps no pointer to any of them.
 *
 * Both functions may run on many threads at once, on different buffers. They cannot fail: what could be wrong
 * is refused, with file, field, expected and found, when the cell is loaded. So: no allocation, I/O,
 * randomness, globals, or change of floating-point mode.
 */
#ifndef ALMANAC_CELL_H
#define ALMANAC_CELL_H
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ALMANAC_CELL_ABI 1 /* the contract this header describes */

enum almanac_cell_flag {
	ALMANAC_CELL_SPLIT = 1 << 0,  /* rec stays apart from pre (GRU's candidate) */
	ALMANAC_CELL_NO_REC = 1 << 1, /* no U: rec is NULL, d_rec is NULL */
	ALMANAC_CELL_SAVED_ONLY =
		1 << 2, /* backward reads neither pre nor rec (both NULL there): the host then
			   keeps one step of them instead of all, and the cache half of that */
};

struct almanac_param {
	const char *name; /* tensor name in the model, [a-z][a-z0-9_]*, not b or c */
	float init;       /* every unit starts here */
};

struct almanac_forward {
	int32_t rows, units;
	const float *pre;   /* in  [rows][G][units]; holds pre + rec unless SPLIT */
	const float *rec;   /* in  [rows][G][units]; NULL unless SPLIT */
	const float *param; /* in  [n_params][units]; NULL when there are none */
	const float *prev;  /* in  [S][rows][units]; zeros at the first step */
	float *next;        /* out [S][rows][units]; next[0] is the output */
	float *saved;       /* out [K][rows][units]; NULL when only forecasting */
};

struct almanac_backward {
	int32_t rows, units;
	const float *pre, *rec, *param, *prev, *next, *saved; /* as forward left them */
	const float *d_next; /* in  [S][rows][units]: from the loss and from step t+1, summed */
	float *d_pre;        /* out [rows][G][units]; the host makes dW, db, dx of it */
	float *d_rec;        /* out [rows][G][units]; NULL unless SPLIT */
	float *d_prev;       /* out [S][rows][units]; not through U: the host adds that */
	float *d_param;      /* add [n_params][units]: += over rows; the host zeroes it once a batch */
};

struct almanac_cell {
	uint32_t size;    /* sizeof(struct almanac_cell) where you compiled; fields are only ever appended */
	uint16_t abi_min; /* oldest contract you need: 1, not the newest you saw */
	uint16_t flags;   /* enum almanac_cell_flag */
	const char *name; /* "gru": what --cell and the model record say; [a-z][a-z0-9_]*, at most 31 bytes */
	const char *version;                    /* yours; a new layout needs a new major */
	const char *summary;                    /* one line for `show cells` */
	int32_t gates, states, saved, n_params; /* G 1..64, S 1..16, K 0..64, 0..16 */
	const float *gate_bias;                 /* [gates] initial b; NULL = zeros */
	const struct almanac_param *params;     /* [n_params] */
	void (*forward)(const struct almanac_forward *s);
	void (*backward)(const struct almanac_backward *s);
};

/* The one symbol a cell exports. Static data: never freed, never changed. */
#if defined(__GNUC__)
__attribute__((visibility("default")))
#endif
const struct almanac_cell *
almanac_cell_v1(void);

#ifdef __cplusplus
}
#endif
#endif
