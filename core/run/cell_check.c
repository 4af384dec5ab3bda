#include "run/cell_check.h"
#include <stdlib.h>
#include <string.h>
#include "cell/cell.h"
#include "check/image.h"
#include "check/watch.h"
#include "plugin/trust.h"

#define PEER "gru" /* the cell whose speed stands beside that of the one checked */

static const char *last_part(const char *path)
{
	const char *slash = strrchr(path, '/');
	return slash ? slash + 1 : path;
}

static enum alm_status find(const struct alm_cell_folders *folders, const char *cell,
	char path[static PATH_MAX], struct alm_error *err)
{
	size_t length = strlen(cell);
	if (!strchr(cell, '/'))
		return alm_cell_find(folders, cell, path, err);
	if (length >= PATH_MAX)
		return alm_fail(err, ALM_USAGE, "the path of a cell has at most %d bytes", PATH_MAX - 1);
	memcpy(path, cell, length + 1);
	return ALM_OK;
}

/* A file that train would refuse to load is checked nevertheless: in the sandbox it can do no harm. */
static enum alm_status check_trust(struct alm_check_results *results, const char *path, struct alm_error *err)
{
	struct alm_error reason;
	struct alm_check_record passed = {.kind = ALM_CHECK_PASSED,
		.name = "trust",
		.detail = "file and folders are root's or yours, and nobody else may write to them"};
	if (alm_plugin_trust(path, &reason) == ALM_OK)
		return alm_check_results_add(results, &passed, err);
	return alm_check_results_fail(results, "trust", reason.text, "", err);
}

/* A peer that is missing, not trusted or the cell itself is left out: there are no figures beside it then. */
static bool open_peer(
	const struct alm_cell_folders *folders, const struct alm_image *cell, struct alm_image *peer)
{
	char path[PATH_MAX], real[PATH_MAX];
	struct alm_error ignored;
	if (alm_cell_find(folders, PEER, path, &ignored) != ALM_OK || !realpath(path, real) ||
		alm_plugin_trust(real, &ignored) != ALM_OK || alm_image_open(real, peer, &ignored) != ALM_OK)
		return false;
	if (strcmp(peer->sha256, cell->sha256) != 0)
		return true;
	alm_image_close(peer);
	return false;
}

static enum alm_status run_it(const struct alm_context *context, const struct alm_cell_folders *folders,
	const struct alm_cell_check_request *request, const struct alm_image *image,
	struct alm_cell_check *check, struct alm_error *err)
{
	struct alm_image peer = {.fd = -1};
	bool has_peer = open_peer(folders, image, &peer);
	struct alm_watch_options options = {.shown = last_part(check->path),
		.cell = image,
		.peer = has_peer ? &peer : NULL,
		.seed = request->seed,
		.n_seeds = request->n_seeds,
		.timeout_ms = request->timeout_ms,
		.reporter = context->reporter};
	enum alm_status status = alm_check_watch(&options, &check->results, err);
	alm_image_close(&peer);
	return status;
}

static enum alm_status check_file(const struct alm_context *context, const struct alm_cell_folders *folders,
	const struct alm_cell_check_request *request, struct alm_cell_check *check, struct alm_error *err)
{
	char real[PATH_MAX];
	struct alm_image image = {.fd = -1};
	enum alm_status status = alm_image_open(check->path, &image, err);
	if (status == ALM_BAD_DATA)
		return alm_check_results_fail(&check->results, "file", err->text, "", err);
	if (status != ALM_OK)
		return status;
	memcpy(check->sha256, image.sha256, sizeof check->sha256);
	if (realpath(check->path, real))
		status = check_trust(&check->results, real, err);
	if (status == ALM_OK)
		status = run_it(context, folders, request, &image, check, err);
	alm_image_close(&image);
	return status;
}

enum alm_status alm_run_cell_check(const struct alm_context *context,
	const struct alm_cell_check_request *request, struct alm_cell_check *out, struct alm_error *err)
{
	struct alm_cell_folders folders;
	struct alm_cell_check check = {0};
	double began = alm_monotonic_s();
	enum alm_status status = alm_cell_folders_init(&folders, context->cell_path, err);
	if (status != ALM_OK)
		return status;
	status = find(&folders, request->cell, check.path, err);
	if (status == ALM_OK)
		status = check_file(context, &folders, request, &check, err);
	alm_cell_folders_release(&folders);
	if (status != ALM_OK) {
		alm_check_results_release(&check.results);
		return status;
	}
	check.seconds = alm_monotonic_s() - began;
	*out = check;
	return ALM_OK;
}
