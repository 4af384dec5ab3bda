#include "train/trainer.h"
#include <math.h>
#include <stdio.h>
#include "train/trainer_part.h"

/* Times the guard goes back before it gives up. */
#define RESTARTS_MAX 2

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
	return status == ALM_OK ? alm_trainer_init_kept(trainer, err) : status;
}

static void release(struct trainer *trainer)
{
	alm_batch_release(&trainer->batch);
	alm_optim_release(&trainer->optim);
	alm_arena_release(&trainer->arena);
}

void alm_trainer_report(struct trainer *trainer, const struct epoch *epoch)
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
	alm_trainer_take_back(trainer);
	alm_note(trainer->options->reporter, "%s; back to the last good weights with a rate of %g", err->text,
		trainer->now.rate);
	return ALM_OK;
}

/* An epoch, again from its beginning with half the rate when it diverges. */
static enum alm_status run_guarded(struct trainer *trainer, struct epoch *epoch, struct alm_error *err)
{
	enum alm_status status;
	int number = (int)trainer->now.epoch + 1;
	do {
		*epoch = (struct epoch){.number = number};
		status = alm_trainer_epoch(trainer, epoch, err);
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
		alm_trainer_remember(trainer);
		if (alm_trainer_may_keep(trainer) &&
			alm_monotonic_s() - trainer->kept_s >= trainer->options->keeper->every_s)
			alm_trainer_keep(trainer);
		enum alm_status status = run_guarded(trainer, &epoch, err);
		if (status == ALM_INTERRUPTED && alm_trainer_may_keep(trainer))
			alm_trainer_keep(trainer);
		if (status != ALM_OK)
			return status;
		trainer->stopped_early = alm_trainer_keep_best(trainer, &epoch);
		trainer->budget_used = epoch.cut;
		alm_trainer_report(trainer, &epoch);
	}
	alm_trainer_take_best(trainer);
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
		alm_trainer_resume(&trainer, options->resume);
	if (status == ALM_OK)
		status = run(&trainer, err);
	if (status == ALM_OK)
		*out = outcome_of(&trainer);
	release(&trainer);
	return status;
}
