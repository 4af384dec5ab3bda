/* Lines "key=value" as the settings of a model. */
#include <stdlib.h>
#include <string.h>
#include "input.h"
#include "model/layers.h"
#include "model/levels.h"
#include "model/spec.h"

/* What was set comes back through its texts. */
static void copy(const struct alm_spec *spec)
{
	struct alm_pairs pairs = {0};
	struct alm_spec again;
	alm_spec_init(&again);
	fuzz_expect(alm_spec_pairs(spec, &pairs, NULL) == ALM_OK, "a spec has texts");
	fuzz_expect(alm_spec_apply(&again, &pairs, NULL) == ALM_OK, "the texts of a spec make a spec");
	alm_pairs_release(&pairs);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n)
{
	char *all = strndup((const char *)bytes, n), *rest = all, *line;
	struct alm_spec spec;
	struct alm_layers layers;
	struct alm_error err = {0};
	float levels[ALM_LEVELS_MAX];
	int n_levels;
	alm_spec_init(&spec);
	while ((line = strsep(&rest, "\n")) != NULL) {
		char *value = strchr(line, '=');
		if (!value)
			continue;
		*value++ = '\0';
		if (alm_spec_set(&spec, line, value, &err) != ALM_OK)
			fuzz_expect(err.text[0] != '\0', "an error says what is wrong");
	}
	free(all);
	copy(&spec);
	if (alm_layers_read(&spec, &layers, &err) == ALM_OK)
		fuzz_expect(layers.n >= 1 && layers.n <= ALM_LAYERS_MAX, "there are layers");
	if (alm_levels_read(&spec, levels, &n_levels, &err) == ALM_OK)
		fuzz_expect(n_levels >= 0 && n_levels <= ALM_LEVELS_MAX, "levels are counted");
	if (alm_spec_check(&spec, &err) != ALM_OK)
		fuzz_expect(err.text[0] != '\0', "an error says what is wrong");
	return 0;
}
