/*
 * Writes a made-up weather record to standard output: 420,551 rows ten minutes apart and 14 channels, the shape of
 * the Jena climate data, so that ingest can be measured without it. The same bytes on every machine of one libm.
 *
 *     make_weather_csv [ROWS]
 */
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include "base/rng.h"
#include "time/calendar.h"

#define STEP_MS  INT64_C(600000)
#define START_MS INT64_C(1230768600000) /* 2009-01-01 00:10:00 */

static const struct channel {
	const char *name;
	double mean, daily, yearly, noise; /* level, and amplitudes of its waves and its noise */
	int decimals;
} channels[] = {
	{"p (mbar)", 989.2, 1.5, 4, 6, 2},
	{"T (degC)", 9.4, 4, 9, 2, 2},
	{"Tpot (K)", 283.5, 4, 9, 2, 2},
	{"Tdew (degC)", 4.9, 1, 6, 1, 2},
	{"rh (%)", 76, 12, 6, 5, 1},
	{"VPmax (mbar)", 13.6, 4, 6, 1, 2},
	{"VPact (mbar)", 9.5, 1, 4, 0.5, 2},
	{"VPdef (mbar)", 4, 2, 1, 0.5, 2},
	{"sh (g/kg)", 6, 1, 2.5, 0.3, 2},
	{"H2OC (mmol/mol)", 9.6, 1, 4, 0.5, 2},
	{"rho (g/m**3)", 1216, 15, 35, 8, 2},
	{"wv (m/s)", 2.1, 0.5, 0.3, 0.9, 2},
	{"max. wv (m/s)", 3.5, 1, 0.5, 1, 2},
	{"wd (deg)", 174, 20, 5, 60, 1},
};

#define N_CHANNELS (int)(sizeof channels / sizeof *channels)

static void print_row(int64_t row)
{
	struct alm_civil civil;
	int64_t time_ms = START_MS + row * STEP_MS;
	const double turn = 6.283185307179586;
	double days = (double)row / 144, daily = sin(turn * days), yearly = -cos(turn * days / 365.25);
	alm_civil_of(time_ms, &civil);
	printf("%02d.%02d.%04d %02d:%02d:%02d", civil.day, civil.month, (int)civil.year, civil.hour,
		civil.minute, civil.second);
	for (int i = 0; i < N_CHANNELS; i++) {
		const struct channel *channel = &channels[i];
		double noise = 2 * alm_rng_uniform(1, (uint64_t)i, (uint64_t)row) - 1;
		printf(",%.*f", channel->decimals,
			channel->mean + channel->daily * daily + channel->yearly * yearly +
				channel->noise * noise);
	}
	putchar('\n');
}

int main(int argc, char **argv)
{
	long n_rows = argc > 1 ? strtol(argv[1], NULL, 10) : 420551;
	printf("\"Date Time\"");
	for (int i = 0; i < N_CHANNELS; i++)
		printf(",\"%s\"", channels[i].name);
	putchar('\n');
	for (long row = 0; row < n_rows; row++)
		print_row(row);
	return fflush(stdout) == 0 && !ferror(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}
