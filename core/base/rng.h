/*
 * Counter-based randomness: a value is a pure function of (seed, stream, counter), so it does not depend on
 * the order in which anything runs. The mixer is SplitMix64's finaliser (Steele, Lea, Flood, OOPSLA 2014),
 * applied once per word of the key.
 */
#ifndef ALM_BASE_RNG_H
#define ALM_BASE_RNG_H
#include <stdint.h>

/* 64 random bits. */
uint64_t alm_rng_bits(uint64_t seed, uint64_t stream, uint64_t counter);

/* Uniform in [0, 1), 53 bits. */
double alm_rng_uniform(uint64_t seed, uint64_t stream, uint64_t counter);

/* Standard normal (Box-Muller; uses counters 2c and 2c+1 of a stream of its own). */
double alm_rng_normal(uint64_t seed, uint64_t stream, uint64_t counter);

/*
 * Element i of a permutation of 0..n-1 chosen by (seed, stream), computed without a table: a four-round
 * Feistel network over the next power of four, walked until it lands below n. n >= 1, i < n.
 */
uint64_t alm_rng_permute(uint64_t seed, uint64_t stream, uint64_t n, uint64_t i);

#endif
