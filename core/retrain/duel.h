/*
 * Champion against challenger: both, and every baseline, on the same newest windows, and the rule by which one of them is the
 * champion from then on.
 */
#ifndef ALM_RETRAIN_DUEL_H
#define ALM_RETRAIN_DUEL_H
#include "prepare/champion.h"
#include "retrain/training.h"

/* Forecasts whose variance is less than this share of the observations' are flat: such a model has given up. */
#define ALM_FLAT_SHARE 0.01

#define ALM_DUEL_TEXT 512

struct alm_duel {
	bool won;
	bool has_champion;   /* there was one to beat, with the same targets */
	const char *measure; /* "MAE", or "MASE" of several targets; static */
	double champion_error, challenger_error;
	double baseline_error; /* of the best one: */
	const char *baseline;  /* static */
	double spread;         /* alm_spread_share of the challenger */
	size_t n_lacking; /* windows that the champion can forecast and the challenger, without a network, cannot */
	size_t n_windows, n_points;
	char words[ALM_DUEL_TEXT]; /* how it went, for people */
};

/*
 * The training's test part is the holdout. `champion` NULL = there is none. The challenger wins when it is better than the
 * champion by margin (0.01 = 1 %) and than the best baseline, and its forecasts are not flat. With a network for each series all are
 * compared on the series that both have one of, and a challenger that lacks one that the champion has does not win. ALM_BAD_DATA: no window, or no
 * observed target, in the holdout. The training's panel is left attached to the champion's scaler.
 */
ALM_MUST_CHECK enum alm_status alm_duel_run(struct alm_training *training, struct alm_champion *champion,
	const struct alm_history *history, double margin, struct alm_duel *out, struct alm_error *err);

/* The rule: sets won and words from what was measured. */
void alm_duel_decide(struct alm_duel *duel, double margin);

/*
 * The error of a champion on the windows of a part of its data: MAE, or MASE of several targets. NaN where there is none. Only
 * on series that `beside` can forecast, too (NULL = on all).
 */
ALM_MUST_CHECK enum alm_status alm_duel_score(struct alm_champion *champion, const struct alm_trained *beside,
	struct alm_prepared *data, const struct alm_part *part, struct alm_reporter *reporter, double *error,
	struct alm_error *err);

#endif
