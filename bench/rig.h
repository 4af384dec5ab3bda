/*
 * A network, made-up data and all that a training step or a forecast works on. The one file of the benches that calls
 * the library's series, network and training rooms: when they change, this changes and the benches do not.
 */
#ifndef BENCH_RIG_H
#define BENCH_RIG_H
#include <stddef.h>
#include "shape.h"

struct bench_rig;

/* Both print the reason and end the process when they cannot. Close what is opened. */
struct bench_rig *bench_rig_open(const struct bench_shape *shape);
void bench_rig_close(struct bench_rig *rig);

const struct almanac_cell *bench_rig_cell(const struct bench_rig *rig);

/* Windows computed together: those asked for or, where the shape has 0, those that training chooses. */
int bench_rig_shard(const struct bench_rig *rig);

/* Windows of all series. */
size_t bench_rig_windows(const struct bench_rig *rig);

/*
 * A training step as the trainer does it: windows gathered, forward, backward, gradients added and clipped, Adam, weights
 * packed. Windows are drawn from all series.
 */
void bench_rig_step(struct bench_rig *rig);

/* Training steps until every window of every series was seen once. */
void bench_rig_epoch(struct bench_rig *rig);

/* Only the part of a step that gathers its windows: inputs, targets and masks into the work areas. */
void bench_rig_gather(struct bench_rig *rig);

/* Bytes of the work areas of all threads and of the gradients of all shards: what a batch needs besides its weights. */
size_t bench_rig_scratch(const struct bench_rig *rig);

/* A network that forecasts one window: forward alone, one row, no pool. */
struct bench_forecaster;

struct bench_forecaster *bench_forecaster_open(const struct bench_shape *shape);
void bench_forecaster_close(struct bench_forecaster *forecaster);

/* Sets the tensor of that name ("layer0.W", "head.b"); ends the process when there is none of n values. */
void bench_forecaster_set(
	struct bench_forecaster *forecaster, const char *tensor, const float *values, size_t n);

/* Call after the last bench_forecaster_set. */
void bench_forecaster_pack(struct bench_forecaster *forecaster);

/* inputs [steps][features] -> [BENCH_HORIZON], valid until the next call. */
const float *bench_forecaster_run(struct bench_forecaster *forecaster, const float *inputs);

#endif
