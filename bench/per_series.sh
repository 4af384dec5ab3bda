#!/bin/bash
# A network for each series beside one for all: bench/per_series.sh [WIDE.csv]. Each column of the file but its time is a series
# (ETTh1.csv is such a file); without one, 200 series of 1,200 rows are made up. Prints of each kind of model the seconds of training,
# backtest and forecast, peak memory of training, the errors on the test part, and skill: the share of the best baseline's error
# that the model removes.
set -euo pipefail
cd "$(dirname "$0")/.."
almanac=${ALMANAC_PROGRAM:-build/release/almanac}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export ALMANAC_DB=$folder/series.db

# Daily waves of their own height, phase and noise, which a linear congruential generator makes.
made_up() {
	awk 'BEGIN {
		print "id,time,load"
		for (s = 0; s < 200; s++)
			for (i = 0; i < 1200; i++) {
				x = (x * 1103515245 + 12345) % 2147483648
				printf "s%03d,%d,%.3f\n", s, 1577836800 + 3600 * i,
					(10 + s) * (1 + 0.2 * sin(i * 3.14159265 / 12 + s) + 0.05 * (1 + s % 5) * (x / 2147483648 - 0.5))
			}
	}'
}

if [ $# -gt 0 ]; then
	"$almanac" ingest "$1" --dataset panel --wide --quiet
	settings=(--lookback 360 --horizon 24 --segment 24 --window-norm last --layer gru:32,dropout=0.2 --epochs 10 --batch 128)
else
	made_up | "$almanac" ingest - --dataset panel --series id --time-format unix --quiet
	settings=(--lookback 48 --horizon 24 --units 16 --epochs 10 --batch 32 --rate 0.005)
fi

# The command's seconds and its most memory, in MB, behind which stands its output in $folder/out.
measured() {
	/usr/bin/time -f '%e %M' -o "$folder/time" "$@" > "$folder/out"
	awk '{printf "%s %d\n", $1, $2 / 1024}' "$folder/time"
}

field() {
	sqlite3 :memory: "SELECT json_extract(readfile('$folder/out'), '$1')"
}

printf '%-22s %8s %5s %9s %9s %9s %7s %6s\n' model train MB backtest forecast MAE MASE skill
try() {
	local name=$1 trained tested forecast
	shift
	read -r trained mb <<< "$(measured "$almanac" train m --dataset panel "${settings[@]}" "$@" --json --quiet)"
	read -r forecast _ <<< "$(measured "$almanac" forecast m --dry-run --json --quiet)"
	read -r tested _ <<< "$(measured "$almanac" backtest m --json --quiet)"
	printf '%-22s %6.1f s %5d %7.2f s %7.2f s %9.3f %7.3f %6.2f\n' "$name" "$trained" "$mb" "$tested" "$forecast" \
		"$(field "\$.scores[0].mae")" "$(field "\$.scores[0].mase")" "$(field "\$.skill")"
}
try 'one for all' --scale-by series
[ $# -gt 0 ] || try 'one with vectors' --scale-by series --series-embedding 8 # which segments do not take
try 'one a series' --per-series --series-embedding 0
printf '%-22s %8s %5s %9s %9s %9.3f %7.3f\n' seasonal_naive '' '' '' '' \
	"$(field "\$.scores[2].mae")" "$(field "\$.scores[2].mase")"
