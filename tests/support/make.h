/* Things that many tests need: panels of made-up values, trained cells, folders that go away again. */
#ifndef TESTS_SUPPORT_MAKE_H
#define TESTS_SUPPORT_MAKE_H
#include <stddef.h>
#include <stdint.h>
#include "cell/cell.h"
#include "series/frame.h"

#define HOUR_MS INT64_C(3600000)

/* The value of a row and channel; NAN = not observed. */
typedef float make_value(size_t row, int channel);

/* One hourly series "s" of n rows from 2020-01-01 (a Wednesday), channels "a", "b" ... Release with alm_panel_release. */
struct alm_panel make_panel(size_t n_rows, int n_channels, bool calendar, make_value *value);

/* A daily wave with a little of everything else: what a network can learn. */
float make_wave(size_t row, int channel);

/* The built cell of that name, one of the program or of the tests. */
struct alm_cell make_cell(const char *name);

/* A new folder, removed with all it holds when the test's process ends. The caller frees. */
char *make_folder(void);

/* "<folder>/<name>". The caller frees. */
char *make_path(const char *folder, const char *name);

/* Writes a file. */
void make_file(const char *path, const char *text);

#endif
