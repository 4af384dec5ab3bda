#include "model/cell_options.h"
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* One "name=value" of a list. */
struct setting {
	const char *name;
	int n_name;
	char value[64]; /* "" when there was no '=' */
};

/* Takes the first of the settings, parted by `between`, off the text; false at its end. */
static bool next_setting(const char **text, char between, struct setting *out)
{
	const char ends[] = {between, '\0'};
	if (!**text)
		return false;
	size_t length = strcspn(*text, ends);
	const char *equals = memchr(*text, '=', length), *end = *text + length;
	out->name = *text;
	out->n_name = (int)((equals ? equals : end) - *text);
	snprintf(out->value, sizeof out->value, "%.*s", equals ? (int)(end - equals - 1) : 0,
		equals ? equals + 1 : "");
	*text = end + (*end != '\0');
	return true;
}

static int find_option(const struct almanac_cell *cell, const struct setting *setting)
{
	for (int i = 0; i < cell->n_options; i++)
		if (strlen(cell->options[i].name) == (size_t)setting->n_name &&
			strncmp(cell->options[i].name, setting->name, (size_t)setting->n_name) == 0)
			return i;
	return -1;
}

static enum alm_status read_value(
	const struct almanac_option *option, const struct setting *setting, float *out, struct alm_error *err)
{
	char *end;
	errno = 0;
	float value = strtof(setting->value, &end);
	if (end == setting->value || *end != '\0' || !isfinite(value))
		return alm_fail(err, ALM_USAGE, "--cell-option %s: expected a number, %s=%g, found '%s'",
			option->name, option->name, (double)option->value, setting->value);
	if (value < option->low || value > option->high)
		return alm_fail(err, ALM_USAGE, "--cell-option %s: expected %g..%g, found %s", option->name,
			(double)option->low, (double)option->high, setting->value);
	*out = value;
	return ALM_OK;
}

/* Names of the options of a cell, appended to a message. */
static void add_names(const struct almanac_cell *cell, char *text, size_t room)
{
	for (int i = 0; i < cell->n_options; i++) {
		size_t used = strlen(text);
		snprintf(text + used, room - used, "%s%s", used ? ", " : "", cell->options[i].name);
	}
}

static enum alm_status unknown(
	const char *cell, const struct setting *setting, const char *names, struct alm_error *err)
{
	return alm_fail(err, ALM_USAGE, "--cell-option %.*s: cell '%s' has no such option; it has %s",
		setting->n_name, setting->name, cell, *names ? names : "none");
}

/* What is set for all layers is for those whose cells have it; what a layer says is for its cell. */
static enum alm_status apply(const struct almanac_cell *cell, const char *settings, char between, bool own,
	float *out, struct alm_error *err)
{
	struct setting setting;
	while (next_setting(&settings, between, &setting)) {
		int i = find_option(cell, &setting);
		char names[256] = "";
		add_names(cell, names, sizeof names);
		if (i < 0 && own)
			return alm_fail(err, ALM_USAGE,
				"'%.*s' is neither a setting of layers (dropout, recurrent-dropout, "
				"bidirectional, "
				"skip, layer-norm, trained-state) nor an option of cell '%s' (%s)",
				setting.n_name, setting.name, cell->name, *names ? names : "it has none");
		enum alm_status status =
			i < 0 ? ALM_OK : read_value(&cell->options[i], &setting, &out[i], err);
		if (status != ALM_OK)
			return status;
	}
	return ALM_OK;
}

enum alm_status alm_cell_options_read(const struct alm_spec *spec, const struct alm_layers *layers, int place,
	const struct almanac_cell *cell, float *out, struct alm_error *err)
{
	for (int i = 0; i < cell->n_options; i++)
		out[i] = cell->options[i].value;
	enum alm_status status = apply(cell, spec->cell_option, ALM_LAYERS_BETWEEN, false, out, err);
	if (status != ALM_OK)
		return status;
	status = apply(cell, layers->layer[place].options, ',', true, out, err);
	return status == ALM_OK ? ALM_OK : alm_fail_in(err, "--layer %d", place + 1);
}

enum alm_status alm_cell_options_check(
	const struct alm_spec *spec, const struct alm_cell *cells, int n, struct alm_error *err)
{
	const char *rest = spec->cell_option;
	struct setting setting;
	while (next_setting(&rest, ALM_LAYERS_BETWEEN, &setting)) {
		char names[256] = "";
		bool found = false;
		for (int i = 0; i < n; i++) {
			found = found || find_option(&cells[i].facts, &setting) >= 0;
			add_names(&cells[i].facts, names, sizeof names);
		}
		if (!found)
			return unknown(cells[0].name, &setting, names, err);
	}
	return ALM_OK;
}
