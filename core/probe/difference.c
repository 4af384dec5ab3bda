#include "probe/difference.h"
#include <math.h>

#define WIDEST 0x1p-4f

const float alm_steps[ALM_N_STEPS] = {WIDEST, -WIDEST, WIDEST / 2, -WIDEST / 2, WIDEST / 4, -WIDEST / 4};

/* D(h) and S(h) at the n-th of the three steps, were they not scaled. */
static double central(const double moved[ALM_N_STEPS], int n)
{
	return (moved[2 * n] - moved[2 * n + 1]) / (2 * (double)alm_steps[2 * n]);
}

static double second(const double moved[ALM_N_STEPS], int n)
{
	return (moved[2 * n] + moved[2 * n + 1]) / (double)alm_steps[2 * n];
}

struct alm_difference alm_difference_of(const double moved[ALM_N_STEPS], double scale, double f_noise)
{
	struct alm_difference difference = {.wide = (4 * central(moved, 1) - central(moved, 0)) / 3 / scale,
		.narrow = (4 * central(moved, 2) - central(moved, 1)) / 3 / scale};
	/* D(h) is off by f_noise / h; of the narrow one 4/3 of it at h/4 and 1/3 at h/2. */
	double at_narrow = f_noise / (double)alm_steps[4] / scale;
	difference.noise = at_narrow * (4 + 0.5) / 3;
	/*
	 * S(h) - 2 S(h/2) is by how much the slopes on both sides differ, each extrapolated to x: of the third order in h of
	 * a smooth function. Rounding: (4 + 2 * 8) f_noise / h.
	 */
	double kink = fmax(fabs(second(moved, 0) - 2 * second(moved, 1)),
			      fabs(second(moved, 1) - 2 * second(moved, 2))) /
		      scale;
	difference.spread = fmax(fabs(difference.wide - difference.narrow), kink);
	if (!isfinite(difference.spread) || !isfinite(difference.wide) || !isfinite(difference.narrow))
		difference.spread = INFINITY;
	return difference;
}

double alm_difference_error(const struct alm_difference *difference, double found)
{
	double error = fmin(fabs(found - difference->wide), fabs(found - difference->narrow));
	return isnan(found) ? INFINITY : error;
}

/* Without kinks. `least` is a slope that float32 cannot show, d_next being around one. */
static double smooth_tolerance(const struct alm_difference *difference, double size)
{
	const double relative = 1e-3, least = 1e-6;
	return relative * fmax(size, fabs(difference->narrow)) + difference->noise + least;
}

double alm_difference_tolerance(const struct alm_difference *difference, double size)
{
	return smooth_tolerance(difference, size) + difference->spread;
}

bool alm_difference_is_sure(const struct alm_difference *difference, double size)
{
	return difference->spread <= 20 * smooth_tolerance(difference, size);
}
