#include "run/champion.h"

static enum alm_status load(
	struct alm_champion *champion, const struct alm_context *context, int number, struct alm_error *err)
{
	struct alm_version version;
	enum alm_status status = alm_version_load(champion->db, &champion->model, number, &version, err);
	if (status != ALM_OK)
		return status;
	champion->number = version.number;
	champion->version_id = version.id;
	status = alm_trained_load(&champion->trained, &version, &champion->folders, context->reporter, err);
	alm_version_release(&version);
	return status;
}

enum alm_status alm_champion_open(struct alm_champion *champion, const struct alm_context *context,
	const char *model, int version, enum alm_db_mode mode, int max_threads, struct alm_error *err)
{
	*champion = (struct alm_champion){0};
	struct alm_db_options options = {.mode = mode, .timeout_ms = context->timeout_ms};
	int threads = context->threads > 0 ? context->threads : alm_pool_processors();
	enum alm_status status = alm_db_open(context->db_path, &options, &champion->db, err);
	if (status == ALM_OK)
		status = alm_model_find(champion->db, model, &champion->model, err);
	if (status == ALM_OK)
		status = alm_dataset_find(champion->db, champion->model.dataset, &champion->dataset, err);
	if (status == ALM_OK)
		status = alm_cell_folders_init(&champion->folders, context->cell_path, err);
	if (status == ALM_OK)
		status = load(champion, context, version, err);
	if (status == ALM_OK)
		status = alm_pool_new(threads < max_threads ? threads : max_threads, &champion->pool, err);
	if (status == ALM_OK)
		status = alm_model_forecaster_init(
			&champion->forecaster, &champion->trained, champion->pool, err);
	return status;
}

void alm_champion_release(struct alm_champion *champion)
{
	alm_model_forecaster_release(&champion->forecaster);
	alm_pool_free(champion->pool);
	alm_trained_release(&champion->trained);
	alm_cell_folders_release(&champion->folders);
	alm_dataset_release(&champion->dataset);
	alm_model_release(&champion->model);
	alm_db_close(champion->db);
	*champion = (struct alm_champion){0};
}
