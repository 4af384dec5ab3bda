#include "cmd.h"
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include "options.h"
#include "out/export.h"
#include "run/export.h"

struct exporting {
	struct options common;
	struct alm_export_request request;
	struct export export;
	const char *file; /* NULL = standard output */
	char *partial;    /* what becomes the file when all of it is written; owned */
};

enum { KEY_FORMAT = OPTIONS_KEY + 100, KEY_LOCAL, KEY_SAFE };

static const struct argp_option own_options[] = {
	{"output", 'o', "FILE", 0,
		"write into FILE, which is there when it is whole (default: standard output)", 1},
	{"format", KEY_FORMAT, "FORM", 0, "csv, jsonl [csv]", 1},
	{"local", KEY_LOCAL, 0, 0, "times in the dataset's zone, with their offset (default: UTC)", 1},
	{"safe-csv", KEY_SAFE, 0, 0,
		"put an apostrophe before texts that a spreadsheet would take for formulas", 1},
	{0},
};

static error_t take_format(struct exporting *exporting, const char *text)
{
	if (strcmp(text, "csv") == 0)
		exporting->export.format = EXPORT_CSV;
	else if (strcmp(text, "jsonl") == 0)
		exporting->export.format = EXPORT_JSONL;
	else
		return options_status(alm_fail(exporting->common.err, ALM_USAGE,
			"--format: expected csv or jsonl, found '%s'", text));
	return 0;
}

static error_t check(const struct exporting *exporting)
{
	struct alm_error *err = exporting->common.err;
	if (exporting->common.json)
		return options_status(alm_fail(
			err, ALM_USAGE, "--json: rows are written one at a time; use --format jsonl"));
	if (exporting->export.safe && exporting->export.format != EXPORT_CSV)
		return options_status(alm_fail(err, ALM_USAGE, "--safe-csv is for --format csv"));
	return 0;
}

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct exporting *exporting = state->input;
	switch (key) {
	case 'o':
		exporting->file = strcmp(arg, "-") == 0 ? NULL : arg;
		return 0;
	case KEY_FORMAT:
		return take_format(exporting, arg);
	case KEY_LOCAL:
		exporting->request.local = true;
		return 0;
	case KEY_SAFE:
		exporting->export.safe = true;
		return 0;
	case ARGP_KEY_END:
		return check(exporting);
	default:
		return ARGP_ERR_UNKNOWN;
	}
}

static const struct verb verb = {.name = "export",
	.args_doc = "DATASET",
	.doc = "Writes every row of a dataset, by series and time, as CSV or JSON lines that almanac ingest "
	       "reads "
	       "again: times in ISO 8601, numbers so that they are the same again, nothing where a value is "
	       "missing. Changes nothing.\v"
	       "Rows of a dataset that is read in place come in the order of its table or query.\n\n"
	       "  almanac export load -o load.csv\n"
	       "  almanac export sales --format jsonl | gzip > sales.jsonl.gz",
	.least = 1,
	.most = 1,
	.options = own_options,
	.parse = parse};

static enum alm_status cant_create(const char *file, struct alm_error *err)
{
	enum alm_status status = errno == EACCES || errno == EPERM    ? ALM_NO_PERMISSION
				 : errno == ENOSPC || errno == EDQUOT ? ALM_IO
								      : ALM_CANT_CREATE;
	return alm_fail(err, status, "cannot create '%s': %s", file, strerror(errno));
}

/* A file beside the one that is wanted, with the rights that a new file gets. What is no regular file is written to itself. */
static enum alm_status open_file(struct exporting *exporting, struct alm_error *err)
{
	struct stat info;
	const char *file = exporting->file;
	if (stat(file, &info) == 0 && !S_ISREG(info.st_mode)) {
		exporting->export.to = fopen(file, "we");
		return exporting->export.to ? ALM_OK : cant_create(file, err);
	}
	size_t n = strlen(file) + sizeof ".XXXXXX";
	char *partial = malloc(n);
	if (!partial)
		return alm_fail_memory(err, n);
	snprintf(partial, n, "%s.XXXXXX", file);
	int fd = mkostemp(partial, O_CLOEXEC);
	if (fd < 0) {
		free(partial);
		return cant_create(file, err);
	}
	mode_t mask = umask(0);
	umask(mask);
	exporting->partial = partial;
	exporting->export.to = fchmod(fd, 0666 & ~mask) == 0 ? fdopen(fd, "w") : NULL;
	if (!exporting->export.to)
		close(fd);
	return exporting->export.to ? ALM_OK : cant_create(file, err);
}

/* The file takes the place of one of its name when all of it is on the disk, or is gone. */
static enum alm_status close_file(struct exporting *exporting, enum alm_status status, struct alm_error *err)
{
	const char *partial = exporting->partial;
	FILE *to = exporting->export.to;
	if (to) {
		bool kept = fflush(to) == 0 && (!partial || fsync(fileno(to)) == 0);
		kept = fclose(to) == 0 && kept;
		kept = kept && (status != ALM_OK || !partial || rename(partial, exporting->file) == 0);
		if (status == ALM_OK && !kept)
			status = alm_fail(
				err, ALM_IO, "cannot write to '%s': %s", exporting->file, strerror(errno));
	}
	if (partial && status != ALM_OK)
		unlink(partial);
	free(exporting->partial);
	exporting->partial = NULL;
	return status;
}

enum alm_status cmd_export(struct session *session, int argc, char **argv, struct alm_error *err)
{
	struct exporting exporting = {.export = {.to = stdout, .name = "standard output"},
		.request = {.begin = export_begin, .take = export_take}};
	enum alm_status status = options_parse(&exporting.common, &verb, session, argc, argv, err);
	if (status != ALM_OK || exporting.common.answered)
		goto done;
	exporting.request.dataset = exporting.common.args[0];
	exporting.request.to = &exporting.export;
	if (exporting.file) {
		exporting.export.to = NULL;
		exporting.export.name = exporting.file;
		status = open_file(&exporting, err);
	}
	if (status == ALM_OK)
		status = alm_run_export(&exporting.common.context, &exporting.request, err);
	if (exporting.file)
		status = close_file(&exporting, status, err);
done:
	options_release(&exporting.common);
	return status;
}
