#include "out/out.h"
#include <string.h>

static const struct {
	const char *name;
	out_rows *print;
} forms[] = {
#define OUT(name) {#name, out_##name},
#include "out/out.def"
#undef OUT
};

#define N_FORMS (sizeof forms / sizeof *forms)

enum alm_status out_format_parse(const char *text, enum out_format *out, struct alm_error *err)
{
	char names[64] = "";
	for (size_t i = 0; i < N_FORMS; i++) {
		if (strcmp(forms[i].name, text) == 0) {
			*out = (enum out_format)i;
			return ALM_OK;
		}
		snprintf(names + strlen(names), sizeof names - strlen(names), "%s%s", i ? ", " : "",
			forms[i].name);
	}
	return alm_fail(err, ALM_USAGE, "--format: expected one of %s, found '%s'", names, text);
}

enum alm_status out_print(FILE *to, enum out_format format, const char *title,
	const struct alm_text_table *rows, struct alm_error *err)
{
	return forms[format].print(to, title, rows, err);
}
