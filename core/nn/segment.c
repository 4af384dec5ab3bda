#include "nn/segment.h"
#include <string.h>
#include "base/rng.h"

enum alm_status alm_segment_init(struct alm_segment *segment, const struct alm_segment_spec *spec,
	int n_outputs, const struct alm_kernel *kernel, struct alm_params *params, size_t *n_packed,
	struct alm_error *err)
{
	struct alm_segment made = {.spec = *spec, .n_outputs = n_outputs};
	if (n_outputs % 2 != 0)
		return alm_fail(err, ALM_USAGE,
			"--segment: the first layer has %d units; an even number is needed, half for the "
			"position and half for the channel",
			n_outputs);
	enum alm_status status =
		alm_dense_init(&made.embed, kernel, spec->width, n_outputs, "embed", params, n_packed, err);
	if (status == ALM_OK)
		status = alm_params_add(params, "position", 2, (int64_t[]){spec->n_positions, n_outputs / 2},
			&made.position, err);
	if (status == ALM_OK)
		status = alm_params_add(params, "channel", 2, (int64_t[]){spec->n_channels, n_outputs / 2},
			&made.channel, err);
	if (status == ALM_OK)
		*segment = made;
	return status;
}

void alm_segment_initialise(const struct alm_segment *segment, uint64_t seed, uint64_t stream, float *params)
{
	int half = segment->n_outputs / 2;
	alm_dense_initialise(&segment->embed, seed, stream, params);
	for (int i = 0; i < segment->spec.n_positions * half; i++)
		params[segment->position + (size_t)i] = (float)alm_rng_normal(seed, stream + 1, (uint64_t)i);
	for (int i = 0; i < segment->spec.n_channels * half; i++)
		params[segment->channel + (size_t)i] = (float)alm_rng_normal(seed, stream + 2, (uint64_t)i);
}

void alm_segment_pack(const struct alm_segment *segment, const float *params, float *packed)
{
	alm_dense_pack(&segment->embed, params, packed);
}

size_t alm_segment_work_bytes(const struct alm_segment *segment, int n_steps, int max_rows, bool training)
{
	size_t rows = (size_t)n_steps * (size_t)max_rows;
	return alm_arena_cost(rows * (size_t)segment->embed.ld * sizeof(float)) +
	       (training ? alm_arena_cost(rows * (size_t)segment->n_outputs * sizeof(float)) : 0);
}

void alm_segment_work_init(struct alm_segment_work *work, const struct alm_segment *segment, int n_steps,
	int max_rows, bool training, struct alm_arena *arena)
{
	size_t rows = (size_t)n_steps * (size_t)max_rows;
	work->x = alm_arena_floats(arena, rows * (size_t)segment->embed.ld);
	work->d_y = training ? alm_arena_floats(arena, rows * (size_t)segment->n_outputs) : NULL;
}

void alm_segment_embed(const struct alm_segment *segment, const struct alm_segment_work *work,
	const struct alm_weights *weights, int n_steps, int rows, const struct alm_rows *out)
{
	int n = n_steps * rows;
	alm_dense_forward(&segment->embed, weights->packed, n, work->x, out->at, (int)out->ld);
	for (int row = 0; row < n; row++) {
		float *y = out->at + row * out->ld;
		for (int i = 0; i < segment->n_outputs; i++)
			y[i] = y[i] < 0 ? 0 : y[i]; /* keeps what is not a number */
	}
}

void alm_segment_embed_backward(const struct alm_segment *segment, const struct alm_segment_work *work,
	const struct alm_weights *weights, int n_steps, int rows, const struct alm_rows *out, float *grads)
{
	int n = n_steps * rows;
	for (int row = 0; row < n; row++) {
		const float *y = out->at + row * out->ld;
		float *d_y = work->d_y + (ptrdiff_t)row * segment->n_outputs;
		for (int i = 0; i < segment->n_outputs; i++)
			d_y[i] = y[i] > 0 ? d_y[i] : 0;
	}
	alm_dense_backward(&segment->embed, weights->packed, n, work->x, work->d_y, grads, NULL);
}

void alm_segment_queries(const struct alm_segment *segment, const float *params, const struct alm_pass *pass,
	const struct alm_rows *out)
{
	int half = segment->n_outputs / 2, positions = segment->spec.n_positions;
	size_t n_bytes = (size_t)half * sizeof(float);
	for (int row = 0; row < pass->rows; row++)
		for (int position = 0; position < positions; position++) {
			float *to = alm_rows_at(out, 0, row * positions + position);
			memcpy(to, params + segment->position + (ptrdiff_t)position * half, n_bytes);
			memcpy(to + half, params + segment->channel + (ptrdiff_t)pass->channels[row] * half,
				n_bytes);
		}
}

static void add(int n, const float *restrict from, float *restrict to)
{
	for (int i = 0; i < n; i++)
		to[i] += from[i];
}

void alm_segment_queries_backward(
	const struct alm_segment *segment, const struct alm_pass *pass, const float *d_inputs, float *grads)
{
	int half = segment->n_outputs / 2, positions = segment->spec.n_positions;
	for (int row = 0; row < pass->rows; row++)
		for (int position = 0; position < positions; position++, d_inputs += 2 * half) {
			add(half, d_inputs, grads + segment->position + (ptrdiff_t)position * half);
			add(half, d_inputs + half,
				grads + segment->channel + (ptrdiff_t)pass->channels[row] * half);
		}
}
