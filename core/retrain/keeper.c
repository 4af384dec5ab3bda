#include "retrain/keeper.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Parts of a hash as they are gathered. */
struct parts {
	struct alm_hash_part *part; /* owned */
	int n, room;
};

static void add(struct parts *parts, const void *bytes, size_t n_bytes)
{
	if (parts->n < parts->room)
		parts->part[parts->n++] = (struct alm_hash_part){bytes, n_bytes};
}

static void add_text(struct parts *parts, const char *text)
{
	add(parts, text, strlen(text) + 1);
}

/* The data as the network sees it: names, grid, values, masks and scales. */
static void add_data(struct parts *parts, const struct alm_prepared *data, const struct alm_trained *trained)
{
	const struct alm_panel *panel = &data->panel;
	const struct alm_scaler *scaler = &trained->scaler;
	size_t channels = (size_t)panel->n_channels;
	size_t scales = (size_t)(1 + scaler->n_series) * (size_t)scaler->n_channels * sizeof(float);
	for (int i = 0; i < panel->n_channels; i++)
		add_text(parts, panel->channels[i]);
	for (int i = 0; i < panel->n_frames; i++) {
		const struct alm_frame *frame = &panel->frames[i];
		add_text(parts, frame->series);
		add(parts, &frame->start_ms, sizeof frame->start_ms);
		add(parts, frame->values, frame->n_rows * channels * sizeof(float));
		add(parts, frame->observed, frame->n_rows * channels);
	}
	for (int channel = 0; channel < trained->vocabulary.n_channels; channel++)
		for (int i = 0; i < trained->vocabulary.words[channel].n; i++)
			add_text(parts, trained->vocabulary.words[channel].name[i]);
	add(parts, scaler->center, scales);
	add(parts, scaler->scale, scales);
	add(parts, &data->train.n, sizeof data->train.n);
	add(parts, &data->valid.n, sizeof data->valid.n);
}

/* Where it begins: the first weights, and what the optimiser brings. */
static void add_start(struct parts *parts, const struct alm_trained *trained, const struct alm_moments *warm)
{
	const struct alm_network *network = &trained->network;
	add(parts, network->values, network->params.n_floats * sizeof(float));
	if (!warm)
		return;
	add(parts, &warm->steps, sizeof warm->steps);
	add(parts, warm->slots, warm->n_slots * sizeof(float));
}

static enum alm_status take_fingerprint(const struct alm_prepared *data, const struct alm_trained *trained,
	const struct alm_moments *warm, char out[static ALM_HASH_TEXT], struct alm_error *err)
{
	struct alm_pairs spec = {0};
	enum alm_status status = alm_spec_pairs(&data->spec, &spec, err);
	if (status != ALM_OK)
		return status;
	int n_words = 0;
	for (int i = 0; i < trained->vocabulary.n_channels; i++)
		n_words += trained->vocabulary.words[i].n;
	struct parts parts = {.room = 24 + 2 * spec.n + data->panel.n_channels + 4 * data->panel.n_frames +
				      2 * trained->n_cells + n_words};
	parts.part = malloc((size_t)parts.room * sizeof *parts.part);
	if (parts.part) {
		add_text(&parts, ALM_VERSION);
		add_text(&parts, trained->network.kernel->name);
		for (int i = 0; i < trained->n_cells; i++)
			add_text(&parts, trained->cells[i].sha256);
		for (int i = 0; i < spec.n; i++) {
			add_text(&parts, spec.pair[i].key);
			add_text(&parts, spec.pair[i].value);
		}
		add_data(&parts, data, trained);
		add_start(&parts, trained, warm);
		alm_hash_parts(parts.part, parts.n, out);
	} else {
		status = alm_fail_memory(err, (size_t)parts.room * sizeof *parts.part);
	}
	free(parts.part);
	alm_pairs_release(&spec);
	return status;
}

/* Bytes of the state of a network that is done: numbers, weights, slots. */
static size_t finished_bytes(size_t n_values, size_t n_slots)
{
	return sizeof(struct alm_train_numbers) + (n_values + n_slots) * sizeof(float);
}

/* A state's place in the buffer: numbers, weights, slots, and the best of both. */
static struct alm_train_state view_of(char *buffer, size_t n_values, size_t n_slots)
{
	float *values = (float *)(void *)(buffer + sizeof(struct alm_train_numbers));
	struct alm_train_state state = {.n_values = n_values,
		.n_slots = n_slots,
		.values = values,
		.slots = values + n_values,
		.best = values + n_values + n_slots,
		.best_slots = values + 2 * n_values + n_slots};
	memcpy(&state.numbers, buffer, sizeof state.numbers);
	return state;
}

