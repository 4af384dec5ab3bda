#include "series/season.h"
#include <math.h>
#include <stdlib.h>
#include "series/acf.h"
#include "series/stretch.h"

#define LEAST_ROWS 16
#define DAY_MS     INT64_C(86400000)

/*
 * What a peak must reach, and how far it must rise above the lowest point before it; in n rows at least so many of the
 * 1 / sqrt(n) that the autocorrelation of noise deviates by.
 */
#define PEAK_LEAST 0.2
#define PEAK_RISE  0.2
#define DEVIATIONS 4

/* By how much a longer season must repeat better than a shorter one that was found. */
#define BETTER 0.02

/*
 * By how much a season must repeat better in the values than in their differences to be looked for there: where neighbours
 * differ by noise rather than by the season, the differences show other lags than the values do.
 */
#define PLAINER 0.2

/* A season that repeats less than this share of the best is an overtone of it: half a day beside a day. */
#define OVERTONE 0.6

/* One channel on the grid. */
struct wave {
	size_t n;
	double *value; /* [n], NaN = missing; owned */
	double *work;  /* [n] what is correlated; owned */
	double *known; /* [n] 1 where `work` is known, 0 where it was missing; owned */
	double *r;     /* [n] autocorrelation of `work`; owned */
	double *pairs; /* [n] share of the known values that have a known one so far behind them; owned */
};

static void wave_release(struct wave *wave)
{
	free(wave->value);
	free(wave->work);
	free(wave->known);
	free(wave->r);
	free(wave->pairs);
}

static enum alm_status lay(struct wave *wave, const struct alm_series_rows *series, int n_channels,
	int channel, const struct alm_freq *freq, struct alm_error *err)
{
	bool on_grid;
	int64_t begin = alm_grid_begin(series, freq);
	int64_t first = alm_freq_between(freq, begin, series->times_ms[0], &on_grid);
	int64_t last = alm_freq_between(freq, begin, series->times_ms[series->n_rows - 1], &on_grid);
	if (last - first >= ALM_SEASON_ROWS)
		first = last - ALM_SEASON_ROWS + 1;
	wave->n = (size_t)(last - first) + 1;
	wave->value = malloc(wave->n * sizeof *wave->value);
	wave->work = malloc(wave->n * sizeof *wave->work);
	wave->known = malloc(wave->n * sizeof *wave->known);
	wave->r = malloc(wave->n * sizeof *wave->r);
	wave->pairs = malloc(wave->n * sizeof *wave->pairs);
	if (!wave->value || !wave->work || !wave->known || !wave->r || !wave->pairs)
		return alm_fail_memory(err, wave->n * sizeof *wave->r);
	for (size_t i = 0; i < wave->n; i++)
		wave->value[i] = NAN;
	for (size_t row = 0; row < series->n_rows; row++) {
		int64_t at = alm_freq_between(freq, begin, series->times_ms[row], &on_grid) - first;
		if (on_grid && at >= 0)
			wave->value[at] = (double)series->values[row * (size_t)n_channels + (size_t)channel];
	}
	return ALM_OK;
}

/* Subtracts the mean of what is known from `work`; what is not known becomes 0. */
static void centre(struct wave *wave)
{
	double sum = 0;
	size_t known = 0;
	for (size_t i = 0; i < wave->n; i++)
		if (!isnan(wave->work[i])) {
			sum += wave->work[i];
			known++;
		}
	for (size_t i = 0; i < wave->n; i++) {
		wave->known[i] = !isnan(wave->work[i]);
		wave->work[i] = isnan(wave->work[i]) ? 0 : wave->work[i] - sum / (double)known;
	}
}

static void take_differences(struct wave *wave)
{
	wave->work[0] = NAN;
	for (size_t i = 1; i < wave->n; i++)
		wave->work[i] = wave->value[i] - wave->value[i - 1];
	centre(wave);
}

/* The values less a straight line through them. */
static void take_levels(struct wave *wave)
{
	double n = 0, sum_t = 0, sum_x = 0, sum_tt = 0, sum_tx = 0;
	for (size_t i = 0; i < wave->n; i++) {
		if (isnan(wave->value[i]))
			continue;
		double t = (double)i / (double)wave->n;
		n++;
		sum_t += t;
		sum_x += wave->value[i];
		sum_tt += t * t;
		sum_tx += t * wave->value[i];
	}
	double spread = n * sum_tt - sum_t * sum_t;
	double slope = spread > 0 ? (n * sum_tx - sum_t * sum_x) / spread : 0;
	for (size_t i = 0; i < wave->n; i++)
		wave->work[i] = wave->value[i] - slope * ((double)i / (double)wave->n);
	centre(wave);
}

/* Whether r is at `lag` as large as anywhere within a third of the lag. */
static bool is_largest_near(const double *r, size_t n_lags, size_t lag)
{
	size_t reach = lag / 3 > 0 ? lag / 3 : 1;
	for (size_t other = lag - reach; other <= lag + reach && other < n_lags; other++)
		if (r[other] > r[lag])
			return false;
	return lag + 1 < n_lags;
}

static void keep(struct alm_seasons *seasons, size_t lag, double correlation)
{
	if (seasons->n == ALM_SEASONS_MAX)
		return;
	seasons->season[seasons->n++] = (struct alm_season){(int64_t)lag, correlation};
}

