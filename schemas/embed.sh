#!/bin/sh
# Writes a C file that holds the migrations given as arguments, byte by byte, in the order of their numbers, which are 1, 2, 3 ...:
# `const struct alm_schema alm_schemas[]`, declared in core/store/migrate.h.
set -eu
echo '#include "store/migrate.h"'
echo
echo 'const struct alm_schema alm_schemas[] = {'
n=0
for file in "$@"; do
	n=$((n + 1))
	name=$(basename "$file" .sql)
	number=$(expr "$name" : '0*\([0-9]\{1,\}\)_')
	[ "$number" -eq $n ] || { echo "$file: the next migration has the number $n" >&2; exit 1; }
	echo "	{$number, \"$name\","
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/		"/' -e 's/$/\\n"/' "$file"
	echo '	},'
done
echo '};'
echo
echo 'const int alm_n_schemas = sizeof alm_schemas / sizeof *alm_schemas;'
