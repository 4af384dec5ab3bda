#include "base/rng.h"
#include <math.h>

static uint64_t mix(uint64_t x)
{
	x += UINT64_C(0x9e3779b97f4a7c15);
	x = (x ^ (x >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	x = (x ^ (x >> 27)) * UINT64_C(0x94d049bb133111eb);
	return x ^ (x >> 31);
}

uint64_t alm_rng_bits(uint64_t seed, uint64_t stream, uint64_t counter)
{
	return mix(mix(mix(seed) ^ stream) ^ counter);
}

double alm_rng_uniform(uint64_t seed, uint64_t stream, uint64_t counter)
{
	return (double)(alm_rng_bits(seed, stream, counter) >> 11) * 0x1p-53;
}

double alm_rng_normal(uint64_t seed, uint64_t stream, uint64_t counter)
{
	uint64_t own = ~stream; /* so that uniform values of the same stream are other ones */
	double u = 1 - alm_rng_uniform(seed, own, 2 * counter);
	double v = alm_rng_uniform(seed, own, 2 * counter + 1);
	return sqrt(-2 * log(u)) * cos(2 * 3.14159265358979323846 * v);
}

/* Bits of each half of the Feistel network's block for n elements: the block is the next power of four. */
static int half_bits(uint64_t n)
{
	int bits = 1;
	while (bits < 32 && (UINT64_C(1) << (2 * bits)) < n)
		bits++;
	return bits;
}

uint64_t alm_rng_permute(uint64_t seed, uint64_t stream, uint64_t n, uint64_t i)
{
	int bits = half_bits(n);
	uint64_t low = (UINT64_C(1) << bits) - 1;
	do {
		uint64_t left = i >> bits, right = i & low;
		for (uint64_t round = 0; round < 4; round++) {
			uint64_t next = left ^ (alm_rng_bits(seed, stream, right << 2 | round) & low);
			left = right;
			right = next;
		}
		i = left << bits | right;
	} while (i >= n);
	return i;
}
