#include "run/replay.h"
#include <stdio.h>
#include <string.h>
#include "run/forecast.h"
#include "time/timestamp.h"

/* A stored forecast beside the same one made again. */
struct replay {
	int64_t id;
	const struct alm_stored_forecast *was;
	const struct alm_forecast_series *is;
};

static enum alm_status read_stored(
	const struct alm_context *context, int64_t id, struct alm_stored_forecast *out, struct alm_error *err)
{
	struct alm_db *db = NULL;
	enum alm_status status = alm_db_enter(context, ALM_DB_READ, &db, err);
	if (status == ALM_OK)
		status = alm_stored_forecast_read(db, id, out, err);
	alm_db_close(db);
	return status;
}

static const struct alm_forecast_series *find(
	const struct alm_forecast_result *result, const struct alm_stored_forecast *was)
{
	for (int i = 0; i < result->n; i++)
		if (strcmp(result->items[i].series, was->series) == 0 &&
			strcmp(result->items[i].channel, was->channel) == 0)
			return &result->items[i];
	return NULL;
}

static enum alm_status differ(const struct replay *replay, const char *what, struct alm_error *err)
{
	char program[96] = "";
	if (strcmp(replay->was->program, ALM_VERSION) != 0)
		snprintf(program, sizeof program, ", or that Almanac %s made it and this is %s,",
			replay->was->program, ALM_VERSION);
	return alm_fail(err, ALM_BAD_DATA,
		"forecast %lld of model '%s' comes out otherwise today: %s; data that was corrected or came "
		"late, another cell or another kind of processor%s would explain that",
		(long long)replay->id, replay->was->model, what, program);
}

/* Whether a step is the same, to the bit. Values are finite; SQLite keeps no sign of a zero. */
static bool same_step(const struct replay *replay, int step, char *what, size_t room)
{
	const struct alm_stored_forecast *was = replay->was;
	const struct alm_forecast_series *is = replay->is;
	char time[ALM_TIME_TEXT];
	alm_time_print(was->times_ms[step], time);
	if (was->times_ms[step] != is->times_ms[step])
		snprintf(what, room, "step %d was for %s, and is for another time", step + 1, time);
	else if (was->values[step] != is->values[step])
		snprintf(what, room, "step %d (%s) was %.17g, and is %.17g", step + 1, time,
			was->values[step], is->values[step]);
	else
		for (int level = 0, at = step * is->n_levels; level < is->n_levels; level++, at++)
			if (was->levels[at] != is->levels[level] || was->quantiles[at] != is->quantiles[at]) {
				snprintf(what, room, "quantile %g of step %d (%s) was %.17g, and is %.17g",
					is->levels[level], step + 1, time, was->quantiles[at],
					is->quantiles[at]);
				return false;
			}
	return *what == '\0';
}

static enum alm_status compare(const struct replay *replay, struct alm_error *err)
{
	char what[256] = "", time[ALM_TIME_TEXT];
	const struct alm_stored_forecast *was = replay->was;
	const struct alm_forecast_series *is = replay->is;
	if (!is)
		return differ(replay, "its series is not forecast any more", err);
	if (was->cutoff_ms != is->cutoff_ms) {
		snprintf(what, sizeof what, "its series now ends at %s", alm_time_print(is->cutoff_ms, time));
		return differ(replay, what, err);
	}
	if (was->n_steps != is->n_steps || was->n_quantiles != is->n_steps * is->n_levels) {
		snprintf(what, sizeof what, "it had %d steps and %d quantiles, and has %d and %d",
			was->n_steps, was->n_quantiles, is->n_steps, is->n_steps * is->n_levels);
		return differ(replay, what, err);
	}
	for (int step = 0; step < was->n_steps; step++)
		if (!same_step(replay, step, what, sizeof what))
			return differ(replay, what, err);
	return ALM_OK;
}

enum alm_status alm_run_replay(const struct alm_context *context, const struct alm_replay_request *request,
	struct alm_stored_forecast *out, struct alm_error *err)
{
	struct alm_stored_forecast was = {.n_steps = 0};
	struct alm_forecast_result result = {.n = 0};
	enum alm_status status = read_stored(context, request->forecast_id, &was, err);
	if (status != ALM_OK)
		return status;
	/* What its run saw of other series, whose ends are their own, plays no part: each is computed by itself. */
	struct alm_forecast_request again = {.model = was.model,
		.version = was.version,
		.has_cutoff = true,
		.cutoff_ms = was.cutoff_ms,
		.future = request->future,
		.dry_run = true};
	status = alm_run_forecast(context, &again, &result, err);
	if (status == ALM_OK) {
		struct replay replay = {.id = request->forecast_id, .was = &was, .is = find(&result, &was)};
		status = compare(&replay, err);
	}
	alm_forecast_result_release(&result);
	if (status == ALM_OK)
		*out = was;
	else
		alm_stored_forecast_release(&was);
	return status;
}
