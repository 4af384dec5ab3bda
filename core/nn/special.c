#include "nn/special.h"
#include <math.h>

double alm_softplus(double x)
{
	return x > 30 ? x : log1p(exp(x));
}

double alm_logistic(double x)
{
	return 1 / (1 + exp(-x));
}

double alm_digamma(double x)
{
	double below = 0;
	while (x < 10)
		below += 1 / x++;
	double square = 1 / (x * x);
	double series =
		square *
		(1.0 / 12 -
			square * (1.0 / 120 - square * (1.0 / 252 - square * (1.0 / 240 - square / 132))));
	return log(x) - 0.5 / x - series - below;
}

/* For p <= 1/2: the lower half, so a negative number. */
static double lower_normal_quantile(double p)
{
	double t = sqrt(-2 * log(p));
	double z = (2.515517 + t * (0.802853 + t * 0.010328)) /
			   (1 + t * (1.432788 + t * (0.189269 + t * 0.001308))) -
		   t;
	for (int i = 0; i < 3; i++) {
		double density = exp(-z * z / 2) / sqrt(2 * M_PI);
		z -= (erfc(-z / M_SQRT2) / 2 - p) / density;
	}
	return z;
}

double alm_normal_quantile(double p)
{
	return p <= 0.5 ? lower_normal_quantile(p) : -lower_normal_quantile(1 - p);
}

/* Letters as in the paper: P is the probability of both tails, n the degrees of freedom; returns t > 0. */
static double hill(double P, double n)
{
	double a = 1 / (n - 0.5), b = 48 / (a * a);
	double c = ((20700 * a / b - 98) * a - 16) * a + 96.36;
	double d = ((94.5 / (b + c) - 3) / b + 1) * sqrt(a * M_PI / 2) * n;
	double y = pow(d * P, 2 / n);
	if (y <= a + 0.05) {
		y = ((1 / (((n + 6) / (n * y) - 0.089 * d - 0.822) * (n + 2) * 3) + 0.5 / (n + 4)) * y - 1) *
			    (n + 1) / (n + 2) +
		    1 / y;
		return sqrt(n * y);
	}
	double x = alm_normal_quantile(P / 2);
	y = x * x;
	if (n < 5)
		c += 0.3 * (n - 4.5) * (x + 0.6);
	c += (((0.05 * d * x - 5) * x - 7) * x - 2) * x + b;
	y = (((((0.4 * y + 6.3) * y + 36) * y + 94.5) / c - y - 3) / b + 1) * x;
	return sqrt(n * expm1(a * y * y));
}

double alm_student_quantile(double p, double df)
{
	if (p == 0.5)
		return 0;
	double tail = p < 0.5 ? p : 1 - p;
	double t = df == 2 ? sqrt(2 / (2 * tail * (2 - 2 * tail)) - 2) : hill(2 * tail, df);
	return p < 0.5 ? -t : t;
}
