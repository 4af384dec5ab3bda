#!/bin/sh
# A panel of many series: ingest, one epoch of training and a forecast of all, at a quarter of the series and at all of them.
# Each with its seconds, those of the processor, the most memory it took, and microseconds of the processor a series, which
# stay the same where a step is linear.
#
#   ALMANAC_PROGRAM=... sh bench/panel.sh [SERIES [POINTS]]     (50000 of 200)
set -eu
: "${ALMANAC_PROGRAM:?the program to measure}"
n_series=${1:-50000}
n_points=${2:-200}
folder=$(mktemp -d "${TMPDIR:-/tmp}/almanac-bench-XXXXXX")
trap 'rm -rf "$folder"' EXIT

# Hourly series of their own levels with a daily wave, as Unix seconds.
generate() {
	awk -v series="$1" -v points="$n_points" 'BEGIN {
		print "series,time,sales"
		for (row = 0; row < points; row++)
			wave[row] = 1 + 0.3 * sin(row * 0.2617993878)
		for (i = 0; i < series; i++)
			for (row = 0; row < points; row++)
				printf "s%06d,%d,%.2f\n", i, 1577836800 + row * 3600,
					(10 + i % 97) * wave[row] + (i * 7 + row * 13) % 5
	}'
}

# measure WHAT SERIES COMMAND...: one line of the table.
measure() {
	what=$1 n=$2
	shift 2
	/usr/bin/time -f '%e %U %S %M' -o "$folder/used" "$@" >/dev/null
	awk -v what="$what" -v n="$n" '{
		printf "%s;%d;%.1f;%.1f;%.0f;%.0f\n", what, n, $1, $2 + $3, $4 / 1024, ($2 + $3) / n * 1e6
	}' "$folder/used"
}

almanac() {
	verb=$1
	shift
	set -- "$verb" "$@" --db "$folder/panel.db" --quiet
	measure "$verb$suffix" "$n" "$ALMANAC_PROGRAM" "$@"
}

echo 'what;series;s;CPU s;MB;us a series'
for n in $((n_series / 4)) "$n_series"; do
	rm -f "$folder"/panel.db*
	generate "$n" >"$folder/panel.csv"
	suffix=
	almanac ingest "$folder/panel.csv" --dataset panel --series series
	for scale in all series; do
		suffix=" (scale by $scale)"
		almanac train "by_$scale" --dataset panel --lookback 48 --horizon 12 --units 16 --stride 12 \
			--epochs 1 --scale-by "$scale"
		almanac forecast "by_$scale"
	done
done
