#!/usr/bin/env bash
# Installs into a folder of its own and does there what an author of cells does: nothing of the source tree is used but copies
# of the example cells. Every compiler there is makes every cell as C11 and as C++17 without a warning, the installed
# program loads them all, and a new cell is trained. Usage: tests/install.sh FOLDER, from the top of the tree.
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

# Every compiler, both languages: the cells are as good as C++ as they are as C.
n=0
for compiler in gcc clang g++ clang++; do
	command -v $compiler >/dev/null || continue
	case $compiler in *++) language="-x c++ -std=c++17" ;; *) language="-std=c11" ;; esac
	mkdir -p built-$compiler
	for source in mine/mine.c examples/*.c; do
		# shellcheck disable=SC2046,SC2086
		$compiler $language $(pkg-config --cflags almanac) -Wall -Wextra -Werror -shared $source \
			-o built-$compiler/$(basename $source .c).so $(pkg-config --libs almanac)
	done
	loaded=$(almanac show cells --cell-path "$work/built-$compiler" --format csv | grep -c "$work/built-$compiler/[a-z]*.so,$") \
		|| true
	[ "$loaded" = 5 ] || fail "$compiler: $loaded of 5 cells were loaded: $(almanac show cells --cell-path "$work/built-$compiler")"
	n=$((n + loaded))
	almanac train "aep_$n" --dataset load --cell peephole --cell-path "$work/built-$compiler" --lookback 24h --horizon 6h \
		--units 16 --epochs 1 --epoch-windows 1024 --quiet
done
make --no-print-directory -s -C examples check install >/dev/null
echo "$n cells built against the installed header were loaded; a new one was checked, installed and trained in time"

cd "$OLDPWD"
make --no-print-directory uninstall DESTDIR="$stage" PREFIX=/usr >/dev/null
left=$(find "$stage" -type f)
[ -z "$left" ] || fail "uninstall left: $left"
