#include <criterion/criterion.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "forecast/model_forecaster.h"
#include "support/make.h"

enum { LOOKBACK = 12, HORIZON = 3, WINDOWS = 40 };

static const char *const names[] = {"load"};

static float wave(size_t row, int channel)
{
	return sinf((float)row / 5 + (float)channel);
}

struct rig {
	struct alm_cell_folders folders;
	struct alm_trained trained;
	struct alm_panel panel;
	struct alm_windows windows;
	struct alm_pool *pool;
};

static void set(struct alm_spec *spec, const char *key, const char *text)
{
	struct alm_error err = {0};
	cr_assert_eq(alm_spec_set(spec, key, text, &err), ALM_OK, "%s", err.text);
}

/* A model that nobody trained, and the windows of a wave. */
static void open_rig(struct rig *rig, const char *head)
{
	struct alm_spec spec;
	struct alm_plan plan;
	struct alm_freq hourly = {.step_ms = HOUR_MS};
	struct alm_error err = {0};
	struct alm_part all = {INT64_MIN, INT64_MAX};
	*rig = (struct rig){0};
	alm_spec_init(&spec);
	set(&spec, "freq", "1h");
	set(&spec, "units", "5");
	set(&spec, "lookback", "12");
	set(&spec, "horizon", "3");
	set(&spec, "head", head);
	set(&spec, "past", "none");
	cr_assert_eq(alm_plan_make(&spec, &hourly, &plan, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(alm_cell_folders_init(&rig->folders, NULL, &err), ALM_OK, "%s", err.text);
	struct alm_roles roles = {.names = names, .n = 1, .n_targets = 1};
	cr_assert_eq(alm_trained_init(&rig->trained, &spec, &plan, &roles, &rig->folders, &err), ALM_OK, "%s",
		err.text);
	alm_network_initialise(&rig->trained.network, 5);
	rig->panel = make_panel(LOOKBACK + HORIZON + WINDOWS - 1, 1, false, wave);
	cr_assert_eq(alm_windows_init(&rig->windows, &rig->panel, &plan.window, &all, NULL), ALM_OK);
	cr_assert_eq(rig->windows.n, WINDOWS);
	cr_assert_eq(alm_pool_new(2, &rig->pool, NULL), ALM_OK);
}

static void close_rig(struct rig *rig)
{
	alm_pool_free(rig->pool);
	alm_windows_release(&rig->windows);
	alm_panel_release(&rig->panel);
	alm_trained_release(&rig->trained);
	alm_cell_folders_release(&rig->folders);
}

static void predict(
	struct rig *rig, struct alm_model_forecaster *forecaster, size_t first, size_t n, float *out)
{
	struct alm_error err = {0};
	cr_assert_eq(forecaster->base.predict(&forecaster->base, &rig->windows, first, n, out, &err), ALM_OK,
		"%s", err.text);
}

/* Calls of one window, of a few and of more than go through the network together, in every order, on one forecaster. */
static void check_calls(const char *head)
{
	static const size_t calls[][2] = {{7, 1}, {3, 5}, {0, WINDOWS}, {39, 1}, {1, 33}};
	float all[WINDOWS * HORIZON], some[WINDOWS * HORIZON];
	struct alm_model_forecaster at_once, forecaster;
	struct rig rig;
	open_rig(&rig, head);
	alm_model_forecaster_init(&at_once, &rig.trained, rig.pool);
	predict(&rig, &at_once, 0, WINDOWS, all);
	alm_model_forecaster_release(&at_once);
	cr_assert_neq(all[0], all[HORIZON]);
	alm_model_forecaster_init(&forecaster, &rig.trained, rig.pool);
	for (size_t i = 0; i < sizeof calls / sizeof *calls; i++) {
		size_t first = calls[i][0], n = calls[i][1];
		predict(&rig, &forecaster, first, n, some);
		cr_assert_arr_eq(some, all + first * HORIZON, n * HORIZON * sizeof *some,
			"%s: %zu windows from %zu on", head, n, first);
	}
	alm_model_forecaster_release(&forecaster);
	close_rig(&rig);
}

Test(model_forecaster, gives_a_window_the_same_bits_however_many_are_asked_for_before_and_beside_it)
{
	check_calls("direct");
	check_calls("recursive");
}

Test(model_forecaster, that_was_never_asked_has_nothing_to_release)
{
	struct rig rig;
	struct alm_model_forecaster forecaster;
	open_rig(&rig, "direct");
	alm_model_forecaster_init(&forecaster, &rig.trained, rig.pool);
	cr_assert_null(forecaster.workers);
	alm_model_forecaster_release(&forecaster);
	close_rig(&rig);
}
