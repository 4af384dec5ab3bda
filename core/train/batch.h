/*
 * The loss of a batch of samples and its gradient, computed in fixed shards of rows that the pool's threads share
 * out. Every shard has a gradient and a sum of its own, so which thread computed it leaves no trace; the shard
 * is part of the spec because it is part of the result's bits.
 */
#ifndef ALM_TRAIN_BATCH_H
#define ALM_TRAIN_BATCH_H
#include <stddef.h>
#include "base/arena.h"
#include "base/pool.h"
#include "base/status.h"
#include "nn/loss.h"
#include "nn/network.h"
#include "series/window.h"
#include "train/feed.h"
#include "train/shard.h"

/* A loss and what it needs to know. Nothing here is owned. */
struct alm_objective {
	const struct alm_loss *loss;
	float delta;         /* huber's, scaled units */
	const float *levels; /* [n_levels] quantile's */
	int n_levels;
};

/* Nothing here is owned; all must outlive the batch. */
struct alm_batch_spec {
	const struct alm_network *network;
	const struct alm_feed *feed;
	struct alm_objective objective;
	struct alm_pool *pool;
	int max_rows; /* samples of the largest batch */
	int shard;    /* rows computed together */
};

struct alm_batch {
	struct alm_batch_spec spec;
	int n_workers;
	struct alm_shard *workers; /* [n_workers]; owned */
	struct alm_arena arena;    /* holds the rest */
	float *gradients;          /* [shards][n_floats] */
	double *sums;              /* [shards] loss */
	size_t *counts;            /* [shards] observed targets */
};

/* A sum and the number of observed targets it is over; their quotient is the batch's loss. */
struct alm_batch_loss {
	double sum;
	size_t n;
};

/*
 * Rows of a shard that suit a batch and the units of the widest layer. Narrow layers: as few as products take without a loss, so
 * that what a shard leaves behind of all its steps stays in a cache. Wide ones, whose weights every product reads: twice as many.
 * Fewer where a batch would not make four shards for four threads, which costs one thread up to a tenth. Threads, caches and processor
 * have no say: the order of sums hangs on it.
 */
int alm_batch_rows(int units, int batch);

/* The caller releases. ALM_NO_MEMORY. */
ALM_MUST_CHECK enum alm_status alm_batch_init(
	struct alm_batch *batch, const struct alm_batch_spec *spec, struct alm_error *err);
void alm_batch_release(struct alm_batch *batch);

/* Shards that n samples make: the leading ones of batch->gradients. */
int alm_batch_shards(const struct alm_batch *batch, int n);

/*
 * The loss of the samples index[0..n-1] of the windows, 1 <= n <= max_rows, and the gradient of its sum in
 * batch->gradients, one for each shard. `noise` says where dropout comes from. Allocates nothing.
 */
struct alm_batch_loss alm_batch_gradient(struct alm_batch *batch, const struct alm_windows *windows,
	const size_t *index, int n, const struct alm_noise *noise);

/*
 * The loss of n samples from `first` on, any number of them, without dropout and a gradient: as a forecast is made, so of
 * the last input step only. Allocates nothing.
 */
struct alm_batch_loss alm_batch_evaluate(
	struct alm_batch *batch, const struct alm_windows *windows, size_t first, size_t n);

#endif
