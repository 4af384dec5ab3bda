#include "drift/usual.h"
#include <math.h>

#define HOUR_MS INT64_C(3600000)
#define YEAR_MS (365.2425 * 24 * 3600000)

/* A pivot below this share of its diagonal is rounding. */
#define SINGULAR 1e-9

void alm_usual_waves(int64_t time_ms, double out[static ALM_DRIFT_YEAR])
{
	double turn = 2 * 3.14159265358979323846 * (double)time_ms / YEAR_MS;
	out[0] = 1;
	out[1] = cos(turn);
	out[2] = sin(turn);
	out[3] = 2 * out[1] * out[1] - 1; /* cosine and sine of twice the angle */
	out[4] = 2 * out[1] * out[2];
}

int alm_usual_hour(int64_t time_ms)
{
	int64_t week = HOUR_MS * ALM_DRIFT_HOURS, into = time_ms % week;
	return (int)((into < 0 ? into + week : into) / HOUR_MS);
}

double alm_usual(const struct alm_drift_reference *reference, int64_t time_ms)
{
	double waves[ALM_DRIFT_YEAR], value = reference->hours[alm_usual_hour(time_ms)];
	alm_usual_waves(time_ms, waves);
	for (int i = 0; i < ALM_DRIFT_YEAR; i++)
		value += reference->year[i] * waves[i];
	return value;
}

/* Cholesky's factor, in the lower triangle; a row that is made of the ones before it becomes zero. */
static void factor(int n, double *square)
{
	for (int row = 0; row < n; row++) {
		double diagonal = square[row * ALM_DRIFT_YEAR + row];
		for (int column = 0; column <= row; column++) {
			double sum = square[row * ALM_DRIFT_YEAR + column];
			for (int i = 0; i < column; i++)
				sum -= square[row * ALM_DRIFT_YEAR + i] * square[column * ALM_DRIFT_YEAR + i];
			double pivot = square[column * ALM_DRIFT_YEAR + column];
			if (column == row)
				square[row * ALM_DRIFT_YEAR + row] =
					sum > SINGULAR * diagonal ? sqrt(sum) : 0;
			else
				square[row * ALM_DRIFT_YEAR + column] = pivot > 0 ? sum / pivot : 0;
		}
	}
}

void alm_usual_solve(int n, double square[static ALM_DRIFT_YEAR * ALM_DRIFT_YEAR],
	double right[static ALM_DRIFT_YEAR], double out[static ALM_DRIFT_YEAR])
{
	factor(n, square);
	for (int row = 0; row < n; row++) {
		double pivot = square[row * ALM_DRIFT_YEAR + row];
		for (int i = 0; i < row; i++)
			right[row] -= square[row * ALM_DRIFT_YEAR + i] * right[i];
		right[row] = pivot > 0 ? right[row] / pivot : 0;
	}
	for (int row = n - 1; row >= 0; row--) {
		double pivot = square[row * ALM_DRIFT_YEAR + row];
		out[row] = right[row];
		for (int i = row + 1; i < n; i++)
			out[row] -= square[i * ALM_DRIFT_YEAR + row] * out[i];
		out[row] = pivot > 0 ? out[row] / pivot : 0;
	}
}
