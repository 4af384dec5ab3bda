#include "model/trained.h"
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "model/cell_options.h"
#include "time/calendar.h"

static enum alm_status copy_channels(
	struct alm_trained *trained, const struct alm_roles *roles, struct alm_error *err)
{
	size_t n_bytes = (size_t)roles->n * sizeof *trained->channels;
	trained->channels = malloc(n_bytes);
	if (!trained->channels)
		return alm_fail_memory(err, n_bytes);
	for (int i = 0; i < roles->n; i++)
		snprintf(trained->channels[i], sizeof *trained->channels, "%s", roles->names[i]);
	trained->n_channels = roles->n;
	return ALM_OK;
}

static enum alm_status copy_names(
	struct alm_names *names, const char *const *from, int n, struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0, number; status == ALM_OK && i < n; i++) {
		bool added;
		status = alm_names_number(names, from[i], strlen(from[i]), &number, &added, err);
	}
	return status;
}

/* The words of each category, and which inputs are its. */
static enum alm_status take_vocabulary(
	struct alm_trained *trained, const struct alm_vocabulary *from, struct alm_error *err)
{
	int n = trained->n_channels + trained->n_calendar, n_words = 0;
	for (int i = 0; from && i < from->n_channels; i++) /* none of a model without categories */
		n_words += from->words[i].n;
	if (n_words == 0)
		return ALM_OK;
	trained->category = calloc((size_t)n, sizeof *trained->category);
	trained->input = calloc((size_t)n + 1, sizeof *trained->input);
	if (!trained->category || !trained->input)
		return alm_fail_memory(err, (size_t)n * sizeof *trained->input);
	for (int i = 0; i < n; i++) {
		int words = i < trained->n_channels ? from->words[i].n : 0;
		trained->category[i] = words > 0;
		trained->input[i + 1] = trained->input[i] + (words > 0 ? words : 1);
	}
	return alm_vocabulary_copy(&trained->vocabulary, from, err);
}

/* The cell of that name, loaded once. */
static enum alm_status load_cell(struct alm_trained *trained, const struct alm_cell_folders *folders,
	const char *name, const struct almanac_cell **facts, struct alm_error *err)
{
	int i = 0;
	while (i < trained->n_cells && strcmp(trained->cells[i].name, name) != 0)
		i++;
	if (i == trained->n_cells) {
		enum alm_status status = alm_cell_load(folders, name, &trained->cells[i], err);
		if (status != ALM_OK)
			return status;
		trained->n_cells++;
	}
	*facts = &trained->cells[i].facts;
	return ALM_OK;
}

/* The cells of all layers, and what is set of their options: [layers][options]. */
static enum alm_status load_cells(struct alm_trained *trained, const struct alm_layers *layers,
	const struct alm_cell_folders *folders, struct alm_network_spec *network,
	float option[][ALM_CELL_OPTIONS], struct alm_error *err)
{
	enum alm_status status = ALM_OK;
	for (int i = 0; i < layers->n && status == ALM_OK; i++) {
		struct alm_layer_spec *layer = &network->layers[i];
		status = load_cell(trained, folders, layers->layer[i].cell, &layer->cell, err);
		if (status == ALM_OK)
			status =
				alm_cell_options_read(&trained->spec, layers, i, layer->cell, option[i], err);
		layer->option = option[i];
	}
	if (status != ALM_OK)
		return status;
	return alm_cell_options_check(&trained->spec, trained->cells, trained->n_cells, err);
}

static enum alm_status init_network(
	struct alm_trained *trained, const struct alm_cell_folders *folders, struct alm_error *err)
{
	const struct alm_spec *spec = &trained->spec;
	const struct alm_objective *objective = &trained->objective;
	const struct alm_panel shape = alm_trained_shape(trained);
	struct alm_feed feed = alm_trained_feed(trained, &shape);
	struct alm_layers layers;
	enum alm_status status = alm_layers_read(spec, &layers, err);
	if (status == ALM_OK)
		status = alm_build_check(spec, &layers, &feed, err);
	if (status != ALM_OK)
		return status;
	struct alm_network_spec network =
		alm_build_network(spec, &layers, &feed, alm_loss_width(objective->loss, objective->n_levels));
	network.embedding.n = trained->embedded.n;
	float option[ALM_LAYERS_MAX][ALM_CELL_OPTIONS];
	status = load_cells(trained, &layers, folders, &network, option, err);
	return status == ALM_OK ? alm_network_init(&trained->network, &network, alm_kernel_best(), err)
				: status;
}

