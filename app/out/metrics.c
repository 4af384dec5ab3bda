#include "out/metrics.h"
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A label's value: the format escapes backslash, quote and newline. */
static void put_label(FILE *to, const char *name, const char *value)
{
	fprintf(to, "%s=\"", name);
	for (; *value != '\0'; value++)
		if (*value == '\n')
			fputs("\\n", to);
		else
			fprintf(to, *value == '\\' || *value == '"' ? "\\%c" : "%c", *value);
	fputc('"', to);
}

static void put_head(FILE *to, const char *metric, const char *help)
{
	fprintf(to, "# HELP %s %s\n# TYPE %s gauge\n", metric, help, metric);
}

static void put_sample(FILE *to, const char *metric, const char *model, double value)
{
	fprintf(to, "%s{", metric);
	put_label(to, "model", model);
	fprintf(to, "} %.17g\n", value);
}

static void put_ages(FILE *to, const struct alm_health *health)
{
	put_head(to, "almanac_champion_age_seconds", "Time since the champion of the model was trained.");
	for (int i = 0; i < health->n; i++)
		if (health->models[i].champion > 0)
			put_sample(to, "almanac_champion_age_seconds", health->models[i].model,
				(double)(health->now_ms - health->models[i].champion_ms) / 1000);
	put_head(to, "almanac_forecast_age_seconds",
		"Time since the newest forecast of the champion was made.");
	for (int i = 0; i < health->n; i++)
		if (health->models[i].has_forecast)
			put_sample(to, "almanac_forecast_age_seconds", health->models[i].model,
				(double)(health->now_ms - health->models[i].forecast_to_ms) / 1000);
}

static void put_runs(FILE *to, const struct alm_health *health)
{
	put_head(to, "almanac_last_run_ok",
		"1 unless the last training or forecast of the model failed or was aborted.");
	for (int i = 0; i < health->n; i++)
		put_sample(to, "almanac_last_run_ok", health->models[i].model,
			alm_health_run_well(&health->models[i].training) &&
				alm_health_run_well(&health->models[i].forecasting));
}

static void put_errors(FILE *to, const struct alm_health *health)
{
	if (health->n_errors == 0)
		return;
	put_head(to, "almanac_live_mae",
		"Mean absolute error of forecasts of the newest 7 days that were observed since.");
	for (int i = 0; i < health->n_errors; i++) {
		fputs("almanac_live_mae{", to);
		put_label(to, "model", health->errors[i].model);
		fputc(',', to);
		put_label(to, "channel", health->errors[i].channel);
		fprintf(to, "} %.17g\n", health->errors[i].mae);
	}
}

/* Above 1 is drift, whatever was compared. */
static void put_drifts(FILE *to, const struct alm_health *health)
{
	if (health->n_drifts == 0)
		return;
	put_head(to, "almanac_drift_ratio",
		"What the newest rows or errors differ from those of the training, by its limit.");
	for (int i = 0; i < health->n_drifts; i++) {
		const struct alm_drift_finding *finding = &health->drifts[i].finding;
		fputs("almanac_drift_ratio{", to);
		put_label(to, "model", health->drifts[i].model);
		fputc(',', to);
		put_label(to, "kind", alm_drift_kind_name(finding->kind));
		fputc(',', to);
		put_label(to, "channel", finding->channel);
		fprintf(to, "} %.17g\n",
			finding->most > 0  ? finding->value / finding->most
			: finding->drifted ? 2
					   : 0);
	}
}

static enum alm_status fail_file(struct alm_error *err, enum alm_status status, const char *path, int number)
{
	return alm_fail(err, status, "cannot write metrics to '%s': %s", path, strerror(number));
}

/* The whole text on the disk, or an error. Closes the file. */
static enum alm_status fill(
	FILE *file, const char *path, const struct alm_health *health, struct alm_error *err)
{
	errno = 0;
	put_ages(file, health);
	put_runs(file, health);
	put_errors(file, health);
	put_drifts(file, health);
	bool lost = fflush(file) != 0 || ferror(file) || fsync(fileno(file)) != 0;
	int why = errno;
	if (fclose(file) != 0 && !lost) {
		lost = true;
		why = errno;
	}
	return lost ? fail_file(err, ALM_IO, path, why) : ALM_OK;
}

/* The rename is on the disk when its folder is. */
static enum alm_status sync_folder(const char *path, struct alm_error *err)
{
	char folder[PATH_MAX];
	const char *slash = strrchr(path, '/');
	snprintf(folder, sizeof folder, "%.*s", slash ? (int)(slash - path) + 1 : 1, slash ? path : ".");
	int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool synced = fd >= 0 && fsync(fd) == 0;
	int why = errno;
	if (fd >= 0)
		close(fd);
	return synced ? ALM_OK : fail_file(err, ALM_IO, path, why);
}

enum alm_status out_metrics_write(const char *path, const struct alm_health *health, struct alm_error *err)
{
	char beside[PATH_MAX];
	/* node_exporter reads *.prom: this is none. */
	int length = snprintf(beside, sizeof beside, "%s.%ld.tmp", path, (long)getpid());
	if (length >= (int)sizeof beside)
		return fail_file(err, ALM_CANT_CREATE, path, ENAMETOOLONG);
	unlink(beside); /* of a process of this number that was killed */
	int fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0644);
	FILE *file = fd >= 0 ? fdopen(fd, "w") : NULL;
	if (!file) {
		int why = errno;
		if (fd >= 0)
			close(fd);
		return fail_file(err, ALM_CANT_CREATE, path, why);
	}
	enum alm_status status = fill(file, path, health, err);
	if (status == ALM_OK && rename(beside, path) != 0)
		status = fail_file(err, ALM_CANT_CREATE, path, errno);
	if (status != ALM_OK) {
		unlink(beside);
		return status;
	}
	return sync_folder(path, err);
}
