#!/bin/sh
# Ingest of 420,551 rows x 14 channels beside `sqlite3 .import` of the same file into an untyped table; then a forecast as a
# whole process, on the model that the demo left (make demo). Medians of 5, printed as fields between semicolons.
#
#   BENCH_DIR        where the built programs are
#   ALMANAC_PROGRAM  the program
set -eu
: "${BENCH_DIR:?set by make bench}" "${ALMANAC_PROGRAM:?set by make bench}"
folder=$(mktemp -d "${TMPDIR:-/tmp}/almanac-bench-XXXXXX")
trap 'rm -rf "$folder"' EXIT
demo=$(dirname "$ALMANAC_PROGRAM")/demo.db

now() {
	date +%s%N
}

# Median of five runs of a command, in ms.
median() {
	for i in 1 2 3 4 5; do
		rm -f "$folder"/*.db*
		from=$(now)
		"$@" >/dev/null
		echo $((($(now) - from) / 100000))
	done | sort -n | awk 'NR == 3 {printf "%.1f", $1 / 10}'
}

import() {
	sqlite3 "$folder/import.db" '.mode csv' ".import $folder/weather.csv weather"
}

ingest() {
	"$ALMANAC_PROGRAM" ingest "$folder/weather.csv" --dataset weather --time-format '%d.%m.%Y %H:%M:%S' \
		--db "$folder/ingest.db" --quiet
}

forecast() {
	"$ALMANAC_PROGRAM" forecast aep --db "$demo" --quiet
}

"$BENCH_DIR/make_weather_csv" >"$folder/weather.csv"
theirs=$(median import)
ours=$(median ingest)
echo 'what;ms;ratio'
echo "sqlite3 .import;$theirs;1"
echo "almanac ingest;$ours;$(awk "BEGIN {printf \"%.2f\", $ours / $theirs}")"
if [ -f "$demo" ]; then
	echo "almanac forecast (whole process);$(median forecast);-"
fi
