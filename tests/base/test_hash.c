#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "base/hash.h"
#include "support/make.h"

/* FIPS 180-4's own example. */
#define ABC "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"

Test(hash, of_abc_is_the_standard_s)
{
	char out[ALM_HASH_TEXT];
	alm_hash_parts(&(struct alm_hash_part){"abc", 3}, 1, out);
	cr_assert_str_eq(out, ABC);
	struct alm_hash_part parts[] = {{"a", 1}, {"", 0}, {"bc", 2}};
	alm_hash_parts(parts, 3, out);
	cr_assert_str_eq(out, ABC);
}

Test(hash, of_a_file_is_that_of_its_bytes)
{
	char out[ALM_HASH_TEXT], *folder = make_folder(), *path = make_path(folder, "abc");
	make_file(path, "abc");
	int fd = open(path, O_RDONLY);
	cr_assert_eq(alm_hash_file(fd, path, out, NULL), ALM_OK);
	cr_assert_str_eq(out, ABC);
	close(fd);
	free(path);
	free(folder);
}

Test(hash, starts_at_the_beginning_of_the_file_wherever_it_was_read_to)
{
	char out[ALM_HASH_TEXT], byte, *folder = make_folder(), *path = make_path(folder, "abc");
	make_file(path, "abc");
	int fd = open(path, O_RDONLY);
	cr_assert_eq(read(fd, &byte, 1), 1);
	cr_assert_eq(alm_hash_file(fd, path, out, NULL), ALM_OK);
	cr_assert_str_eq(out, ABC);
	close(fd);
	free(path);
	free(folder);
}

/* The standard's third example: more than one block of reading. */
Test(hash, of_a_million_letters_is_the_standard_s)
{
	char out[ALM_HASH_TEXT], *folder = make_folder(), *path = make_path(folder, "million");
	char *text = malloc(1000001);
	memset(text, 'a', 1000000);
	text[1000000] = '\0';
	make_file(path, text);
	int fd = open(path, O_RDONLY);
	cr_assert_eq(alm_hash_file(fd, path, out, NULL), ALM_OK);
	cr_assert_str_eq(out, "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0");
	close(fd);
	free(text);
	free(path);
	free(folder);
}

Test(hash, of_what_cannot_be_read_is_an_error_that_names_it)
{
	char out[ALM_HASH_TEXT] = "as it was";
	struct alm_error err;
	int folder = open("/", O_RDONLY);
	cr_assert_eq(alm_hash_file(-1, "closed", out, &err), ALM_IO);
	cr_assert(strstr(err.text, "'closed'"));
	cr_assert_eq(alm_hash_file(folder, "/", out, &err), ALM_IO);
	cr_assert_str_eq(out, "as it was");
	close(folder);
}
