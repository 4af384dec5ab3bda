#include <stdbool.h>
#include <stdlib.h>
#include <zlib.h>
#include "ingest/stage.h"

#define PACKED (64 * 1024)

/* inflateInit2: the largest window, and a gzip header around it. */
#define WINDOW (15 + 16)

struct gzip {
	struct alm_stage stage;
	z_stream stream;
	bool at_end;  /* of the packed bytes */
	bool between; /* a member has ended: the file may end, or another follow */
	char packed[PACKED];
};

static enum alm_status fill(struct gzip *gzip, struct alm_error *err)
{
	size_t n;
	enum alm_status status = gzip->stage.below->read(gzip->stage.below, gzip->packed, PACKED, &n, err);
	if (status != ALM_OK)
		return status;
	gzip->at_end = n == 0;
	gzip->stream.next_in = (unsigned char *)gzip->packed;
	gzip->stream.avail_in = (unsigned)n;
	return ALM_OK;
}

static enum alm_status damaged(const struct gzip *gzip, struct alm_error *err)
{
	return alm_fail(err, ALM_BAD_DATA, "'%s' is damaged: %s in its gzip data; get the file again",
		gzip->stage.name, gzip->stream.msg ? gzip->stream.msg : "an error");
}

/* The next member; zeros between members, which tapes left, are passed over. */
static void begin_member(struct gzip *gzip)
{
	z_stream *stream = &gzip->stream;
	while (stream->avail_in > 0 && *stream->next_in == 0) {
		stream->next_in++;
		stream->avail_in--;
	}
	if (stream->avail_in == 0)
		return;
	inflateReset(stream);
	gzip->between = false;
}

static enum alm_status unpack(struct gzip *gzip, struct alm_error *err)
{
	switch (inflate(&gzip->stream, Z_NO_FLUSH)) {
	case Z_STREAM_END:
		gzip->between = true;
		return ALM_OK;
	case Z_OK:
	case Z_BUF_ERROR: /* wants more */
		return ALM_OK;
	case Z_MEM_ERROR:
		return alm_fail_memory(err, (size_t)1 << 15);
	default:
		return damaged(gzip, err);
	}
}

static enum alm_status gzip_read(
	struct alm_stage *stage, char *to, size_t room, size_t *n, struct alm_error *err)
{
	struct gzip *gzip = (struct gzip *)stage;
	z_stream *stream = &gzip->stream;
	enum alm_status status = ALM_OK;
	stream->next_out = (unsigned char *)to;
	stream->avail_out = (unsigned)room;
	while (status == ALM_OK && stream->avail_out == room) {
		if (stream->avail_in == 0 && !gzip->at_end)
			status = fill(gzip, err);
		if (status != ALM_OK || (stream->avail_in == 0 && gzip->at_end))
			break;
		if (gzip->between)
			begin_member(gzip);
		if (!gzip->between)
			status = unpack(gzip, err);
	}
	*n = room - stream->avail_out;
	if (status == ALM_OK && *n == 0 && !gzip->between)
		return alm_fail(err, ALM_BAD_DATA,
			"'%s' ends in the middle of its gzip data: it is cut off; get the file again",
			stage->name);
	return status;
}

static void gzip_close(struct alm_stage *stage)
{
	struct gzip *gzip = (struct gzip *)stage;
	inflateEnd(&gzip->stream);
	free(gzip);
}

enum alm_status alm_stage_gzip(struct alm_stage *below, struct alm_stage **out, struct alm_error *err)
{
	struct gzip *gzip = calloc(1, sizeof *gzip);
	if (!gzip || inflateInit2(&gzip->stream, WINDOW) != Z_OK) {
		free(gzip);
		return alm_fail_memory(err, sizeof *gzip);
	}
	gzip->stage = (struct alm_stage){gzip_read, gzip_close, below, below->name};
	*out = &gzip->stage;
	return ALM_OK;
}
