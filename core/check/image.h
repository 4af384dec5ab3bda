/* A copy of a cell's file in memory that nobody can change any more: what is hashed is what is loaded. */
#ifndef ALM_CHECK_IMAGE_H
#define ALM_CHECK_IMAGE_H
#include "base/hash.h"
#include "base/status.h"

struct alm_image {
	int fd; /* sealed; owned */
	char sha256[ALM_HASH_TEXT];
};

/*
 * ALM_NO_INPUT: there is no such file. ALM_BAD_DATA: a folder, a pipe, a file of more than 256 MiB. ALM_NO_PERMISSION and
 * ALM_IO as they come. Never waits, whatever the path is. Close the result.
 */
ALM_MUST_CHECK enum alm_status alm_image_open(const char *path, struct alm_image *out, struct alm_error *err);
void alm_image_close(struct alm_image *image);

#endif
