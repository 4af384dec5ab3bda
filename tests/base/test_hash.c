#include <criterion/criterion.h>
#include <fcntl.h>
#include <stdlib.h>
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
	char out[ALM_HASH_TEXT], *path = make_path(make_folder(), "abc");
	make_file(path, "abc");
	int fd = open(path, O_RDONLY);
	cr_assert_eq(alm_hash_file(fd, path, out, NULL), ALM_OK);
	cr_assert_str_eq(out, ABC);
	close(fd);
	cr_assert_eq(alm_hash_file(-1, path, out, NULL), ALM_IO);
	free(path);
}