/* `trained` stays where it is: the network points to its cells, the objective to its levels. */
enum alm_status alm_trained_init(struct alm_trained *trained, const struct alm_spec *spec,
	const struct alm_plan *plan, const struct alm_roles *roles, const struct alm_cell_folders *folders,
	struct alm_error *err)
{
	int n_calendar = (spec->calendar ? ALM_CALENDAR_CHANNELS : 0) + roles->n_joined;
	*trained = (struct alm_trained){.spec = *spec,
		.plan = *plan,
		.n_targets = roles->n_targets,
		.n_static = roles->n_static,
		.n_known = roles->n_future + n_calendar,
		.n_calendar = n_calendar,
		.objective = {.loss = alm_loss_at(spec->loss), .delta = (float)spec->huber_delta}};
	trained->objective.levels = trained->levels;
	enum alm_status status = alm_levels_read(spec, trained->levels, &trained->objective.n_levels, err);
	if (status == ALM_OK)
		status = copy_channels(trained, roles, err);
	if (status == ALM_OK)
		status = copy_names(&trained->joined, roles->joined, roles->n_joined, err);
	if (status == ALM_OK && spec->series_embedding > 0)
		status = copy_names(&trained->embedded, roles->embedded, roles->n_embedded, err);
	if (status == ALM_OK)
		status = take_vocabulary(trained, roles->vocabulary, err);
	if (status == ALM_OK)
		status = init_network(trained, folders, err);
	if (status == ALM_OK)
		status = alm_scaler_init(&trained->scaler, roles->n + n_calendar, NULL, 0, err);
	if (status != ALM_OK)
		alm_trained_release(trained);
	return status;
}

void alm_trained_release(struct alm_trained *trained)
{
	free(trained->channels);
	alm_names_release(&trained->joined);
	alm_names_release(&trained->embedded);
	free(trained->category);
	free(trained->input);
	alm_vocabulary_release(&trained->vocabulary);
	alm_network_release(&trained->network);
	free(trained->networks);
	alm_scaler_release(&trained->scaler);
	*trained = (struct alm_trained){0};
}

enum alm_status alm_trained_attach(const struct alm_trained *trained, struct alm_panel *panel,
	struct alm_reporter *reporter, struct alm_error *err)
{
	const struct alm_names *embedded = &trained->embedded;
	int n_new = 0;
	enum alm_status status = alm_scaler_attach(&trained->scaler, panel, err);
	for (int i = 0; i < panel->n_frames; i++)
		panel->frames[i].left_out = trained->networks && panel->frames[i].scale_row == 0;
	if (status != ALM_OK || embedded->n == 0)
		return status;
	for (int i = 0; i < panel->n_frames; i++) {
		struct alm_frame *frame = &panel->frames[i];
		int number = alm_names_find(embedded, frame->series);
		frame->vector = number + 1;
		n_new += number < 0 && (i == 0 || frame->series != panel->frames[i - 1].series);
	}
	if (n_new > 0)
		alm_note(reporter, "%d series had no window in training: their vector is the mean of all",
			n_new);
	return ALM_OK;
}

enum alm_status alm_trained_leave_out(
	const struct alm_trained *trained, struct alm_panel *panel, struct alm_error *err)
{
	return trained->networks ? alm_scaler_leave_out(&trained->scaler, panel, err) : ALM_OK;
}

int alm_trained_networks(const struct alm_trained *trained)
{
	return trained->networks ? trained->scaler.n_series : 1;
}

const float *alm_trained_weights(const struct alm_trained *trained, int number)
{
	return trained->networks ? trained->networks + (size_t)number * trained->network.params.n_floats
				 : trained->network.values;
}

const char *alm_trained_owner(const struct alm_trained *trained, int number)
{
	return trained->networks ? trained->scaler.series[number] : "";
}

void alm_trained_choose(struct alm_trained *trained, int number)
{
	struct alm_network *network = &trained->network;
	if (!trained->networks)
		return;
	memcpy(network->values, alm_trained_weights(trained, number),
		network->params.n_floats * sizeof(float));
	alm_network_pack(network);
}

int alm_trained_future(const struct alm_trained *trained)
{
	return trained->n_known - trained->n_calendar;
}

struct alm_panel alm_trained_shape(const struct alm_trained *trained)
{
	return (struct alm_panel){.n_channels = trained->n_channels + trained->n_calendar,
		.n_static = trained->n_static,
		.n_known = trained->n_known,
		.n_calendar = trained->n_calendar,
		.category = trained->category};
}

struct alm_feed alm_trained_feed(const struct alm_trained *trained, const struct alm_panel *panel)
{
	struct alm_feed feed = alm_build_feed(&trained->spec, &trained->plan, panel, trained->n_targets);
	feed.scaler = &trained->scaler;
	feed.input = trained->input;
	return feed;
}
