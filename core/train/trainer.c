#include "train/trainer.h"
#include <math.h>
#include <stdio.h>
#include <string.h>
#include "base/arena.h"
#include "base/rng.h"
#include "train/batch.h"

/* Times the guard goes back before it gives up. */
#define RESTARTS_MAX 2
#define GROWTH_MAX   10 /* times the loss that an epoch may grow by */

/* Random streams of the order of windows: this one plus the epoch. */
#define STREAM_ORDER UINT64_C(0x0de40000)

struct trainer {
	struct alm_network *network;
	const struct alm_windows *train, *valid;
	const struct alm_train_options *options;
	struct alm_batch batch;
	struct alm_optim optim;
	struct alm_arena arena; /* holds the six below */
	float *best;            /* [n_floats] weights of the best epoch */
	float *best_slots;      /* [n_slots][n_floats] and the optimiser's state with them */
	float *good;            /* [n_floats] weights at the start of the epoch */
	float *good_slots;      /* [alm_optim_slots][n_floats] and the optimiser's state with them */
	struct alm_train_numbers now, good_numbers; /* as training stands, and as it stood with them */
	size_t *index;                              /* [batch] windows of a batch */
	char detail[128];                           /* of the progress line */
	size_t n_samples;                           /* of the training part */
	size_t epoch_windows;                       /* samples of one epoch */
	int64_t planned_steps;
	double start_s; /* when training began, less what it had used before */
	double kept_s;  /* when the keeper last got a state */
	bool stopped_early, budget_used;
};

/* What an epoch came to. */
struct epoch {
	int number;
	struct alm_batch_loss train;
	double first_loss; /* of its first step */
	double valid_loss;
	bool cut; /* by the time budget */
};

static size_t n_floats(const struct trainer *trainer)
{
	return trainer->network->params.n_floats;
}

static size_t slots_bytes(const struct trainer *trainer)
{
	return (size_t)alm_optim_slots(&trainer->options->optimizer) * n_floats(trainer) * sizeof(float);
}

static enum alm_status init_buffers(struct trainer *trainer, struct alm_error *err)
{
	size_t weights = n_floats(trainer) * sizeof(float), slots = slots_bytes(trainer);
	size_t index = (size_t)trainer->options->batch * sizeof *trainer->index;
	enum alm_status status = alm_arena_init(&trainer->arena,
		2 * alm_arena_cost(weights) + 2 * alm_arena_cost(slots) + alm_arena_cost(index), err);
	if (status != ALM_OK)
		return status;
	trainer->best = alm_arena_take(&trainer->arena, weights);
	trainer->best_slots = alm_arena_take(&trainer->arena, slots);
	trainer->good = alm_arena_take(&trainer->arena, weights);
	trainer->good_slots = alm_arena_take(&trainer->arena, slots);
	trainer->index = alm_arena_take(&trainer->arena, index);
	return ALM_OK;
}

static enum alm_status init(struct trainer *trainer, const struct alm_feed *feed, struct alm_error *err)
{
	const struct alm_train_options *options = trainer->options;
	trainer->n_samples = trainer->train->n * (size_t)alm_feed_samples(feed);
	trainer->epoch_windows = trainer->n_samples;
	if (options->epoch_windows > 0 && (uint64_t)options->epoch_windows < trainer->n_samples)
		trainer->epoch_windows = (size_t)options->epoch_windows;
	size_t batch = (size_t)options->batch;
	trainer->planned_steps =
		(int64_t)((trainer->epoch_windows + batch - 1) / batch) * (int64_t)options->epochs;
	trainer->now.rate = options->rate;
	trainer->now.best_loss = INFINITY;
	struct alm_batch_spec spec = {.network = trainer->network,
		.feed = feed,
		.objective = options->objective,
		.pool = options->pool,
		.max_rows = options->batch,
		.shard = options->shard};
	enum alm_status status = alm_batch_init(&trainer->batch, &spec, err);
	if (status == ALM_OK)
		status = alm_optim_init(
			&trainer->optim, &options->optimizer, n_floats(trainer), options->pool, err);
	return status == ALM_OK ? init_buffers(trainer, err) : status;
}

