/*
 * Segments (SegRNN, Lin et al., arXiv 2308.11200): a row is one channel's lookback, cut into segments of w steps. Each
 * segment is embedded by a linear layer and ReLU into one step of the recurrence; the horizon is decoded segment by
 * segment at once: every layer makes one more step from its last states, its input the embeddings of the segment's
 * position and of the row's channel.
 *
 * Letters: T segments of the lookback, M of the horizon, R rows, C channels, F inputs of the first layer (even).
 */
#ifndef ALM_NN_SEGMENT_H
#define ALM_NN_SEGMENT_H
#include "base/arena.h"
#include "base/status.h"
#include "nn/dense.h"
#include "nn/params.h"
#include "nn/pass.h"

struct alm_segment_spec {
	int width;       /* w; 0 = no segments */
	int n_positions; /* M */
	int n_channels;  /* C */
};

/* Places of tensors. Plain data. */
struct alm_segment {
	struct alm_segment_spec spec;
	int n_outputs;            /* F */
	struct alm_dense embed;   /* w -> F */
	size_t position, channel; /* offsets: [M][F / 2], [C][F / 2] */
};

/* Declares "embed.W", "embed.b", "position", "channel". ALM_USAGE when F is odd. */
ALM_MUST_CHECK enum alm_status alm_segment_init(struct alm_segment *segment,
	const struct alm_segment_spec *spec, int n_outputs, const struct alm_kernel *kernel,
	struct alm_params *params, size_t *n_packed, struct alm_error *err);

/* The dense layer as any, the embeddings standard normal (as in PyTorch's Embedding). */
void alm_segment_initialise(const struct alm_segment *segment, uint64_t seed, uint64_t stream, float *params);
void alm_segment_pack(const struct alm_segment *segment, const float *params, float *packed);

/* The buffers of one shard. */
struct alm_segment_work {
	float *x;   /* [T][R][embed.ld] w inputs of each segment, written by the caller */
	float *d_y; /* [T][R][F]; training */
};

size_t alm_segment_work_bytes(const struct alm_segment *segment, int n_steps, int max_rows, bool training);
void alm_segment_work_init(struct alm_segment_work *work, const struct alm_segment *segment, int n_steps,
	int max_rows, bool training, struct alm_arena *arena);

/* Embeds all segments into the first layer's inputs, whose rows must be evenly apart over steps. */
void alm_segment_embed(const struct alm_segment *segment, const struct alm_segment_work *work,
	const struct alm_weights *weights, int n_steps, int rows, const struct alm_rows *out);

/* work->d_y holds the gradient of what was embedded, `out` is as embed left it. */
void alm_segment_embed_backward(const struct alm_segment *segment, const struct alm_segment_work *work,
	const struct alm_weights *weights, int n_steps, int rows, const struct alm_rows *out, float *grads);

/* The decoder's inputs: row r * M + m is position m of row r. */
void alm_segment_queries(const struct alm_segment *segment, const float *params, const struct alm_pass *pass,
	const struct alm_rows *out);

/* d_inputs [R * M][F] -> the gradients of the embeddings. */
void alm_segment_queries_backward(
	const struct alm_segment *segment, const struct alm_pass *pass, const float *d_inputs, float *grads);

#endif
