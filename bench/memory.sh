#!/bin/sh
# The most memory that ingest takes, which must not grow with the rows: of ROWS rows in order, of the same file again, and of
# the same rows in random order; then of these into an empty database, and of rows whose last one alone has milliseconds. Fields
# between semicolons; fails where a peak is not under 64 MB.
#
#   BENCH_DIR        where the built programs are
#   ALMANAC_PROGRAM  the program
#   ROWS             default 10,000,000: four minutes, and two gigabytes in the temporary folder
set -eu
: "${BENCH_DIR:?set by make bench}" "${ALMANAC_PROGRAM:?set by make bench}"
rows=${ROWS:-10000000}
most=64
folder=$(mktemp -d "${TMPDIR:-/tmp}/almanac-bench-XXXXXX")
trap 'rm -rf "$folder"' EXIT

# measure WHAT FILE DATABASE: seconds and the peak of one ingest.
measure() {
	/usr/bin/time -f '%e %M' -o "$folder/used" \
		"$ALMANAC_PROGRAM" ingest "$folder/$2.csv" --dataset rows --db "$folder/$3.db" --quiet >/dev/null
	awk -v what="$1" -v rows="$rows" -v most="$most" '{
		printf "%s;%d;%.1f;%.1f\n", what, rows, $1, $2 / 1024
		exit $2 / 1024 >= most
	}' "$folder/used" || {
		echo "bench: the peak of '$1' is not under $most MB" >&2
		exit 1
	}
}

"$BENCH_DIR/make_rows" "$rows" ordered >"$folder/ordered.csv"
"$BENCH_DIR/make_rows" "$rows" shuffled >"$folder/shuffled.csv"
echo 'what;rows;s;peak MB'
measure 'in order' ordered one
measure 'the same again' ordered one
measure 'again, in random order' shuffled one
rm -f "$folder"/one.db*
measure 'new, in random order' shuffled two
tail -n 1 "$folder/ordered.csv" | sed 's/,/.250,/' >>"$folder/ordered.csv"
rm -f "$folder"/two.db*
measure 'new, milliseconds at the end' ordered three