/* Adds the peaks of the autocorrelation from lag `least` on that repeat better than all before them. */
static void find_peaks(const struct wave *wave, size_t n_lags, size_t least, struct alm_seasons *seasons)
{
	const double *r = wave->r;
	double lowest = 1, best = 0, peak = fmax(PEAK_LEAST, DEVIATIONS / sqrt((double)wave->n));
	for (size_t lag = 1; lag < n_lags; lag++) {
		if (lag >= least && r[lag] >= peak && r[lag] >= lowest + PEAK_RISE &&
			r[lag] > best + BETTER && is_largest_near(r, n_lags, lag)) {
			keep(seasons, lag, r[lag]);
			best = r[lag];
		}
		lowest = r[lag] < lowest ? r[lag] : lowest;
	}
}

static double best_of(const struct alm_seasons *seasons)
{
	double best = 0;
	for (int i = 0; i < seasons->n; i++)
		best = fmax(best, seasons->season[i].correlation);
	return best;
}

/* Of what one look has found: seasons that repeat much less than the best of them are its overtones. */
static void drop_overtones(struct alm_seasons *seasons)
{
	double best = best_of(seasons);
	int n = 0;
	for (int i = 0; i < seasons->n; i++)
		if (seasons->season[i].correlation >= OVERTONE * best)
			seasons->season[n++] = seasons->season[i];
	seasons->n = n;
}

/* Whether the values have a season, of about the length of the longest that their differences have, much plainer than these. */
static bool is_plainer(const struct alm_seasons *values, const struct alm_seasons *differences)
{
	return values->n > 0 && differences->n > 0 &&
	       values->season[0].steps <= 2 * differences->season[differences->n - 1].steps &&
	       values->season[0].correlation > best_of(differences) + PLAINER;
}

/*
 * The autocorrelation of `work`. Where values are missing, a lag has fewer pairs than others: its mean product is taken over
 * those it has (Parzen 1963), and weighed as if none were missing.
 */
static enum alm_status correlate(struct wave *wave, size_t n_lags, struct alm_error *err)
{
	enum alm_status status = alm_acf(wave->work, wave->n, wave->r, n_lags, err);
	if (status == ALM_OK)
		status = alm_acf(wave->known, wave->n, wave->pairs, n_lags, err);
	for (size_t lag = 0; status == ALM_OK && lag < n_lags; lag++) {
		double whole = 1 - (double)lag / (double)wave->n;
		bool enough = wave->pairs[lag] > 0.1 * whole;
		wave->r[lag] = enough ? wave->r[lag] / wave->pairs[lag] * whole : 0;
	}
	return status;
}

static enum alm_status find(struct wave *wave, struct alm_seasons *seasons, struct alm_error *err)
{
	size_t n_lags = wave->n / 2;
	struct alm_seasons longer = {0}, plain = {0};
	take_differences(wave);
	enum alm_status status = correlate(wave, n_lags, err);
	if (status != ALM_OK)
		return status;
	find_peaks(wave, n_lags, 2, seasons);
	drop_overtones(seasons);
	take_levels(wave);
	status = correlate(wave, n_lags, err);
	if (status != ALM_OK)
		return status;
	find_peaks(wave, n_lags, 3, &plain);
	drop_overtones(&plain);
	if (is_plainer(&plain, seasons))
		seasons->n = 0;
	size_t longest = seasons->n ? (size_t)seasons->season[seasons->n - 1].steps : 1;
	find_peaks(wave, n_lags, 2 * longest + 1, &longer);
	drop_overtones(&longer);
	for (int i = 0; i < longer.n; i++)
		keep(seasons, (size_t)longer.season[i].steps, longer.season[i].correlation);
	return ALM_OK;
}

enum alm_status alm_seasons_find(const struct alm_series_rows *series, int n_channels, int channel,
	const struct alm_freq *freq, struct alm_seasons *out, struct alm_error *err)
{
	struct wave wave = {0};
	struct alm_seasons seasons = {0};
	enum alm_status status = ALM_OK;
	if (series->n_rows >= LEAST_ROWS)
		status = lay(&wave, series, n_channels, channel, freq, err);
	if (status == ALM_OK && wave.n >= LEAST_ROWS)
		status = find(&wave, &seasons, err);
	wave_release(&wave);
	if (status == ALM_OK)
		*out = seasons;
	return status;
}

/* Whether `found` is `wanted`, within a hundredth or a step. */
static bool about(double found, double wanted, double step)
{
	return fabs(found - wanted) < fmax(0.5 * step, 0.01 * wanted);
}

/* Of a step, on average. */
static double days_of(const struct alm_freq *freq)
{
	if (freq->months)
		return 30.4375 * (double)freq->months;
	if (freq->business_days)
		return 7 / 5.0 * (double)freq->business_days;
	return (double)freq->step_ms / (double)DAY_MS;
}

const char *alm_season_name(const struct alm_freq *freq, int64_t steps)
{
	static const struct {
		const char *name;
		double days;
	} names[] = {{"an hour", 1 / 24.0}, {"half a day", 0.5}, {"a day", 1}, {"a week", 7},
		{"a month", 30.44}, {"a quarter", 91.31}, {"half a year", 182.62}, {"a year", 365.25}};
	double step = days_of(freq);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (steps > 1 && about((double)steps * step, names[i].days, step))
			return names[i].name;
	return NULL;
}

const char *alm_season_length(const struct alm_freq *freq, int64_t steps, char out[static ALM_FREQ_TEXT])
{
	struct alm_freq whole = {.step_ms = freq->step_ms * steps,
		.months = freq->months * (int32_t)steps,
		.business_days = freq->business_days * (int32_t)steps};
	return alm_freq_print(&whole, out);
}
