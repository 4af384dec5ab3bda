/*
 * How models are, as node_exporter's textfile collector takes it: the text format 0.0.4 of Prometheus
 * (prometheus.io/docs/instrumenting/exposition_formats).
 */
#ifndef APP_OUT_METRICS_H
#define APP_OUT_METRICS_H
#include "base/status.h"
#include "store/health.h"

/*
 * Replaces the file, of which there is never half: a file beside it is written, synced and renamed. ALM_CANT_CREATE: there can be
 * none beside it. ALM_IO. The file is as it was after an error.
 */
ALM_MUST_CHECK enum alm_status out_metrics_write(
	const char *path, const struct alm_health *health, struct alm_error *err);

#endif
