#include <math.h>
#include "out/describe.h"
#include "out/out.h"
#include "out/words.h"
#include "run/describe.h"
#include "time/timestamp.h"

static void add_place(
	struct alm_json *json, const char *key, const struct alm_place *place, const char *value)
{
	char when[ALM_TIME_TEXT];
	alm_json_object(json, key);
	alm_json_text(json, "series", place->series);
	alm_json_text(json, "time", alm_time_print(place->time_ms, when));
	if (value)
		alm_json_real(json, value, place->value);
	alm_json_close(json);
}

/* What was found: how often, and the first and last of them. `value` is the key of what is there; NULL = nothing is. */
static void add_finding(
	struct alm_json *json, const char *key, const struct alm_finding *finding, const char *value)
{
	alm_json_object(json, key);
	alm_json_integer(json, "count", finding->n);
	if (finding->n > 0) {
		add_place(json, "first", &finding->first, value);
		add_place(json, "last", &finding->last, value);
	}
	alm_json_close(json);
}

static void add_seasons(struct alm_json *json, const struct alm_freq *freq, const struct alm_seasons *seasons)
{
	char length[ALM_FREQ_TEXT];
	alm_json_array(json, "seasons");
	for (int i = 0; i < seasons->n; i++) {
		const struct alm_season *season = &seasons->season[i];
		alm_json_object(json, NULL);
		alm_json_integer(json, "rows", season->steps);
		alm_json_text(json, "length", alm_season_length(freq, season->steps, length));
		alm_json_text(json, "name", alm_season_name(freq, season->steps));
		alm_json_real(json, "correlation", season->correlation);
		alm_json_close(json);
	}
	alm_json_close(json);
}

static void add_channel(struct alm_json *json, const struct alm_description *description, int i)
{
	const struct alm_channel_profile *channel = &description->profile.channel[i];
	bool one = description->profile.n_series == 1;
	alm_json_object(json, NULL);
	alm_json_text(json, "channel", description->dataset.channels[i]);
	alm_json_text(
		json, "kind", alm_dataset_is_category(&description->dataset, i) ? "category" : "number");
	alm_json_integer(json, "values", channel->n);
	if (alm_dataset_is_category(&description->dataset, i)) {
		words_json(json, &channel->words, &description->words);
		add_finding(json, "missing", &channel->missing, NULL);
		alm_json_close(json);
		return;
	}
	alm_json_integer(json, "zeros", channel->n_zeros);
	alm_json_real(json, "min", channel->least);
	alm_json_real(json, "mean", channel->n ? channel->sum / (double)channel->n : NAN);
	alm_json_real(json, "max", channel->most);
	alm_json_real(json, "median", one ? channel->median : NAN);
	alm_json_real(json, "mad", one ? channel->mad : NAN);
	add_finding(json, "missing", &channel->missing, NULL);
	add_finding(json, "outliers", &channel->outliers, "value");
	if (i < description->n_seasons)
		add_seasons(json, &description->freq, &description->seasons[i]);
	alm_json_close(json);
}

static void add_grid(struct alm_json *json, const struct alm_description *description)
{
	const struct alm_profile *profile = &description->profile;
	char step[ALM_FREQ_TEXT];
	if (!description->has_freq) {
		alm_json_text(json, "freq", NULL);
		alm_json_text(json, "no_freq", description->no_freq.text);
		return;
	}
	alm_json_text(json, "freq", alm_freq_print(&description->freq, step));
	alm_json_bool(json, "freq_inferred", !description->freq_given);
	add_finding(json, "gaps", &profile->gaps, "rows");
	alm_json_integer(json, "missing_rows", profile->n_missing_rows);
	if (profile->gaps.n > 0)
		add_place(json, "longest_gap", &profile->longest_gap, "rows");
	add_finding(json, "off_grid", &profile->off_grid, NULL);
}

static void add_strips(struct alm_json *json, const struct alm_profile *profile)
{
	alm_json_array(json, "strips");
	for (int i = 0; i < profile->n_strips; i++) {
		alm_json_object(json, NULL);
		alm_json_text(json, "series", profile->strip[i].series);
		alm_json_array(json, "share");
		for (int column = 0; column < profile->options.strip_width; column++)
			alm_json_real(json, NULL, (double)profile->strip[i].share[column]);
		alm_json_close(json);
		alm_json_close(json);
	}
	alm_json_close(json);
}

enum alm_status describe_json(const struct alm_description *description, struct alm_error *err)
{
	struct alm_json *json;
	char when[ALM_TIME_TEXT];
	const struct alm_profile *profile = &description->profile;
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(json, NULL);
	alm_json_text(json, "dataset", description->dataset.name);
	alm_json_integer(json, "series", profile->n_series);
	alm_json_integer(json, "rows", profile->n_rows);
	alm_json_text(json, "first", alm_time_print(description->first_ms, when));
	alm_json_text(json, "last", alm_time_print(description->last_ms, when));
	alm_json_text(json, "zone", *description->zone ? description->zone : NULL);
	add_place(json, "shortest_series", &profile->shortest, "rows");
	add_place(json, "longest_series", &profile->longest, "rows");
	add_grid(json, description);
	alm_json_array(json, "channels");
	for (int i = 0; i < description->dataset.n_channels; i++)
		add_channel(json, description, i);
	alm_json_close(json);
	add_strips(json, profile);
	alm_json_close(json);
	status = out_json_text(stdout, json, err);
	alm_json_free(json);
	return status;
}
