/*
 * The same as tests/preload/malloc.c for our own code and SQLite alone, where AddressSanitizer has taken malloc: almanac-torture
 * is linked with --wrap for each of these, and SQLite is told. So a refusal's path is looked at for leaks and bad accesses. Its
 * environment is that of malloc.c, called ALMANAC_STARVE instead of ALMANAC_MALLOC.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <sqlite3.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "preload/stack.h"

void *__real_malloc(size_t n);
void *__real_calloc(size_t n, size_t size);
void *__real_realloc(void *block, size_t n);
int __real_posix_memalign(void **out, size_t alignment, size_t n);
void *__real_aligned_alloc(size_t alignment, size_t n);
char *__real_strdup(const char *text);

void *__wrap_malloc(size_t n);
void *__wrap_calloc(size_t n, size_t size);
void *__wrap_realloc(void *block, size_t n);
int __wrap_posix_memalign(void **out, size_t alignment, size_t n);
void *__wrap_aligned_alloc(size_t alignment, size_t n);
char *__wrap_strdup(const char *text);

static struct {
	sqlite3_mem_methods sqlite; /* SQLite's own */
	atomic_long n_calls, n_refused;
	long at;
	int stacks;
	uint64_t first_refused;
	bool ever, counting;
} starve = {.stacks = -1};

static bool refuse(void)
{
	if (!starve.counting)
		return false;
	long n = atomic_fetch_add(&starve.n_calls, 1) + 1;
	bool refused = starve.at != 0 && (n == starve.at || (n > starve.at && starve.ever));
	bool first = refused && atomic_fetch_add(&starve.n_refused, 1) == 0;
	uint64_t stack = first || starve.stacks >= 0 ? stack_number() : 0;
	if (starve.stacks >= 0 &&
		pwrite(starve.stacks, &stack, sizeof stack, (n - 1) * (off_t)sizeof stack) != sizeof stack)
		_exit(125);
	if (first)
		starve.first_refused = stack;
	if (!refused)
		return false;
	errno = ENOMEM;
	return true;
}

void *__wrap_malloc(size_t n)
{
	return refuse() ? NULL : __real_malloc(n);
}

void *__wrap_calloc(size_t n, size_t size)
{
	return refuse() ? NULL : __real_calloc(n, size);
}

void *__wrap_realloc(void *block, size_t n)
{
	return refuse() ? NULL : __real_realloc(block, n);
}

int __wrap_posix_memalign(void **out, size_t alignment, size_t n)
{
	return refuse() ? ENOMEM : __real_posix_memalign(out, alignment, n);
}

void *__wrap_aligned_alloc(size_t alignment, size_t n)
{
	return refuse() ? NULL : __real_aligned_alloc(alignment, n);
}

char *__wrap_strdup(const char *text)
{
	return refuse() ? NULL : __real_strdup(text);
}

static void *sqlite_malloc(int n)
{
	return refuse() ? NULL : starve.sqlite.xMalloc(n);
}

static void *sqlite_realloc(void *block, int n)
{
	return refuse() ? NULL : starve.sqlite.xRealloc(block, n);
}

static void finish(void)
{
	FILE *file = fopen(getenv("ALMANAC_STARVE_COUNT"), "w");
	starve.counting = false;
	if (!file)
		return;
	fprintf(file, "%ld %ld %" PRIu64 "\n", starve.n_calls, starve.n_refused, starve.first_refused);
	fclose(file);
}

/* Before SQLite is used, and before shim.c. */
__attribute__((constructor(101))) static void begin(void)
{
	char word[8] = "";
	const char *plan = getenv("ALMANAC_STARVE"), *path = getenv("ALMANAC_STARVE_STACKS");
	if (!plan || !getenv("ALMANAC_STARVE_COUNT"))
		return;
	if (sscanf(plan, "%7s %ld", word, &starve.at) != 2 ||
		sqlite3_config(SQLITE_CONFIG_GETMALLOC, &starve.sqlite) != SQLITE_OK)
		_exit(125);
	sqlite3_mem_methods ours = starve.sqlite;
	ours.xMalloc = sqlite_malloc;
	ours.xRealloc = sqlite_realloc;
	if (sqlite3_config(SQLITE_CONFIG_MALLOC, &ours) != SQLITE_OK)
		_exit(125);
	starve.ever = strcmp(word, "ever") == 0;
	starve.stacks = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
	(void)stack_number();
	atexit(finish);
	starve.counting = true;
}
