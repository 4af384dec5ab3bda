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
 * The functions may run on many threads at once, on different buffers. They cannot fail: what could be wrong
 * is refused, with file, field, expected and found, when the cell is loaded. So: no allocation, I/O,
 * randomness, globals, or change of floating-point mode. `almanac cell check` tries all of this.
 *
 * Fields marked (2) came with contract 2; a cell that needs them says so in abi_min. docs/cells.md is the guide, and says what
 * may change in this file and what may not.
 */
#ifndef ALMANAC_CELL_H
#define ALMANAC_CELL_H
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

#define ALMANAC_CELL_ABI 2 /* the contract this header describes */

enum almanac_cell_flag {
	ALMANAC_CELL_SPLIT = 1 << 0,  /* rec stays apart from pre (GRU's candidate) */
	ALMANAC_CELL_NO_REC = 1 << 1, /* no U: rec is NULL, d_rec is NULL */
	ALMANAC_CELL_SAVED_ONLY =
		1 << 2, /* backward reads neither pre nor rec (both NULL there): the host then
			   keeps one step of them instead of all, and the cache half of that */
};

/* A vector of one trained value a unit. */
struct almanac_param {
	const char *name; /* tensor name in the model, [a-z][a-z0-9_]*, not b or c */
	float init;       /* every unit starts here, unless init says otherwise */
};

/* (2) A number that a user may set for a layer: --cell-option NAME=VALUE. It is stored with the model. */
struct almanac_option {
	const char *name; /* [a-z][a-z0-9_]* */
	float value;      /* unless it is set */
	float low, high;  /* what is allowed, both included */
	const char *help; /* one line */
};

struct almanac_forward {
	int32_t rows, units;
	const float *pre;    /* in  [rows][G][units]; holds pre + rec unless SPLIT */
	const float *rec;    /* in  [rows][G][units]; NULL unless SPLIT */
	const float *param;  /* in  [n_params][units]; NULL when there are none */
	const float *prev;   /* in  [S][rows][units]; zeros at the first step */
	float *next;         /* out [S][rows][units]; next[0] is the output */
	float *saved;        /* out [K][rows][units]; NULL when only forecasting */
	const float *option; /* in  [n_options]; NULL when there are none (2) */
};

struct almanac_backward {
	int32_t rows, units;
	const float *pre, *rec, *param, *prev, *next, *saved; /* as forward left them */
	const float *d_next; /* in  [S][rows][units]: from the loss and from step t+1, summed */
	float *d_pre;        /* out [rows][G][units]; the host makes dW, db, dx of it */
	float *d_rec;        /* out [rows][G][units]; NULL unless SPLIT */
	float *d_prev;       /* out [S][rows][units]; not through U: the host adds that */
	float *d_param;      /* add [n_params][units]: += over rows; the host zeroes it once a batch */
	const float *option; /* in  [n_options]; NULL when there are none (2) */
};

/* (2) Where training starts, for cells whose biases or parameters differ from unit to unit or follow an option. */
struct almanac_init {
	int32_t units;
	const float *option; /* in  [n_options]; NULL when there are none */
	const float
		*uniform; /* in  [G + n_params][units]: each its own draw from [0, 1), by the model's seed */
	float *bias;      /* in and out [G][units], of b: holds gate_bias */
	float *param;     /* in and out [n_params][units]: holds their init; NULL when there are none */
};

struct almanac_cell {
	uint32_t size;    /* sizeof(struct almanac_cell) where you compiled; fields are only ever appended */
	uint16_t abi_min; /* oldest contract you need: 1 without fields marked (2), not the newest you saw */
	uint16_t flags;   /* enum almanac_cell_flag */
	const char *name; /* "gru": what --cell and the model record say; [a-z][a-z0-9_]*, at most 31 bytes */
	const char *version;                    /* yours; a new layout needs a new major */
	const char *summary;                    /* one line for `show cells` */
	int32_t gates, states, saved, n_params; /* G 1..64, S 1..16, K 0..64, 0..16 */
	const float *gate_bias;                 /* [gates] initial b; NULL = zeros */
	const struct almanac_param *params;     /* [n_params] */
	void (*forward)(const struct almanac_forward *s);
	void (*backward)(const struct almanac_backward *s);
	int32_t n_options;                          /* (2) 0..16 */
	int32_t reserved;                           /* (2) zero */
	const struct almanac_option *options;       /* (2) [n_options] */
	const char *gate_names, *state_names;       /* (2) "i f g o", "h c": for reports; NULL = numbers */
	void (*init)(const struct almanac_init *s); /* (2) NULL = gate_bias and the init of params */
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
