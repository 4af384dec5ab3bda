#!/bin/sh
# Writes a C file that holds the migrations given as arguments, byte by byte, in the order of their numbers:
# `const struct alm_schema alm_schemas[]`, declared in core/store/migrate.h.
set -eu
echo '#include "store/migrate.h"'
echo
echo 'const struct alm_schema alm_schemas[] = {'
for file in "$@"; do
	name=$(basename "$file" .sql)
	number=$(expr "$name" : '0*\([0-9]\{1,\}\)_')
	echo "	{$number, \"$name\","
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/		"/' -e 's/$/\\n"/' "$file"
	echo '	},'
done
echo '};'
echo
echo 'const int alm_n_schemas = sizeof alm_schemas / sizeof *alm_schemas;'
