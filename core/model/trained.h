/*
 * A model that can forecast: spec, plan, channels, scaler and network together, and its two ways, into a version
 * of the store and back. Loading runs nothing but the cell, which comes in by name through its own door.
 */
#ifndef ALM_MODEL_TRAINED_H
#define ALM_MODEL_TRAINED_H
#include "base/reporter.h"
#include "base/status.h"
#include "cell/cell.h"
#include "model/build.h"
#include "model/levels.h"
#include "model/plan.h"
#include "model/spec.h"
#include "model/vocabulary.h"
#include "nn/network.h"
#include "series/scaler.h"
#include "store/model.h"
#include "train/feed.h"

/* The data channels of a model in the order of the panel: targets, past, static, future. Nothing is owned. */
struct alm_roles {
	const char *const *names; /* [n] */
	int n, n_targets, n_static, n_future;
	const struct alm_vocabulary *vocabulary; /* of at least n channels; NULL = there are no categories */
	int n_embedded;
	const char *const *embedded; /* [n_embedded] series that have a vector, with --series-embedding */
	int n_joined;
	const char *const *joined; /* [n_joined] channels joined to the calendar's, such as holidays */
};

struct alm_trained {
	struct alm_spec spec; /* as trained: grid step, split instants and shard are filled in */
	struct alm_plan plan;
	int n_channels, n_targets; /* data channels, targets first */
	int n_static;              /* how many do not change in a series, before those known ahead */
	int n_known,
		n_calendar; /* known ahead: the last of them, and behind them the calendar's and those joined */
	struct alm_names joined;            /* names of the latter */
	struct alm_names embedded;          /* series that have a vector, in the order of these */
	char (*channels)[ALM_NAME_MAX + 1]; /* [n_channels] names; owned */
	struct alm_vocabulary vocabulary;   /* of n_channels */
	bool *category; /* [n_channels + n_calendar] those that have words; NULL = none has; owned */
	int *input; /* [n_channels + n_calendar + 1] where the inputs of each begin; NULL = each is one; owned */
	int n_cells;
	struct alm_cell cells[ALM_LAYERS_MAX]; /* the different ones of the layers */
	struct alm_network
		network; /* that runs: the one of all series, or with --per-series the one that was chosen */
	/* [scaler.n_series][params.n_floats] weights of each series' own; NULL = one is for all, or being trained; owned */
	float *networks;
	float levels[ALM_LEVELS_MAX];   /* of the quantiles that are forecast */
	struct alm_objective objective; /* what the network's outputs mean, scaled units */
	struct alm_scaler scaler;       /* over n_channels + n_calendar */
};

/*
 * A model before training: the cells are loaded, the network built with all weights zero, the scaler identity.
 * ALM_UNAVAILABLE and others from the cell; ALM_USAGE. Release the result.
 */
ALM_MUST_CHECK enum alm_status alm_trained_init(struct alm_trained *trained, const struct alm_spec *spec,
	const struct alm_plan *plan, const struct alm_roles *roles, const struct alm_cell_folders *folders,
	struct alm_error *err);
void alm_trained_release(struct alm_trained *trained);

/* How many data channels are known ahead. */
int alm_trained_future(const struct alm_trained *trained);

/*
 * With a network for each series they are numbered as the scaler's series, from 0; without, the one is number 0. How many
 * there are, the weights of one, [params.n_floats], and whose it is ("" = that of all).
 */
int alm_trained_networks(const struct alm_trained *trained);
const float *alm_trained_weights(const struct alm_trained *trained, int number);
const char *alm_trained_owner(const struct alm_trained *trained, int number);

/* Makes a series' own network the one that runs. */
void alm_trained_choose(struct alm_trained *trained, int number);

/* A panel of the shape that the model reads, without any frame. */
struct alm_panel alm_trained_shape(const struct alm_trained *trained);

/*
 * Writes into the panel's frames which scale and which vector of the model is that of their series; how many have no vector
 * is noted. With a network for each series, that of a frame is number scale_row - 1, and frames of series without one are left
 * out: windows that were indexed before are to be indexed again. ALM_NO_MEMORY.
 */
ALM_MUST_CHECK enum alm_status alm_trained_attach(const struct alm_trained *trained, struct alm_panel *panel,
	struct alm_reporter *reporter, struct alm_error *err);

/* Leaves frames out, besides those that are, whose series has no network in a model with one for each. ALM_NO_MEMORY. */
ALM_MUST_CHECK enum alm_status alm_trained_leave_out(
	const struct alm_trained *trained, struct alm_panel *panel, struct alm_error *err);

/*
 * How windows of a panel laid out like the training's reach the network. The panel must have been attached before it is
 * read.
 */
struct alm_feed alm_trained_feed(const struct alm_trained *trained, const struct alm_panel *panel);

/*
 * Fills a version's spec, facts and tensors (ids and numbers are the caller's). Tensors point into `trained`, which must
 * outlive them; the array and the pairs are owned by the version: alm_trained_unsave.
 */
ALM_MUST_CHECK enum alm_status alm_trained_save(
	const struct alm_trained *trained, struct alm_version *out, struct alm_error *err);
void alm_trained_unsave(struct alm_version *version);

/*
 * The model that a version holds. ALM_BAD_CONFIG: its cell has another layout now, or a tensor or fact is missing
 * or of another shape (names it). A cell's file that changed, or another kernel, is noted. Release the result.
 */
ALM_MUST_CHECK enum alm_status alm_trained_load(struct alm_trained *trained,
	const struct alm_version *version, const struct alm_cell_folders *folders,
	struct alm_reporter *reporter, struct alm_error *err);

#endif
