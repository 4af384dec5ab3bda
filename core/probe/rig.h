/*
 * A recurrent layer of the host around a cell, with weights, inputs and weights of its outputs in a loss, all in one
 * mapping: no allocator is asked.
 */
#ifndef ALM_PROBE_RIG_H
#define ALM_PROBE_RIG_H
#include <stdint.h>
#include "nn/recurrent.h"

struct alm_rig_shape {
	int inputs, units, steps, rows;
};

enum { ALM_RIG_TENSORS = 24 }; /* W, b, c, U and sixteen of the cell */

struct alm_rig {
	struct alm_rig_shape shape;
	struct alm_recurrent layer;
	struct alm_params params;
	struct alm_tensor tensors[ALM_RIG_TENSORS];
	struct alm_arena arena; /* of one mapping */
	struct alm_recurrent_work work;
	float *values, *packed, *grads; /* of params; packed for the kernel; of the loss by params */
	float *inputs, *d_inputs;       /* [steps][rows][inputs] */
	float *out, *weights;           /* [steps][rows][units] */
};

/* Everything is drawn from the seed. ALM_NO_MEMORY. Release with alm_rig_free. */
ALM_MUST_CHECK enum alm_status alm_rig_new(struct alm_rig *rig, const struct almanac_cell *cell,
	const struct alm_rig_shape *shape, uint64_t seed, struct alm_error *err);
void alm_rig_free(struct alm_rig *rig);

/* Outputs of `rows` rows from `first` on, to `out` [steps][rows][units]. */
void alm_rig_forward(struct alm_rig *rig, int first, int rows, float *out);

/* After a forward of all rows: grads and d_inputs of the sum of weights x outputs. */
void alm_rig_backward(struct alm_rig *rig);

#endif