static void release(struct trainer *trainer)
{
	alm_batch_release(&trainer->batch);
	alm_optim_release(&trainer->optim);
	alm_arena_release(&trainer->arena);
}

/* Steps of this training. The optimiser may have come with earlier ones, which its own rule counts on. */
static int64_t steps_done(const struct trainer *trainer)
{
	const struct alm_moments *warm = trainer->options->warm;
	return trainer->optim.n_steps - (warm ? warm->steps : 0);
}

static double elapsed_s(const struct trainer *trainer)
{
	return alm_monotonic_s() - trainer->start_s;
}

/* Whether a further step would leave no time to validate within the budget. */
static bool budget_spent(const struct trainer *trainer)
{
	double budget = trainer->options->time_budget_s;
	return budget > 0 && trainer->now.n_steps > 0 && elapsed_s(trainer) + trainer->now.valid_s >= budget;
}

static void report(struct trainer *trainer, const struct epoch *epoch)
{
	const struct alm_train_options *options = trainer->options;
	if (!options->reporter || !options->reporter->progress)
		return;
	double elapsed = elapsed_s(trainer), steps = (double)steps_done(trainer);
	double fraction = steps / (double)trainer->planned_steps;
	if (options->time_budget_s > 0 && elapsed / options->time_budget_s > fraction)
		fraction = fmin(1, elapsed / options->time_budget_s);
	int n = snprintf(trainer->detail, sizeof trainer->detail, "epoch %d/%d  loss %.4f", epoch->number,
		options->epochs, epoch->train.n ? epoch->train.sum / (double)epoch->train.n : NAN);
	if (isfinite(trainer->now.best_loss))
		snprintf(trainer->detail + n, sizeof trainer->detail - (size_t)n, "  best %.4f",
			trainer->now.best_loss);
	alm_progress(options->reporter,
		&(struct alm_progress){.stage = "train",
			.fraction = fraction,
			.done = (uint64_t)trainer->now.n_windows,
			.unit = "windows",
			.rate_per_s = elapsed > 0 ? (double)trainer->now.n_windows / elapsed : 0,
			.left_s = fraction > 0 ? elapsed * (1 - fraction) / fraction : -1,
			.detail = trainer->detail});
}

/* The windows of the epoch's batch that begins at `first`: part of a permutation of all of them. */
static int draw(struct trainer *trainer, int epoch, size_t first)
{
	size_t left = trainer->epoch_windows - first, most = (size_t)trainer->options->batch;
	int n = (int)(left < most ? left : most);
	for (int i = 0; i < n; i++)
		trainer->index[i] = alm_rng_permute(trainer->options->seed, STREAM_ORDER + (uint64_t)epoch,
			trainer->n_samples, first + (size_t)i);
	return n;
}

static enum alm_status not_finite(
	const struct trainer *trainer, int epoch, double loss, struct alm_error *err)
{
	const struct alm_tensor *tensor =
		alm_params_not_finite(&trainer->network->params, trainer->optim.gradient);
	if (tensor)
		return alm_fail(err, ALM_DIVERGED, "gradient of %s is not finite at step %lld (epoch %d)",
			tensor->name, (long long)steps_done(trainer) + 1, epoch);
	return alm_fail(err, ALM_DIVERGED, "loss is %g at step %lld (epoch %d)", loss,
		(long long)steps_done(trainer) + 1, epoch);
}

/*
 * Weights that a rate too high has thrown far away may be finite and of no use. A loss that is ten times what it was, in an
 * epoch and not only in a step, is that; one near zero, or a likelihood's below it, may rise by as much as ten.
 */
