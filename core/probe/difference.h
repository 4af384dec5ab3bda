/*
 * The derivative of a float32 function by finite differences, and whether it can be trusted.
 *
 * With central differences D(h) = (f(x + h) - f(x - h)) / 2h at three steps h, h/2, h/4, Richardson's
 * (4 D(h/2) - D(h)) / 3 is free of the error in h^2, and there are two of them. Each suits some functions: the wide one is
 * less disturbed by rounding, the narrow one by curvature. A derivative that is wrong agrees with neither. Where they
 * disagree with each other there is a kink, a jump or too much curvature between the steps, and none can be trusted. A
 * kink very near x (of max or of a clamp) misleads both alike; it shows in the second difference S(h) = (f(x + h) - 2 f(x)
 * + f(x - h)) / h, which halves with h where f is smooth and stays where it is not.
 */
#ifndef ALM_PROBE_DIFFERENCE_H
#define ALM_PROBE_DIFFERENCE_H
#include <stdbool.h>

/* Where a function is asked: x + alm_steps[i]; exact in float32 if x is a multiple of 1/1024 of ordinary size. */
enum { ALM_N_STEPS = 6 };
extern const float alm_steps[ALM_N_STEPS];

struct alm_difference {
	double wide, narrow; /* the two estimates */
	double noise;        /* either may be off by that much by rounding of f alone */
	double spread;       /* how far kinks and curvature may mislead */
};

/*
 * moved[i] = f(x + scale alm_steps[i]) - f(x), f_noise a bound of the rounding error of one value of f. Values that are not
 * finite make spread infinite.
 */
struct alm_difference alm_difference_of(const double moved[ALM_N_STEPS], double scale, double f_noise);

/* How far `found` is from the nearer estimate. */
double alm_difference_error(const struct alm_difference *difference, double found);

/*
 * How far it may be. `size` is the size of the derivatives around (root mean square), to which errors of the method and of
 * the cell's own backward are relative: its formulas cost a few roundings of 6e-8 and the error of almanac_tanh (3e-7 of
 * the value, as 1 - t^2 some 1e-6 near saturation), x + h is off by 2^-24 |x| of h = 1/64, 4e-6 |x|, and what Richardson
 * leaves is h^4 / 30 times the fifth derivative, 5e-7 of it at h = 1/16: together below 1e-4 for states up to 10. 1e-3
 * leaves a factor of ten, and no wrong formula comes that near at random inputs. Rounding of f and kinks come on top.
 */
double alm_difference_tolerance(const struct alm_difference *difference, double size);

/* Whether kinks leave it good enough to tell a wrong formula: spread below 1/50 of the size, or of rounding. */
bool alm_difference_is_sure(const struct alm_difference *difference, double size);

#endif