static enum alm_status keep(
	struct alm_keeper *self, const struct alm_train_state *state, struct alm_error *err)
{
	struct alm_database_keeper *keeper = (struct alm_database_keeper *)self;
	struct alm_train_state to = view_of(keeper->buffer, state->n_values, state->n_slots);
	memcpy(keeper->buffer, &state->numbers, sizeof state->numbers);
	memcpy(to.values, state->values, state->n_values * sizeof(float));
	memcpy(to.slots, state->slots, state->n_slots * sizeof(float));
	memcpy(to.best, state->best, state->n_values * sizeof(float));
	memcpy(to.best_slots, state->best_slots, state->n_slots * sizeof(float));
	struct alm_checkpoint checkpoint = {.model_id = keeper->model_id,
		.run_id = keeper->run_id,
		.series = keeper->series,
		.epoch = (int)state->numbers.epoch,
		.payload = keeper->buffer,
		.n_bytes = keeper->n_bytes};
	memcpy(checkpoint.fingerprint, keeper->fingerprint, sizeof checkpoint.fingerprint);
	enum alm_status status = alm_db_begin(keeper->db, err);
	if (status != ALM_OK)
		return status;
	status = alm_checkpoint_put(keeper->db, &checkpoint, err);
	if (status == ALM_OK)
		status = alm_db_commit(keeper->db, err);
	if (status == ALM_OK)
		keeper->n_kept = state->numbers.epoch;
	else
		alm_db_rollback(keeper->db);
	return status;
}

enum alm_status alm_finished_keep(struct alm_db *db, int64_t model_id, int64_t run_id,
	const struct alm_finished *finished, struct alm_error *err)
{
	size_t n_values = finished->n_values, n_slots = finished->n_slots;
	size_t n_bytes = finished_bytes(n_values, n_slots);
	char *buffer = malloc(n_bytes);
	if (!buffer)
		return alm_fail_memory(err, n_bytes);
	float *values = (float *)(void *)(buffer + sizeof finished->numbers);
	memcpy(buffer, &finished->numbers, sizeof finished->numbers);
	memcpy(values, finished->values, n_values * sizeof(float));
	memcpy(values + n_values, finished->slots, n_slots * sizeof(float));
	struct alm_checkpoint checkpoint = {.model_id = model_id,
		.run_id = run_id,
		.series = finished->series,
		.epoch = (int)finished->numbers.epoch,
		.payload = buffer,
		.n_bytes = n_bytes};
	memcpy(checkpoint.fingerprint, finished->fingerprint, sizeof checkpoint.fingerprint);
	enum alm_status status = alm_checkpoint_put(db, &checkpoint, err);
	free(buffer);
	return status;
}

/* The stored checkpoint, if it is whole and of this training. */
static enum alm_status look_back(struct alm_database_keeper *keeper, size_t n_values, size_t n_slots,
	struct alm_reporter *reporter, struct alm_error *err)
{
	struct alm_checkpoint stored;
	struct alm_error why = {0};
	enum alm_status status =
		alm_checkpoint_find(keeper->db, keeper->model_id, keeper->series, &stored, &why);
	if (status == ALM_BAD_DATA) {
		keeper->anew = true;
		alm_note(reporter, "training begins anew: %s", why.text);
		return ALM_OK;
	}
	if (status != ALM_OK) {
		if (err)
			*err = why;
		return status;
	}
	keeper->finished = stored.n_bytes == finished_bytes(n_values, n_slots);
	keeper->found = (keeper->finished || stored.n_bytes == keeper->n_bytes) &&
			strcmp(stored.fingerprint, keeper->fingerprint) == 0;
	if (keeper->found) {
		memcpy(keeper->buffer, stored.payload, stored.n_bytes);
		keeper->state = view_of(keeper->buffer, n_values, n_slots);
		keeper->n_kept = stored.epoch;
		if (!keeper->finished)
			alm_note(reporter,
				"going on after epoch %d, where run %lld stopped; --fresh begins anew",
				stored.epoch, (long long)stored.run_id);
	} else if (stored.n_bytes > 0) {
		keeper->anew = true;
		alm_note(reporter,
			"training begins anew: the checkpoint of run %lld is of other settings or data",
			(long long)stored.run_id);
	}
	free(stored.payload);
	return ALM_OK;
}

enum alm_status alm_database_keeper_init(struct alm_database_keeper *keeper, struct alm_db *db,
	int64_t model_id, const char *series, const struct alm_prepared *data,
	const struct alm_trained *trained, const struct alm_moments *warm, size_t n_slots, double every_s,
	bool fresh, struct alm_reporter *reporter, struct alm_error *err)
{
	size_t n_values = trained->network.params.n_floats;
	struct alm_database_keeper made = {
		.base = {.every_s = every_s, .keep = keep}, .db = db, .model_id = model_id, .series = series};
	enum alm_status status = take_fingerprint(data, trained, warm, made.fingerprint, err);
	if (status != ALM_OK)
		return status;
	made.n_bytes = sizeof(struct alm_train_numbers) + 2 * (n_values + n_slots) * sizeof(float);
	made.buffer = malloc(made.n_bytes);
	if (!made.buffer)
		return alm_fail_memory(err, made.n_bytes);
	if (!fresh)
		status = look_back(&made, n_values, n_slots, reporter, err);
	if (status == ALM_OK)
		*keeper = made;
	else
		alm_database_keeper_release(&made);
	return status;
}

void alm_database_keeper_release(struct alm_database_keeper *keeper)
{
	free(keeper->buffer);
	*keeper = (struct alm_database_keeper){0};
}