static enum alm_status check_growth(
	const struct trainer *trainer, const struct epoch *epoch, struct alm_error *err)
{
	double before = epoch->number == 1 ? epoch->first_loss : trainer->now.train_loss;
	double loss = epoch->train.sum / (double)epoch->train.n;
	if (loss <= before + GROWTH_MAX * fmax(1, fabs(before)))
		return ALM_OK;
	return alm_fail(err, ALM_DIVERGED, "loss is %g in epoch %d, and was %g", loss, epoch->number, before);
}

/* The learning rate of the next step. */
static double rate_of(const struct trainer *trainer, int epoch)
{
	const struct alm_train_options *options = trainer->options;
	struct alm_schedule_point point = {.epoch = epoch - 1,
		.plateaus = (int)trainer->now.plateaus,
		.every = options->schedule_epochs,
		.factor = options->schedule_factor};
	return trainer->now.rate * alm_schedule_share(options->schedule, steps_done(trainer),
					   trainer->planned_steps, options->warmup, point);
}

/* One optimiser step on the n windows of the index. */
static enum alm_status step(struct trainer *trainer, int n, struct epoch *epoch, struct alm_error *err)
{
	struct alm_optim *optim = &trainer->optim;
	const struct alm_noise noise = {
		.seed = trainer->options->seed, .step = (uint64_t)trainer->now.n_steps};
	struct alm_batch_loss loss =
		alm_batch_gradient(&trainer->batch, trainer->train, trainer->index, n, &noise);
	double norm = alm_optim_reduce(optim, trainer->batch.gradients, alm_batch_shards(&trainer->batch, n),
		loss.n ? 1 / (double)loss.n : 0);
	if (!isfinite(loss.sum) || !isfinite(norm))
		return not_finite(trainer, epoch->number, loss.sum, err);
	alm_optim_step(optim, trainer->network->values, norm, rate_of(trainer, epoch->number));
	alm_network_pack(trainer->network);
	if (epoch->train.n == 0 && loss.n > 0)
		epoch->first_loss = loss.sum / (double)loss.n;
	epoch->train.sum += loss.sum;
	epoch->train.n += loss.n;
	trainer->now.n_steps++;
	trainer->now.n_windows += n;
	return ALM_OK;
}

/* Where an average is kept, it is what forecasts: into the network with it, and out again. */
static void exchange(struct trainer *trainer)
{
	if (trainer->options->optimizer.average == 0)
		return;
	alm_optim_exchange(&trainer->optim, trainer->network->values);
	alm_network_pack(trainer->network);
}

static enum alm_status validate(struct trainer *trainer, struct epoch *epoch, struct alm_error *err)
{
	double began = alm_monotonic_s();
	exchange(trainer);
	struct alm_batch_loss loss = alm_batch_evaluate(&trainer->batch, trainer->valid, 0,
		trainer->valid->n * (size_t)alm_feed_samples(trainer->batch.spec.feed));
	exchange(trainer);
	trainer->now.valid_s = alm_monotonic_s() - began;
	epoch->valid_loss = loss.n ? loss.sum / (double)loss.n : NAN;
	if (!isfinite(loss.sum))
		return alm_fail(err, ALM_DIVERGED, "validation loss is %g after step %lld (epoch %d)",
			loss.sum, (long long)steps_done(trainer), epoch->number);
	return ALM_OK;
}

static enum alm_status run_epoch(struct trainer *trainer, struct epoch *epoch, struct alm_error *err)
{
	size_t batch = (size_t)trainer->options->batch;
	for (size_t first = 0; first < trainer->epoch_windows && !epoch->cut; first += batch) {
		if (alm_stopped(trainer->options->reporter))
			return alm_fail(err, ALM_INTERRUPTED,
				"training was stopped in epoch %d; no version was stored", epoch->number);
		enum alm_status status = step(trainer, draw(trainer, epoch->number, first), epoch, err);
		if (status != ALM_OK)
			return status;
		report(trainer, epoch);
		epoch->cut = budget_spent(trainer);
	}
	if (epoch->train.n == 0)
		return alm_fail(err, ALM_BAD_DATA, "no target is observed in the training part");
	enum alm_status status = check_growth(trainer, epoch, err);
	return status == ALM_OK ? validate(trainer, epoch, err) : status;
}

