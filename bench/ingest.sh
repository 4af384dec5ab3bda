#!/bin/sh
# Ingest of 420,551 rows x 14 channels beside `sqlite3 .import` of the same file into an untyped table and pandas' read_csv and
# to_sql; the same dataset read into frames; then a forecast as a whole process, on the model that the demo left (make demo).
# Rounds in which each runs once: medians of their times, and of the ratios to ours within a round, as the machine may be
# slower in another. Fields between semicolons; without pandas its line is empty.
#
#   BENCH_DIR        where the built programs are
#   ALMANAC_PROGRAM  the program
#   PYTHON           an interpreter that has pandas; default /usr/bin/python3, Debian's
set -eu
: "${BENCH_DIR:?set by make bench}" "${ALMANAC_PROGRAM:?set by make bench}"
here=$(dirname "$0")
python=${PYTHON:-/usr/bin/python3}
folder=$(mktemp -d "${TMPDIR:-/tmp}/almanac-bench-XXXXXX")
trap 'rm -rf "$folder"' EXIT
demo=$(dirname "$ALMANAC_PROGRAM")/demo.db

now() {
	date +%s%N
}

# once NAME: runs the command of that name and notes its time, in ms.
once() {
	rm -f "$folder"/*.db*
	from=$(now)
	"$1" >/dev/null
	echo $((($(now) - from) / 100000)) >>"$folder/$1.times"
}

# median: of numbers, one a line.
median() {
	sort -n | awk '{x[NR] = $1} END {print (x[int((NR + 1) / 2)] + x[int(NR / 2) + 1]) / 2}'
}

# line WHAT NAME: its median in ms, and how many times ours.
line() {
	awk '{print $1 / 10}' "$folder/$2.times" | median >"$folder/ms"
	paste "$folder/$2.times" "$folder/ingest.times" | awk '{print $1 / $2}' | median >"$folder/ratio"
	printf '%s;%.1f;%.2f\n' "$1" "$(cat "$folder/ms")" "$(cat "$folder/ratio")"
}

import() {
	sqlite3 "$folder/import.db" '.mode csv' ".import $folder/weather.csv weather"
}

ingest() {
	"$ALMANAC_PROGRAM" ingest "$folder/weather.csv" --dataset weather --time-format '%d.%m.%Y %H:%M:%S' \
		--db "$folder/ingest.db" --quiet
}

pandas() {
	"$python" "$here/pandas_peer.py" "$folder/weather.csv" "$folder/pandas.db"
}

# Ten in a row: the clock is a process, too, and would add a tenth to one.
forecasts() {
	for _ in 1 2 3 4 5 6 7 8 9 10; do
		"$ALMANAC_PROGRAM" forecast aep --db "$demo" --quiet
	done
}

"$BENCH_DIR/make_weather_csv" >"$folder/weather.csv"
peers=import
"$python" -c 'import pandas' 2>/dev/null && peers='import pandas'
for _ in 1 2 3 4 5 6 7; do
	for what in ingest $peers; do once "$what"; done
done
echo 'what;ms;times ours'
line 'almanac ingest' ingest
line 'sqlite3 .import' import
if [ -f "$folder/pandas.times" ]; then
	line 'pandas read_csv, to_sql' pandas
else
	echo 'pandas read_csv, to_sql;-;-'
fi
if [ -f "$demo" ]; then
	for _ in 1 2 3 4 5 6 7; do once forecasts; done
	printf 'almanac forecast (whole process);%.1f;-\n' "$(awk '{print $1 / 100}' "$folder/forecasts.times" | median)"
fi
echo
echo 'what;ms;million values/s'
ingest
"$BENCH_DIR/frames" "$folder/ingest.db" weather
