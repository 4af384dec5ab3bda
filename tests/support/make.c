#include "support/make.h"
#include <criterion/criterion.h>
#include <ftw.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct alm_panel make_panel(size_t n_rows, int n_channels, bool calendar, make_value *value)
{
	static const char *const names[] = {"a", "b", "c", "d", "e", "f", "g", "h", "i", "j", "k", "l", "m",
		"n", "o", "p", "q", "r", "s", "t"};
	int64_t *times = malloc(n_rows * sizeof *times);
	float *values = malloc(n_rows * (size_t)n_channels * sizeof *values);
	size_t n = 0;
	for (size_t row = 0; row < n_rows; row++) {
		times[row] = INT64_C(1577836800000) + (int64_t)row * HOUR_MS;
		for (int channel = 0; channel < n_channels; channel++)
			values[n++] = value(row, channel);
	}
	struct alm_series_rows series = {.name = "s", .n_rows = n_rows, .times_ms = times, .values = values};
	struct alm_panel_options options = {.channels = names,
		.n_data = n_channels,
		.calendar = calendar,
		.freq = {.step_ms = HOUR_MS},
		.until_ms = INT64_MAX};
	struct alm_panel panel;
	struct alm_error err = {0};
	cr_assert_eq(alm_panel_build(&series, 1, &options, &panel, NULL, &err), ALM_OK, "%s", err.text);
	free(times);
	free(values);
	return panel;
}

float make_wave(size_t row, int channel)
{
	double turn = 2 * 3.14159265358979 * (double)row / 24;
	return (float)(10 + 3 * sin(turn + channel) + 0.5 * sin(2.7 * turn) +
		       0.1 * cos((double)(row * row % 97)));
}

struct alm_cell make_cell(const char *name)
{
	struct alm_cell cell;
	struct alm_cell_folders folders;
	struct alm_error err = {0};
	cr_assert_eq(
		alm_cell_folders_init(&folders, getenv("ALMANAC_TEST_CELLS"), &err), ALM_OK, "%s", err.text);
	cr_assert_eq(alm_cell_load(&folders, name, &cell, &err), ALM_OK, "%s", err.text);
	alm_cell_folders_release(&folders);
	return cell;
}

/* The folder of this test's process, and who made it: a child that exits must not remove it. */
static char folder_made[512];
static pid_t folder_owner;

static int remove_one(const char *path, const struct stat *info, int type, struct FTW *where)
{
	(void)info;
	(void)type;
	(void)where;
	return remove(path);
}

static void remove_folder(void)
{
	if (folder_owner == getpid())
		nftw(folder_made, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

char *make_folder(void)
{
	const char *parent = getenv("TMPDIR");
	if (folder_owner != getpid()) {
		snprintf(folder_made, sizeof folder_made, "%s/almanac-test-XXXXXX", parent ? parent : "/tmp");
		cr_assert(mkdtemp(folder_made));
		folder_owner = getpid();
		atexit(remove_folder);
		return strdup(folder_made);
	}
	char *inner = make_path(folder_made, "XXXXXX");
	cr_assert(mkdtemp(inner));
	return inner;
}

char *make_path(const char *folder, const char *name)
{
	char *path = malloc(strlen(folder) + strlen(name) + 2);
	sprintf(path, "%s/%s", folder, name);
	return path;
}

void make_file(const char *path, const char *text)
{
	FILE *file = fopen(path, "w");
	cr_assert(file, "%s", path);
	cr_assert(fputs(text, file) >= 0);
	cr_assert_eq(fclose(file), 0);
}