static void remember_good(struct trainer *trainer)
{
	memcpy(trainer->good, trainer->network->values, n_floats(trainer) * sizeof(float));
	memcpy(trainer->good_slots, trainer->optim.slots, slots_bytes(trainer));
	trainer->now.optim_steps = trainer->optim.n_steps;
	trainer->now.seconds = elapsed_s(trainer);
	trainer->good_numbers = trainer->now;
}

/* Weights and optimiser as they were remembered. */
static void take_good(struct trainer *trainer)
{
	memcpy(trainer->network->values, trainer->good, n_floats(trainer) * sizeof(float));
	memcpy(trainer->optim.slots, trainer->good_slots, slots_bytes(trainer));
	trainer->optim.n_steps = trainer->good_numbers.optim_steps;
	alm_network_pack(trainer->network);
}

/* Hands the state of the last epoch's end to the keeper. */
static void keep(struct trainer *trainer)
{
	struct alm_keeper *keeper = trainer->options->keeper;
	struct alm_error why = {0};
	struct alm_train_state state = {.numbers = trainer->good_numbers,
		.n_values = n_floats(trainer),
		.n_slots = slots_bytes(trainer) / sizeof(float),
		.values = trainer->good,
		.slots = trainer->good_slots,
		.best = trainer->best,
		.best_slots = trainer->best_slots};
	trainer->kept_s = alm_monotonic_s();
	if (keeper->keep(keeper, &state, &why) != ALM_OK)
		alm_note(trainer->options->reporter, "training goes on without a checkpoint: %s", why.text);
}

static bool may_keep(const struct trainer *trainer)
{
	return trainer->options->keeper && trainer->good_numbers.epoch > 0;
}

/* Begins where a training of the same shape stood. */
static void resume(struct trainer *trainer, const struct alm_train_state *state)
{
	memcpy(trainer->good, state->values, n_floats(trainer) * sizeof(float));
	memcpy(trainer->good_slots, state->slots, slots_bytes(trainer));
	memcpy(trainer->best, state->best, n_floats(trainer) * sizeof(float));
	memcpy(trainer->best_slots, state->best_slots, slots_bytes(trainer));
	trainer->now = trainer->good_numbers = state->numbers;
	trainer->start_s -= state->numbers.seconds;
	take_good(trainer);
}

/* Begins with the optimiser's state of an earlier training. */
static void warm_up(struct trainer *trainer, const struct alm_moments *warm)
{
	memcpy(trainer->optim.slots, warm->slots, slots_bytes(trainer));
	trainer->optim.n_steps = warm->steps;
}

/* After a value that is not finite, or a loss that grows: back to the start of the epoch with half the rate, or give up. */
static enum alm_status go_back(struct trainer *trainer, struct alm_error *err)
{
	if (trainer->now.n_restarts == RESTARTS_MAX)
		return alm_fail_in(err,
			"training diverged with a rate of %g, twice halved; lower --rate or --clip",
			trainer->now.rate);
	trainer->now.n_restarts++;
	trainer->now.rate /= 2;
	take_good(trainer);
	alm_note(trainer->options->reporter, "%s; back to the last good weights with a rate of %g", err->text,
		trainer->now.rate);
	return ALM_OK;
}

/* Keeps the weights of the best epoch; true when training has gone long enough without a better one. */
static bool keep_best(struct trainer *trainer, const struct epoch *epoch)
{
	struct alm_train_numbers *now = &trainer->now;
	double train_loss = epoch->train.sum / (double)epoch->train.n;
	double loss = trainer->valid->n && isfinite(epoch->valid_loss) ? epoch->valid_loss : train_loss;
	now->epoch = epoch->number;
	if (loss < now->best_loss) {
		now->best_loss = loss;
		now->best_epoch = epoch->number;
		now->train_loss = train_loss;
		now->valid_loss = epoch->valid_loss;
		now->n_worse = 0;
		now->best_steps = trainer->optim.n_steps;
		memcpy(trainer->best, alm_optim_weights(&trainer->optim, trainer->network->values),
			n_floats(trainer) * sizeof(float));
		memcpy(trainer->best_slots, trainer->optim.slots, slots_bytes(trainer));
		return false;
	}
	if (++now->n_worse >= trainer->options->schedule_epochs) {
		now->plateaus++;
		now->n_worse = 0;
	}
	int patience = trainer->options->patience;
	return patience > 0 && epoch->number - now->best_epoch >= patience;
}

