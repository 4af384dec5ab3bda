/* Weights that are put aside: those of the epoch's start, to go back to and to resume from, and those of the best epoch. */
#include <math.h>
#include "train/trainer_part.h"

enum alm_status alm_trainer_init_kept(struct trainer *trainer, struct alm_error *err)
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

void alm_trainer_remember(struct trainer *trainer)
{
	memcpy(trainer->good, trainer->network->values, n_floats(trainer) * sizeof(float));
	memcpy(trainer->good_slots, trainer->optim.slots, slots_bytes(trainer));
	trainer->now.optim_steps = trainer->optim.n_steps;
	trainer->now.seconds = elapsed_s(trainer);
	trainer->good_numbers = trainer->now;
}

void alm_trainer_take_back(struct trainer *trainer)
{
	memcpy(trainer->network->values, trainer->good, n_floats(trainer) * sizeof(float));
	memcpy(trainer->optim.slots, trainer->good_slots, slots_bytes(trainer));
	trainer->optim.n_steps = trainer->good_numbers.optim_steps;
	alm_network_pack(trainer->network);
}

void alm_trainer_keep(struct trainer *trainer)
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

bool alm_trainer_may_keep(const struct trainer *trainer)
{
	return trainer->options->keeper && trainer->good_numbers.epoch > 0;
}

void alm_trainer_resume(struct trainer *trainer, const struct alm_train_state *state)
{
	memcpy(trainer->good, state->values, n_floats(trainer) * sizeof(float));
	memcpy(trainer->good_slots, state->slots, slots_bytes(trainer));
	memcpy(trainer->best, state->best, n_floats(trainer) * sizeof(float));
	memcpy(trainer->best_slots, state->best_slots, slots_bytes(trainer));
	trainer->now = trainer->good_numbers = state->numbers;
	trainer->start_s -= state->numbers.seconds;
	alm_trainer_take_back(trainer);
}

bool alm_trainer_keep_best(struct trainer *trainer, const struct epoch *epoch)
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

void alm_trainer_take_best(struct trainer *trainer)
{
	memcpy(trainer->network->values, trainer->best, n_floats(trainer) * sizeof(float));
	alm_network_pack(trainer->network);
	struct alm_moments *moments = trainer->options->moments;
	if (moments) {
		moments->steps = trainer->now.best_steps;
		memcpy(moments->slots, trainer->best_slots, slots_bytes(trainer));
	}
}
