#include "eval/spread.h"
#include <math.h>

void alm_spread_add(struct alm_spread *spread, int frame, double actual, double forecast)
{
	if (spread->frame != frame + 1) {
		spread->actual += spread->actual_square;
		spread->forecast += spread->forecast_square;
		spread->frame = frame + 1;
		spread->n = 0;
		spread->actual_mean = spread->actual_square = 0;
		spread->forecast_mean = spread->forecast_square = 0;
	}
	double n = (double)++spread->n;
	double before = actual - spread->actual_mean;
	spread->actual_mean += before / n;
	spread->actual_square += before * (actual - spread->actual_mean);
	before = forecast - spread->forecast_mean;
	spread->forecast_mean += before / n;
	spread->forecast_square += before * (forecast - spread->forecast_mean);
}

double alm_spread_share(const struct alm_spread *spread)
{
	double actual = spread->actual + spread->actual_square;
	return actual > 0 ? (spread->forecast + spread->forecast_square) / actual : NAN;
}
