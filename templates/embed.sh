#!/bin/sh
# Writes a C file that holds the files given as arguments, byte by byte: `const struct alm_template alm_templates[]`,
# declared in core/run/template.h.
set -eu
echo '#include "run/template.h"'
echo
echo 'const struct alm_template alm_templates[] = {'
for file in "$@"; do
	echo "	{\"$(basename "$file")\","
	sed -e 's/\\/\\\\/g' -e 's/"/\\"/g' -e 's/^/		"/' -e 's/$/\\n"/' "$file"
	echo '	},'
done
echo '};'
echo
echo 'const int alm_n_templates = sizeof alm_templates / sizeof *alm_templates;'