/* An epoch, again from its beginning with half the rate when it diverges. */
static enum alm_status run_guarded(struct trainer *trainer, struct epoch *epoch, struct alm_error *err)
{
	enum alm_status status;
	int number = (int)trainer->now.epoch + 1;
	do {
		*epoch = (struct epoch){.number = number};
		status = run_epoch(trainer, epoch, err);
		if (status == ALM_DIVERGED && go_back(trainer, err) != ALM_OK)
			return ALM_DIVERGED;
	} while (status == ALM_DIVERGED);
	return status;
}

static enum alm_status run(struct trainer *trainer, struct alm_error *err)
{
	while (trainer->now.epoch < trainer->options->epochs && !trainer->stopped_early &&
		!trainer->budget_used) {
		struct epoch epoch;
		remember_good(trainer);
		if (may_keep(trainer) &&
			alm_monotonic_s() - trainer->kept_s >= trainer->options->keeper->every_s)
			keep(trainer);
		enum alm_status status = run_guarded(trainer, &epoch, err);
		if (status == ALM_INTERRUPTED && may_keep(trainer))
			keep(trainer);
		if (status != ALM_OK)
			return status;
		trainer->stopped_early = keep_best(trainer, &epoch);
		trainer->budget_used = epoch.cut;
		report(trainer, &epoch);
	}
	memcpy(trainer->network->values, trainer->best, n_floats(trainer) * sizeof(float));
	alm_network_pack(trainer->network);
	struct alm_moments *moments = trainer->options->moments;
	if (moments) {
		moments->steps = trainer->now.best_steps;
		memcpy(moments->slots, trainer->best_slots, slots_bytes(trainer));
	}
	return ALM_OK;
}

static struct alm_train_outcome outcome_of(const struct trainer *trainer)
{
	const struct alm_train_numbers *now = &trainer->now;
	return (struct alm_train_outcome){.epochs = (int)now->epoch,
		.best_epoch = (int)now->best_epoch,
		.n_steps = now->n_steps,
		.n_windows = now->n_windows,
		.train_loss = now->train_loss,
		.valid_loss = now->valid_loss,
		.seconds = elapsed_s(trainer),
		.budget_used = trainer->budget_used,
		.stopped_early = trainer->stopped_early,
		.n_restarts = (int)now->n_restarts};
}

enum alm_status alm_train(struct alm_network *network, const struct alm_feed *feed,
	const struct alm_windows *train, const struct alm_windows *valid,
	const struct alm_train_options *options, struct alm_train_outcome *out, struct alm_error *err)
{
	struct trainer trainer = {.network = network,
		.train = train,
		.valid = valid,
		.options = options,
		.start_s = alm_monotonic_s()};
	trainer.kept_s = trainer.start_s;
	struct alm_error own = {0}; /* the guard passes on what the error says */
	err = err ? err : &own;
	if (train->n == 0)
		return alm_fail(err, ALM_BAD_DATA, "the training part holds no window");
	enum alm_status status = init(&trainer, feed, err);
	if (status == ALM_OK && options->warm)
		warm_up(&trainer, options->warm);
	if (status == ALM_OK && options->resume)
		resume(&trainer, options->resume);
	if (status == ALM_OK)
		status = run(&trainer, err);
	if (status == ALM_OK)
		*out = outcome_of(&trainer);
	release(&trainer);
	return status;
}
