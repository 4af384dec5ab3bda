#!/bin/bash
# A night of many small models: bench/night.sh [MODELS [IDLE_MODELS]]. MODELS (100) are retrained by one `almanac retrain --all` after
# new rows have come; then IDLE_MODELS (1000) have nothing to do. Prints wall time, peak memory and what the file grew by.
set -euo pipefail
cd "$(dirname "$0")/.."
almanac=${ALMANAC_PROGRAM:-build/release/almanac}
models=${1:-100} idle=${2:-1000}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
export ALMANAC_DB=$folder/night.db

# rows FROM TO: an hourly CSV with a daily wave and a little noise.
rows() {
	awk -v from="$1" -v to="$2" 'BEGIN {
		print "time,load"
		for (i = from; i < to; i++)
			printf "%d,%.3f\n", 1577836800 + 3600 * i, 100 + 10 * sin(i * 3.14159265 / 12) + i * 7 % 5
	}'
}

# The command's own figures as "SECONDS KB", behind whatever it prints.
measured() {
	/usr/bin/time -f '%e %M' -o "$folder/time" "$@"
	cat "$folder/time"
}

rows 0 1000 | "$almanac" ingest - --dataset wave --time-format unix --quiet
train() {
	"$almanac" train "m$1" --dataset wave --lookback 24 --horizon 6 --units 8 --epochs "$2" --batch 64 --quiet
}
for ((i = 0; i < models; i++)); do train "$i" 8; done
"$almanac" retrain --all
rows 1000 1100 | "$almanac" ingest - --dataset wave --time-format unix --quiet
before=$(stat -c %s "$ALMANAC_DB")
read -r seconds kb <<< "$(measured "$almanac" retrain --all --jobs 2)"
after=$(stat -c %s "$ALMANAC_DB")
echo "$models models retrained: $seconds s, peak $((kb / 1024)) MB, the file grew by $(((after - before) / models / 1024)) KB a model"
for ((i = models; i < idle; i++)); do train "$i" 1; done
"$almanac" retrain --all --jobs 2
read -r seconds kb <<< "$(measured "$almanac" retrain --all)"
echo "$idle models with nothing due: $seconds s, peak $((kb / 1024)) MB"
