/* An epoch of training: its steps, and what is found wrong with them. */
#include <math.h>
#include "base/rng.h"
#include "train/trainer_part.h"

#define GROWTH_MAX 10 /* times the loss that an epoch may grow by */

/* Random streams of the order of windows: this one plus the epoch. */
#define STREAM_ORDER UINT64_C(0x0de40000)

/* Whether a further step would leave no time to validate within the budget. */
static bool budget_spent(const struct trainer *trainer)
{
	double budget = trainer->options->time_budget_s;
	return budget > 0 && trainer->now.n_steps > 0 && elapsed_s(trainer) + trainer->now.valid_s >= budget;
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

enum alm_status alm_trainer_epoch(struct trainer *trainer, struct epoch *epoch, struct alm_error *err)
{
	size_t batch = (size_t)trainer->options->batch;
	for (size_t first = 0; first < trainer->epoch_windows && !epoch->cut; first += batch) {
		if (alm_stopped(trainer->options->reporter))
			return alm_fail(err, ALM_INTERRUPTED,
				"training was stopped in epoch %d; no version was stored", epoch->number);
		enum alm_status status = step(trainer, draw(trainer, epoch->number, first), epoch, err);
		if (status != ALM_OK)
			return status;
		alm_trainer_report(trainer, epoch);
		epoch->cut = budget_spent(trainer);
	}
	if (epoch->train.n == 0)
		return alm_fail(err, ALM_BAD_DATA, "no target is observed in the training part");
	enum alm_status status = check_growth(trainer, epoch, err);
	return status == ALM_OK ? validate(trainer, epoch, err) : status;
}
