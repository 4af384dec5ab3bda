#!/bin/sh
# Ingest of a made-up weather record (420,551 rows, 14 channels) beside `sqlite3 .import` of the same file into an
# untyped table: seconds of the whole process, median of the runs, taken in turns. `make bench` calls this.
#
#   BENCH_DIR         where make_weather_csv is
#   ALMANAC_PROGRAM   the program
#   RUNS              how often each is run, default 5
set -eu
: "${BENCH_DIR:?set by make bench}" "${ALMANAC_PROGRAM:?set by make bench}"
runs=${RUNS:-5}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
csv=$folder/weather.csv

seconds() { # of a command, its output thrown away
	begin=$(date +%s%N)
	"$@" >/dev/null
	echo "$(($(date +%s%N) - begin))" | awk '{printf "%.3f\n", $1 / 1e9}'
}

median() { # of the numbers in a file, one a line
	sort -n "$1" | awk '{x[NR] = $1} END {print (x[int((NR + 1) / 2)] + x[int((NR + 2) / 2)]) / 2}'
}

"$BENCH_DIR/make_weather_csv" >"$csv"
rows=$(($(wc -l <"$csv") - 1))
format='%d.%m.%Y %H:%M:%S'
run=0
while [ "$run" -lt "$runs" ]; do
	rm -f "$folder"/*.db*
	seconds "$ALMANAC_PROGRAM" ingest "$csv" --dataset weather --time-format "$format" --db "$folder/a.db" --quiet \
		>>"$folder/almanac"
	if command -v sqlite3 >/dev/null; then
		seconds sqlite3 "$folder/i.db" '.mode csv' ".import $csv weather" >>"$folder/import"
	fi
	run=$((run + 1))
done
seconds "$ALMANAC_PROGRAM" ingest "$csv" --dataset weather --time-format "$format" --db "$folder/a.db" --quiet \
	>"$folder/again"

ours=$(median "$folder/almanac")
echo "Ingest of a CSV of $rows rows and 14 channels, $(($(wc -c <"$csv") / 1000000)) MB; s, median of $runs"
printf 'almanac ingest            %.2f  %.0f rows a second\n' "$ours" "$(echo "$rows $ours" | awk '{print $1 / $2}')"
printf 'the same again            %.2f\n' "$(cat "$folder/again")"
if [ -s "$folder/import" ]; then
	theirs=$(median "$folder/import")
	printf 'sqlite3 .import           %.2f\n' "$theirs"
	printf 'almanac / .import         %.2f\n' "$(echo "$ours $theirs" | awk '{print $1 / $2}')"
else
	echo 'bench: there is no sqlite3 to compare with (apt install sqlite3)' >&2
fi
