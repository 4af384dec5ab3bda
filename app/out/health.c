#include "out/health.h"
#include <math.h>
#include <stdlib.h>
#include "out/out.h"
#include "out/text.h"
#include "time/timestamp.h"

/* "3 days", "5 h 12 min". A clock that was set back gives no negative age. */
static const char *print_age(int64_t now_ms, int64_t then_ms, char out[static TEXT_NUMBER])
{
	int64_t age_ms = now_ms > then_ms ? now_ms - then_ms : 0, days = age_ms / 86400000;
	if (days < 3)
		return text_seconds((double)age_ms / 1000, out);
	snprintf(out, TEXT_NUMBER, "%lld days", (long long)days);
	return out;
}

/* The one to look at: one that went wrong, else the newer. */
static const struct alm_health_run *last_run(const struct alm_health_model *model)
{
	const struct alm_health_run *training = &model->training, *forecasting = &model->forecasting;
	if (!alm_health_run_well(training) || forecasting->id == 0)
		return training;
	if (!alm_health_run_well(forecasting) || training->id == 0)
		return forecasting;
	return forecasting->id > training->id ? forecasting : training;
}

static void print_model(FILE *to, const struct alm_health_model *model, int64_t now_ms)
{
	char age[TEXT_NUMBER], time[ALM_TIME_TEXT];
	const struct alm_health_run *run = last_run(model);
	char *name = text_escaped(model->model);
	fprintf(to, "%s: ", name ? name : "?");
	free(name);
	if (model->champion > 0)
		fprintf(to, "champion is version %d, trained %s ago", model->champion,
			print_age(now_ms, model->champion_ms, age));
	else
		fprintf(to, "no champion");
	if (model->has_forecast)
		fprintf(to, "; forecast from %s, made %s ago", alm_time_print(model->cutoff_ms, time),
			print_age(now_ms, model->forecast_ms, age));
	else if (model->champion > 0)
		fprintf(to, "; it has not forecast");
	if (run->id > 0)
		fprintf(to, "; last run: %s %s, %s ago", run->kind, run->status,
			print_age(now_ms, run->ended_ms, age));
}

void out_health_text(FILE *to, const struct alm_health_report *report)
{
	const struct alm_health *health = &report->health;
	for (int i = 0; i < health->n; i++) {
		char *why = text_escaped(report->stale[i]), *drift = text_escaped(report->drift[i]);
		print_model(to, &health->models[i], health->now_ms);
		fprintf(to, drift && *drift ? "; DRIFT: %s" : "%s", drift ? drift : "");
		free(drift);
		fprintf(to, why && *why ? "; STALE: %s\n" : "\n%s", why ? why : "");
		free(why);
	}
	if (health->n == 0)
		fprintf(to, "there is no model\n");
}

/* ---- JSON */

static void add_time(struct alm_json *json, const char *key, bool known, int64_t time_ms)
{
	char text[ALM_TIME_TEXT];
	alm_json_text(json, key, known ? alm_time_print(time_ms, text) : NULL);
}

static void add_age(struct alm_json *json, const char *key, bool known, int64_t now_ms, int64_t then_ms)
{
	alm_json_real(json, key, known ? (double)(now_ms - then_ms) / 1000 : (double)NAN);
}

static void add_run(struct alm_json *json, const struct alm_health_run *run)
{
	alm_json_object(json, "last_run");
	alm_json_integer(json, "run", run->id);
	alm_json_text(json, "kind", run->id ? run->kind : NULL);
	alm_json_text(json, "status", run->id ? run->status : NULL);
	add_time(json, "ended", run->id != 0, run->ended_ms);
	alm_json_text(json, "message", *run->message ? run->message : NULL);
	alm_json_close(json);
}

static void add_model(struct alm_json *json, const struct alm_health_report *report, int place)
{
	const struct alm_health_model *model = &report->health.models[place];
	const char *stale = report->stale[place], *drift = report->drift[place];
	int64_t now_ms = report->health.now_ms;
	bool champion = model->champion > 0;
	alm_json_object(json, NULL);
	alm_json_text(json, "model", model->model);
	alm_json_integer(json, "champion", model->champion);
	add_time(json, "champion_made", champion, model->champion_ms);
	add_age(json, "champion_age_seconds", champion, now_ms, model->champion_ms);
	add_time(json, "forecast_cutoff", model->has_forecast, model->cutoff_ms);
	add_time(json, "forecast_made", model->has_forecast, model->forecast_ms);
	add_age(json, "forecast_age_seconds", model->has_forecast, now_ms, model->forecast_to_ms);
	add_run(json, last_run(model));
	alm_json_text(json, "stale", *stale ? stale : NULL);
	alm_json_text(json, "drift", *drift ? drift : NULL);
	alm_json_close(json);
}

enum alm_status out_health_json(FILE *to, const struct alm_health_report *report, struct alm_error *err)
{
	struct alm_json *json;
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(json, NULL);
	alm_json_array(json, "models");
	for (int i = 0; i < report->health.n; i++)
		add_model(json, report, i);
	alm_json_close(json);
	alm_json_integer(json, "stale", report->n_stale);
	alm_json_close(json);
	status = out_json_text(to, json, err);
	alm_json_free(json);
	return status;
}
