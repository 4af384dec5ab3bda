#include "base/hash.h"
#include <errno.h>
#include <nettle/sha2.h>
#include <stdint.h>
#include <string.h>
#include <sys/types.h>
#include <unistd.h>

static void print_hex(struct sha256_ctx *state, char out[static ALM_HASH_TEXT])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t digest[SHA256_DIGEST_SIZE];
	sha256_digest(state, sizeof digest, digest);
	for (size_t i = 0; i < sizeof digest; i++) {
		out[2 * i] = digits[digest[i] >> 4];
		out[2 * i + 1] = digits[digest[i] & 15];
	}
	out[2 * sizeof digest] = '\0';
}

void alm_hash_parts(const struct alm_hash_part *parts, int n_parts, char out[static ALM_HASH_TEXT])
{
	struct sha256_ctx state;
	sha256_init(&state);
	for (int i = 0; i < n_parts; i++)
		sha256_update(&state, parts[i].n_bytes, parts[i].bytes);
	print_hex(&state, out);
}

enum alm_status alm_hash_file(int fd, const char *path, char out[static ALM_HASH_TEXT], struct alm_error *err)
{
	struct sha256_ctx state;
	uint8_t block[65536];
	ssize_t n;
	sha256_init(&state);
	if (lseek(fd, 0, SEEK_SET) < 0)
		return alm_fail(err, ALM_IO, "cannot read '%s': %s", path, strerror(errno));
	while ((n = read(fd, block, sizeof block)) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return alm_fail(err, ALM_IO, "cannot read '%s': %s", path, strerror(errno));
		sha256_update(&state, (size_t)n, block);
	}
	print_hex(&state, out);
	return ALM_OK;
}
