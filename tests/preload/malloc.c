/*
 * An allocator that runs out of memory when it is told to, for the whole process with all its libraries: LD_PRELOAD it.
 *
 *   ALMANAC_MALLOC        "once N": allocation N is refused.  "ever N": N and all after it.  "none 0": none is.
 *   ALMANAC_MALLOC_COUNT  file that gets "allocations refused stack" when the process ends; stack: of the first refused
 *   ALMANAC_MALLOC_STACKS file that gets the stack of every allocation (stack.h), eight bytes each
 *
 * Counted from main on; the process that is started, and no child of it. glibc's own functions do the work.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include "stack.h"

extern void *__libc_malloc(size_t n);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *block, size_t n);
extern void *__libc_memalign(size_t alignment, size_t n);

static atomic_long n_calls, n_refused;
static long at;
static int stacks = -1;
static uint64_t first_refused;
static bool ever, counting;

static bool refuse(void)
{
	if (!counting)
		return false;
	long n = atomic_fetch_add(&n_calls, 1) + 1;
	bool refused = at != 0 && (n == at || (n > at && ever));
	bool first = refused && atomic_fetch_add(&n_refused, 1) == 0;
	uint64_t stack = first || stacks >= 0 ? stack_number() : 0;
	if (stacks >= 0 &&
		pwrite(stacks, &stack, sizeof stack, (n - 1) * (off_t)sizeof stack) != sizeof stack)
		_exit(125);
	if (first)
		first_refused = stack;
	if (!refused)
		return false;
	errno = ENOMEM;
	return true;
}

void *malloc(size_t n)
{
	return refuse() ? NULL : __libc_malloc(n);
}

void *calloc(size_t n, size_t size)
{
	return refuse() ? NULL : __libc_calloc(n, size);
}

void *realloc(void *block, size_t n)
{
	return refuse() ? NULL : __libc_realloc(block, n);
}

void *memalign(size_t alignment, size_t n)
{
	return refuse() ? NULL : __libc_memalign(alignment, n);
}

void *aligned_alloc(size_t alignment, size_t n)
{
	return refuse() ? NULL : __libc_memalign(alignment, n);
}

int posix_memalign(void **out, size_t alignment, size_t n)
{
	void *block = refuse() ? NULL : __libc_memalign(alignment, n);
	if (!block)
		return ENOMEM;
	*out = block;
	return 0;
}

static void finish(void)
{
	char line[96];
	const char *path = getenv("ALMANAC_MALLOC_COUNT");
	counting = false;
	int n = snprintf(line, sizeof line, "%ld %ld %" PRIu64 "\n", n_calls, n_refused, first_refused);
	int fd = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
	if (fd >= 0 && write(fd, line, (size_t)n) == n)
		close(fd);
}

__attribute__((constructor)) static void begin(void)
{
	char word[8] = "";
	const char *plan = getenv("ALMANAC_MALLOC"), *path = getenv("ALMANAC_MALLOC_STACKS");
	if (plan && sscanf(plan, "%7s %ld", word, &at) != 2)
		_exit(125);
	ever = strcmp(word, "ever") == 0;
	stacks = path ? open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600) : -1;
	unsetenv("LD_PRELOAD"); /* not for children */
	(void)stack_number();
	atexit(finish);
	counting = true;
}
