#include "forecast/baseline.h"

static const struct {
	const char *name;
	alm_baseline_rule *rule;
} baselines[] = {
#define BASELINE(word) {#word, alm_baseline_##word},
#include "forecast/baseline.def"
#undef BASELINE
};

int alm_baseline_count(void)
{
	return sizeof baselines / sizeof *baselines;
}

static enum alm_status predict(struct alm_forecaster *self, const struct alm_windows *windows, size_t first,
	size_t n, float *out, struct alm_error *err)
{
	(void)err;
	const struct alm_baseline *baseline = (struct alm_baseline *)self;
	const struct alm_window_spec *spec = &windows->spec;
	for (size_t i = first; i < first + n; i++) {
		struct alm_window window = alm_windows_get(windows, i);
		struct alm_baseline_point point = {.panel = windows->panel,
			.frame = &windows->panel->frames[window.frame],
			.first_row = alm_window_input_row(spec, window.now, 0),
			.now = window.now,
			.season = baseline->season};
		for (int64_t step = 0; step < spec->horizon; step++) {
			point.target = alm_window_target_row(spec, window.now, step);
			for (point.channel = 0; point.channel < self->n_targets; point.channel++)
				*out++ = baseline->rule(&point);
		}
	}
	return ALM_OK;
}

void alm_baseline_init(struct alm_baseline *baseline, int place, int n_targets, int64_t season)
{
	*baseline = (struct alm_baseline){
		.base = {.name = baselines[place].name, .n_targets = n_targets, .predict = predict},
		.rule = baselines[place].rule,
		.season = (size_t)season};
}
