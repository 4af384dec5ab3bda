#include "run/ledger.h"
#include "base/reporter.h"

enum alm_status alm_ledger_begin(struct alm_ledger *ledger, struct alm_db *db,
	const struct alm_run_start *start, struct alm_error *err)
{
	int64_t run_id;
	enum alm_status status = alm_run_begin(db, start, &run_id, err);
	if (status == ALM_OK)
		*ledger = (struct alm_ledger){.db = db, .run_id = run_id, .began_s = alm_monotonic_s()};
	return status;
}

enum alm_status alm_ledger_end(
	struct alm_ledger *ledger, const struct alm_pairs *facts, struct alm_error *err)
{
	return alm_run_end(
		ledger->db, ledger->run_id, ALM_OK, alm_monotonic_s() - ledger->began_s, NULL, facts, err);
}

enum alm_status alm_ledger_end_degraded(struct alm_ledger *ledger, const char *why, struct alm_error *err)
{
	return alm_run_end(ledger->db, ledger->run_id, ALM_DEGRADED, alm_monotonic_s() - ledger->began_s, why,
		NULL, err);
}

void alm_ledger_fail(struct alm_ledger *ledger, enum alm_status status, const struct alm_error *why)
{
	if (!ledger->db)
		return;
	alm_db_rollback(ledger->db);
	enum alm_status written = alm_run_end(ledger->db, ledger->run_id, status,
		alm_monotonic_s() - ledger->began_s, why ? why->text : alm_status_text(status), NULL, NULL);
	(void)written;
}
