#!/bin/sh
# The whole way on real data: thirteen years of a power grid's hourly load, from a CSV to tomorrow's forecast in the
# database. Usage: demo.sh DATABASE; `almanac` must be in the PATH. ALMANAC_DEMO_SECONDS shortens the training.
set -eu
cd "$(dirname "$0")"
export ALMANAC_DB="$1"
seconds=${ALMANAC_DEMO_SECONDS:-60}
rm -f "$ALMANAC_DB" "$ALMANAC_DB-journal" "$ALMANAC_DB-wal" "$ALMANAC_DB-shm"

# The learning rate falls over the planned epochs; their number is what fits into the time.
epochs=$((seconds * 24 / 60))
[ "$epochs" -ge 1 ] || epochs=1

# A command as one may type it, and what it prints.
run() {
	printf '\n$'
	for word; do
		case $word in
		*[!A-Za-z0-9_./:=-]*) printf ' "%s"' "$word" ;;
		*) printf ' %s' "$word" ;;
		esac
	done
	echo
	"$@"
}

run almanac ingest aep_hourly.csv --dataset load
run almanac train aep --dataset load --lookback 7d --horizon 24h --calendar --cell gru --units 64 \
	--valid-from 2016-01-01 --test-from 2017-01-01 --epochs "$epochs" --epoch-windows 16384 \
	--time-budget "${seconds}s"
run almanac backtest aep
run almanac forecast aep
echo
echo 'Read it with SQL:'
run sqlite3 -header -column "$ALMANAC_DB" "SELECT time, value FROM almanac_forecast_latest WHERE model = 'aep' LIMIT 3"
run sqlite3 -header -column "$ALMANAC_DB" \
	"SELECT forecaster, round(value, 1) AS mae FROM almanac_scores WHERE metric = 'mae' AND channel = ''"
