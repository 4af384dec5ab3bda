/* What the fuzzers share: bytes under a path, for what reads files. */
#ifndef FUZZ_INPUT_H
#define FUZZ_INPUT_H
#include <stddef.h>
#include <stdint.h>

/* What libFuzzer calls. */
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

/* A path under which the bytes can be read, until the next call. */
const char *fuzz_file(const uint8_t *bytes, size_t n);

/* Ends the process, which libFuzzer reports, unless it holds: what a function promises. */
void fuzz_expect(int holds, const char *promise);

#endif
