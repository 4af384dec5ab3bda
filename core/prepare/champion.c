#include "prepare/champion.h"
#include "base/context.h"
#include "store/promotion.h"

/* Champions before today's that are tried. */
#define FALLBACKS (ALM_PRUNE_CHAMPIONS - 1)

static enum alm_status load_version(
	struct alm_champion *champion, const struct alm_context *context, int number, struct alm_error *err)
{
	struct alm_version version;
	enum alm_status status = alm_version_load(champion->db, &champion->model, number, &version, err);
	if (status != ALM_OK)
		return status;
	status = alm_trained_load(&champion->trained, &version, &champion->folders, context->reporter, err);
	if (status == ALM_OK) {
		champion->number = version.number;
		champion->version_id = version.id;
	}
	alm_version_release(&version);
	return status;
}

/* Whether the version itself is what is wrong, and not the machine. */
static bool is_unusable(enum alm_status status)
{
	return status == ALM_BAD_DATA || status == ALM_UNAVAILABLE || status == ALM_BAD_CONFIG ||
	       status == ALM_NO_PERMISSION || status == ALM_NO_INPUT;
}

/* The newest of the champions before today's that can be loaded. */
static enum alm_status fall_back(
	struct alm_champion *champion, const struct alm_context *context, struct alm_error *err)
{
	struct alm_error why = *err, next;
	for (int back = 1; back <= FALLBACKS; back++) {
		int64_t version_id = 0;
		int number = 0;
		enum alm_status status =
			alm_promotion_before(champion->db, champion->model.id, back, &version_id, &next);
		if (status == ALM_OK && version_id != 0)
			status = alm_version_number(champion->db, version_id, &number, &next);
		if (status != ALM_OK || version_id == 0)
			break;
		if (load_version(champion, context, number, &next) != ALM_OK)
			continue;
		champion->fell_back = true;
		alm_fail(&champion->why, ALM_DEGRADED,
			"the champion of model '%s' cannot be used, and version %d before it stands in: %s",
			champion->model.name, number, why.text);
		return ALM_OK;
	}
	return why.status;
}

enum alm_status alm_champion_find(struct alm_champion *champion, const struct alm_context *context,
	const char *model, enum alm_db_mode mode, struct alm_error *err)
{
	*champion = (struct alm_champion){0};
	enum alm_status status = alm_db_enter(context, mode, &champion->db, err);
	if (status == ALM_OK)
		status = alm_model_find(champion->db, model, &champion->model, err);
	if (status == ALM_OK)
		status = alm_dataset_find(champion->db, champion->model.dataset, &champion->dataset, err);
	if (status == ALM_OK)
		status = alm_cell_folders_init(&champion->folders, context->cell_path, err);
	return status;
}

enum alm_status alm_champion_load(struct alm_champion *champion, const struct alm_context *context,
	int version, int max_threads, struct alm_error *err)
{
	struct alm_error own = {.text = ""};
	err = err ? err : &own;
	int threads = context->threads > 0 ? context->threads : alm_pool_processors();
	enum alm_status status = load_version(champion, context, version, err);
	if (version == 0 && champion->model.champion_id != 0 && is_unusable(status))
		status = fall_back(champion, context, err);
	if (status == ALM_OK)
		status = alm_pool_new(threads < max_threads ? threads : max_threads, &champion->pool, err);
	if (status == ALM_OK)
		alm_model_forecaster_init(&champion->forecaster, &champion->trained, champion->pool);
	return status;
}

enum alm_status alm_champion_open(struct alm_champion *champion, const struct alm_context *context,
	const char *model, int version, enum alm_db_mode mode, int max_threads, struct alm_error *err)
{
	enum alm_status status = alm_champion_find(champion, context, model, mode, err);
	return status == ALM_OK ? alm_champion_load(champion, context, version, max_threads, err) : status;
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
