#include "out/promotion.h"
#include <stdlib.h>
#include "out/out.h"
#include "out/text.h"

void out_promotion_text(FILE *to, const struct alm_promote_result *result)
{
	char *model = text_escaped(result->model);
	if (result->run_id == 0)
		fprintf(to, "model %s: version %d is champion already\n", model ? model : "?",
			result->version);
	else
		fprintf(to, "model %s: version %d is champion, before it was version %d\n",
			model ? model : "?", result->version, result->before);
	free(model);
}

enum alm_status out_promotion_json(FILE *to, const struct alm_promote_result *result, struct alm_error *err)
{
	struct alm_json *json;
	enum alm_status status = alm_json_new(&json, err);
	if (status != ALM_OK)
		return status;
	alm_json_object(json, NULL);
	alm_json_text(json, "model", result->model);
	alm_json_integer(json, "before", result->before);
	alm_json_integer(json, "champion", result->version);
	alm_json_bool(json, "changed", result->run_id != 0);
	alm_json_integer(json, "run", result->run_id);
	alm_json_close(json);
	status = out_json_text(to, json, err);
	alm_json_free(json);
	return status;
}
