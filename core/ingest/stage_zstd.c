#include <stdbool.h>
#include <stdlib.h>
#include <zstd.h>
#include "ingest/stage.h"

#define PACKED (128 * 1024)

struct zstd {
	struct alm_stage stage;
	ZSTD_DStream *stream;
	ZSTD_inBuffer in; /* over packed */
	bool at_end;      /* of the packed bytes */
	bool between;     /* a frame has ended: the file may end, or another follow */
	char packed[PACKED];
};

static enum alm_status fill(struct zstd *zstd, struct alm_error *err)
{
	size_t n;
	enum alm_status status = zstd->stage.below->read(zstd->stage.below, zstd->packed, PACKED, &n, err);
	if (status != ALM_OK)
		return status;
	zstd->at_end = n == 0;
	zstd->in = (ZSTD_inBuffer){zstd->packed, n, 0};
	return ALM_OK;
}

static enum alm_status zstd_read(
	struct alm_stage *stage, char *to, size_t room, size_t *n, struct alm_error *err)
{
	struct zstd *zstd = (struct zstd *)stage;
	ZSTD_outBuffer out = {to, room, 0};
	while (out.pos == 0) {
		if (zstd->in.pos == zstd->in.size && !zstd->at_end) {
			enum alm_status status = fill(zstd, err);
			if (status != ALM_OK)
				return status;
		}
		bool no_more = zstd->in.pos == zstd->in.size && zstd->at_end;
		if (no_more && zstd->between)
			break;
		/* Also without input: what it has unpacked already may not have fitted before. */
		size_t hint = ZSTD_decompressStream(zstd->stream, &out, &zstd->in);
		if (ZSTD_isError(hint))
			return alm_fail(err, ALM_BAD_DATA,
				"'%s' is damaged: %s in its zstd data; get the file again", stage->name,
				ZSTD_getErrorName(hint));
		zstd->between = hint == 0;
		if (no_more && !zstd->between && out.pos == 0)
			return alm_fail(err, ALM_BAD_DATA,
				"'%s' ends in the middle of its zstd data: it is cut off; get the file again",
				stage->name);
	}
	*n = out.pos;
	return ALM_OK;
}

static void zstd_close(struct alm_stage *stage)
{
	struct zstd *zstd = (struct zstd *)stage;
	ZSTD_freeDStream(zstd->stream);
	free(zstd);
}

enum alm_status alm_stage_zstd(struct alm_stage *below, struct alm_stage **out, struct alm_error *err)
{
	struct zstd *zstd = calloc(1, sizeof *zstd);
	if (!zstd || !(zstd->stream = ZSTD_createDStream())) {
		free(zstd);
		return alm_fail_memory(err, sizeof *zstd);
	}
	zstd->stage = (struct alm_stage){zstd_read, zstd_close, below, below->name};
	*out = &zstd->stage;
	return ALM_OK;
}
