#include <criterion/criterion.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include "check/image.h"
#include "support/make.h"

static char *folder, *path;
static struct alm_image image;
static struct alm_error err;

static void setup(void)
{
	folder = make_folder();
	path = make_path(folder, "cell.so");
	make_file(path, "abc");
}

static void teardown(void)
{
	free(folder);
	free(path);
}

TestSuite(image, .init = setup, .fini = teardown);

Test(image, a_copy_has_the_bytes_and_their_hash)
{
	char bytes[8] = "";
	cr_assert_eq(alm_image_open(path, &image, &err), ALM_OK, "%s", err.text);
	cr_assert_eq(read(image.fd, bytes, sizeof bytes), 3);
	cr_assert_str_eq(bytes, "abc");
	/* FIPS 180-2, appendix B.1 */
	cr_assert_str_eq(image.sha256, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	alm_image_close(&image);
	cr_assert_eq(image.fd, -1);
}

Test(image, a_copy_does_not_change_with_its_file_or_by_any_hand)
{
	char bytes[8] = "";
	cr_assert_eq(alm_image_open(path, &image, &err), ALM_OK, "%s", err.text);
	make_file(path, "xyz and more");
	cr_assert(write(image.fd, "x", 1) < 0 && errno == EPERM);
	cr_assert(ftruncate(image.fd, 0) < 0 && errno == EPERM);
	cr_assert_eq(pread(image.fd, bytes, sizeof bytes, 0), 3);
	cr_assert_str_eq(bytes, "abc");
	alm_image_close(&image);
}

Test(image, what_is_not_there_and_what_is_no_file_are_different_errors)
{
	char *none = make_path(folder, "none.so"), *pipe = make_path(folder, "pipe.so");
	cr_assert_eq(mkfifo(pipe, 0600), 0);
	cr_assert_eq(alm_image_open(none, &image, &err), ALM_NO_INPUT);
	cr_assert_eq(alm_image_open(pipe, &image, &err), ALM_BAD_DATA);
	cr_assert(strstr(err.text, "is a pipe"), "%s", err.text);
	cr_assert_eq(alm_image_open(folder, &image, &err), ALM_BAD_DATA);
	cr_assert_eq(alm_image_open("/dev/null", &image, &err), ALM_BAD_DATA);
	cr_assert(strstr(err.text, "is a device"), "%s", err.text);
	free(none);
	free(pipe);
}

/* The file has holes, no bytes: its size is what counts. */
Test(image, a_file_too_large_is_refused_before_it_is_read)
{
	cr_assert_eq(truncate(path, (off_t)257 << 20), 0);
	cr_assert_eq(alm_image_open(path, &image, &err), ALM_BAD_DATA);
	cr_assert(strstr(err.text, "269484032 bytes"), "%s", err.text);
}
