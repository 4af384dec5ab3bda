#!/bin/sh
# Ingest of 420,551 rows x 14 channels beside `sqlite3 .import` of the same file into an untyped table and pandas' read_csv and
# to_sql; the same dataset read into frames; then a forecast as a whole process, on the model that the demo left (make demo).
# Medians of 5, theirs and ours in turns; fields between semicolons. Without pandas its line is empty.
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

median() {
	sort -n "$folder/$1.times" | awk '{ms[NR] = $1} END {printf "%.1f", ms[int((NR + 1) / 2)] / 10}'
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

forecast() {
	"$ALMANAC_PROGRAM" forecast aep --db "$demo" --quiet
}

"$BENCH_DIR/make_weather_csv" >"$folder/weather.csv"
for round in 1 2 3 4 5; do
	once import
	once ingest
done
ours=$(median ingest)
echo 'what;ms;times ours'
echo "almanac ingest;$ours;1"
echo "sqlite3 .import;$(median import);$(awk "BEGIN {printf \"%.2f\", $(median import) / $ours}")"
if "$python" -c 'import pandas' 2>/dev/null; then
	for round in 1 2 3 4 5; do once pandas; done
	echo "pandas read_csv, to_sql;$(median pandas);$(awk "BEGIN {printf \"%.2f\", $(median pandas) / $ours}")"
else
	echo 'pandas read_csv, to_sql;-;-'
fi
if [ -f "$demo" ]; then
	for round in 1 2 3 4 5; do once forecast; done
	echo "almanac forecast (whole process);$(median forecast);-"
fi
echo
echo 'what;ms;million values/s'
ingest
"$BENCH_DIR/frames" "$folder/ingest.db" weather
