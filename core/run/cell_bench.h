#ifndef ALM_RUN_CELL_BENCH_H
#define ALM_RUN_CELL_BENCH_H
#include <stdint.h>
#include "base/context.h"
#include "base/status.h"
#include "cell/cell.h"

/* almanac cell bench: a training step and a forecast of one layer around each cell, at each width. Needs no database. */
#define ALM_BENCH_CELLS_MAX  16
#define ALM_BENCH_WIDTHS_MAX 16
struct alm_cell_bench_request {
	const char *const *cells; /* [n_cells] names, or files where they have a slash */
	int n_cells;              /* 0 = all on the path */
	int units[ALM_BENCH_WIDTHS_MAX];
	int n_widths;
	int batch, steps, inputs; /* windows of a training step, and their shape */
	double seconds;           /* for each width, over all cells */
};
struct alm_cell_bench_row {
	char cell[ALM_CELL_NAME];
	int units;
	int64_t n_parameters;
	double step_ms;     /* median: forward, backward, Adam, on the context's threads */
	double forecast_us; /* median: one window, on one thread */
};
struct alm_cell_bench {
	int n;
	struct alm_cell_bench_row
		row[ALM_BENCH_CELLS_MAX * ALM_BENCH_WIDTHS_MAX]; /* by width, then as asked */
};
ALM_MUST_CHECK enum alm_status alm_run_cell_bench(const struct alm_context *context,
	const struct alm_cell_bench_request *request, struct alm_cell_bench *out, struct alm_error *err);

#endif
