/*
 * A shard: a few samples that go through a network together, with all that one worker needs for it. Training,
 * validation and forecasting load their samples and read their outputs the same way, here.
 */
#ifndef ALM_TRAIN_SHARD_H
#define ALM_TRAIN_SHARD_H
#include <stdbool.h>
#include "base/arena.h"
#include "base/status.h"
#include "nn/network.h"
#include "train/feed.h"

struct alm_shard {
	struct alm_network_work work;
	struct alm_pass pass;       /* of the last load */
	int n_values;               /* forecast by a sample at one step */
	struct alm_arena arena;     /* holds the rest */
	struct alm_sample *samples; /* [max_rows] set by the caller before loading */
	int *lengths, *channels;    /* [max_rows] */
	int *vectors;               /* [max_rows] of each sample's series */
	float *scale;               /* [max_rows][2][channels of the panel] how each was normalised */
	float *base, *gain;         /* [n_values] of one sample and step */
	float *target, *mask;       /* [n_values]; for the caller */
};

/* For shards of up to max_rows samples of feeds shaped like `feed`, with room for n_more steps behind the lookback. */
ALM_MUST_CHECK enum alm_status alm_shard_init(struct alm_shard *shard, const struct alm_network *network,
	const struct alm_feed *feed, int max_rows, int n_more, bool training, struct alm_error *err);
void alm_shard_release(struct alm_shard *shard);

/* Loads the first `rows` samples. */
void alm_shard_load(
	struct alm_shard *shard, const struct alm_network *network, const struct alm_feed *feed, int rows);

/* The same, and runs the network forward; noise as in struct alm_pass. */
void alm_shard_forward(struct alm_shard *shard, const struct alm_network *network,
	const struct alm_feed *feed, int rows, const struct alm_noise *noise);

/* Steps of a row's inputs, and how it was normalised. */
int alm_shard_steps(const struct alm_shard *shard, int row);
struct alm_feed_scale alm_shard_scale(const struct alm_shard *shard, const struct alm_feed *feed, int row);

#endif
