#!/usr/bin/env bash
# Installs into a folder of its own and does there what an author of cells does: nothing of the source tree is used but copies
# of the example cells. Every compiler there is makes every cell as C11 and as C++17 without a warning, the installed
# program loads them all, a new cell is trained, and the guide is followed. Usage: tests/install.sh FOLDER, from the top of the tree.
set -euo pipefail
root=$(mkdir -p "$1" && cd "$1" && pwd)
stage=$root/stage work=$root/work
rm -rf "$stage" "$work"
mkdir -p "$work"
make --no-print-directory install DESTDIR="$stage" PREFIX=/usr >/dev/null
cp -r examples/cells "$work/examples"
csv=$PWD/examples/aep_hourly.csv

export PKG_CONFIG_PATH=$stage/usr/lib/pkgconfig XDG_DATA_HOME=$work/data
unset ALMANAC_CELL_PATH MAKEFLAGS MFLAGS MAKELEVEL ALMANAC_DB
export PATH=$stage/usr/bin:$PATH
cd "$work"
fail() {
	echo "tests/install.sh: $*" >&2
	exit 1
}

[ "$(almanac --version)" = "almanac $(pkg-config --modversion almanac)" ] || fail "almanac.pc has another version"
[ "$(realpath "$(pkg-config --variable=program almanac)")" = "$(command -v almanac)" ] || fail "almanac.pc: program"
[ -f "$(pkg-config --variable=cellsdir almanac)/gru.so" ] || fail "almanac.pc: cellsdir"

# A new cell is checked, installed and trained with three commands and no edit, in half a minute.
almanac ingest "$csv" --dataset load --quiet
began=$SECONDS
almanac cell new mine --quiet
make --no-print-directory -s -C mine check install >/dev/null
almanac train aep --dataset load --cell mine --lookback 48h --horizon 24h --calendar --epochs 1 --quiet
[ $((SECONDS - began)) -lt 30 ] || fail "from a new cell to a model took $((SECONDS - began)) s"
almanac show cells mine --json | grep -q "\"path\":\"$work/data/almanac/cells/mine.so\"" || fail "mine is not listed"

# The guide, followed to the letter: its cell is made of its pieces, passes, is told what is wrong when a factor is left out,
# and learns as the guide says.
almanac cell new mgu --quiet
awk '/^```c mgu.c/ {on = 1; next} /^```/ {on = 0} on' "$stage/usr/share/doc/almanac/cells.md" >mgu/mgu.c
cp mgu/mgu.c right.c
sed -i 's/float d_a = d_f \* f \* (1.0f - f);/float d_a = d_f * (1.0f - f);/' mgu/mgu.c
make --no-print-directory -s -C mgu check >report.txt 2>&1 && fail "the guide's mistake is not found"
grep -q 'the factor saved\[0\] is missing' report.txt || fail "the guide's mistake is not named: $(cat report.txt)"
cp right.c mgu/mgu.c
make --no-print-directory -s -C mgu check install >/dev/null
train=$(sed -n 's/^\$ \(almanac train mgu .*\)/\1/p' "$stage/usr/share/doc/almanac/cells.md")
$train --quiet
mae=$(almanac backtest mgu --json --quiet | sed 's/.*"forecaster":"model","mae":\([0-9]*\).*/\1/')
[ "$mae" -gt 590 ] && [ "$mae" -lt 620 ] || fail "the guide's model has an error of $mae, not 603"

# Every compiler, both languages: the cells are as good as C++ as they are as C.
n=0
for compiler in gcc clang g++ clang++; do
	command -v $compiler >/dev/null || continue
	case $compiler in *++) language="-x c++ -std=c++17" ;; *) language="-std=c11" ;; esac
	mkdir -p built-$compiler
	for source in mine/mine.c mgu/mgu.c examples/*.c; do
		# shellcheck disable=SC2046,SC2086
		$compiler $language $(pkg-config --cflags almanac) -Wall -Wextra -Werror -shared $source \
			-o built-$compiler/$(basename $source .c).so $(pkg-config --libs almanac)
	done
	loaded=$(almanac show cells --cell-path "$work/built-$compiler" --format csv | grep -c "$work/built-$compiler/[a-z]*.so,$") \
		|| true
	[ "$loaded" = 6 ] || fail "$compiler: $loaded of 6 cells were loaded: $(almanac show cells --cell-path "$work/built-$compiler")"
	n=$((n + loaded))
	almanac train "aep_$n" --dataset load --cell peephole --cell-path "$work/built-$compiler" --lookback 24h --horizon 6h \
		--units 16 --epochs 1 --epoch-windows 1024 --quiet
done
make --no-print-directory -s -C examples check install >/dev/null
echo "$n cells built against the installed header were loaded; a new one was checked, installed and trained in time; the guide holds"

cd "$OLDPWD"
make --no-print-directory uninstall DESTDIR="$stage" PREFIX=/usr >/dev/null
left=$(find "$stage" -type f)
[ -z "$left" ] || fail "uninstall left: $left"
