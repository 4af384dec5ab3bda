/* A file with what is known ahead, for one forecast. */
#ifndef ALM_PREPARE_SUPPLY_H
#define ALM_PREPARE_SUPPLY_H
#include "base/context.h"
#include "model/trained.h"

/*
 * Reads the file as almanac ingest would, in the zone that the dataset has (zone "" = UTC), by the names of its own table: time, series where the panel's have
 * names, and the model's future channels. Its values take the place of those the dataset has after the last row of a series.
 * Series that are not in the panel are noted. ALM_USAGE when the model has no future channel, ALM_BAD_DATA and ALM_NO_INPUT
 * naming the file.
 */
ALM_MUST_CHECK enum alm_status alm_supply(const struct alm_context *context, const char *path,
	const char *zone, const struct alm_trained *trained, struct alm_panel *panel, struct alm_error *err);

#endif
