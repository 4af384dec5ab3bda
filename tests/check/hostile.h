/*
 * A cell that is good but for what is defined before this is included: statements that run when it is loaded, asked for
 * its table, called or unloaded. One gate, one state, no recurrent matrix: next = pre + prev / 2.
 */
#ifndef TESTS_CHECK_HOSTILE_H
#define TESTS_CHECK_HOSTILE_H
#include <arpa/inet.h>
#include <dirent.h>
#include <dlfcn.h>
#include <fcntl.h>
#include <fenv.h>
#include <locale.h>
#include <math.h>
#include <pthread.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>
#if defined(__x86_64__)
#include <xmmintrin.h>
#endif
#include "almanac_cell.h"

#ifndef AT_LOAD
#define AT_LOAD
#endif
#ifndef AT_ENTRY
#define AT_ENTRY
#endif
#ifndef AT_FORWARD
#define AT_FORWARD
#endif
#ifndef AFTER_FORWARD
#define AFTER_FORWARD
#endif
#ifndef AT_BACKWARD
#define AT_BACKWARD
#endif
#ifndef AT_UNLOAD
#define AT_UNLOAD
#endif

/* What some of them need. */
static volatile int sink;
static volatile int *volatile nowhere;

__attribute__((unused)) static void open_something(void)
{
	sink = open("/etc/passwd", O_RDONLY);
}

__attribute__((unused)) static void *run_thread(void *unused)
{
	return unused;
}

__attribute__((unused, noinline)) static int recurse(int depth)
{
	volatile char frame[4096];
	frame[depth % 4096] = (char)depth;
	return recurse(depth + 1) + frame[0];
}

__attribute__((unused)) static void handle_signal(int number)
{
	(void)number;
}

static void forward(const struct almanac_forward *s)
{
	ptrdiff_t n = (ptrdiff_t)s->rows * s->units;
	AT_FORWARD;
	for (ptrdiff_t i = 0; i < n; i++)
		s->next[i] = s->pre[i] + 0.5f * s->prev[i];
	AFTER_FORWARD;
}

static void backward(const struct almanac_backward *s)
{
	ptrdiff_t n = (ptrdiff_t)s->rows * s->units;
	AT_BACKWARD;
	for (ptrdiff_t i = 0; i < n; i++) {
		s->d_pre[i] = s->d_next[i];
		s->d_prev[i] = 0.5f * s->d_next[i];
	}
}

/* No constant: what runs at its entry may change it. */
static struct almanac_cell cell = {
	.size = sizeof cell,
	.abi_min = 1,
	.flags = ALMANAC_CELL_NO_REC,
	.name = "hostile",
	.version = "1.0",
	.summary = "good but for one thing",
	.gates = 1,
	.states = 1,
	.forward = forward,
	.backward = backward,
};

__attribute__((constructor)) static void load(void)
{
	AT_LOAD;
}

__attribute__((destructor)) static void unload(void)
{
	AT_UNLOAD;
}

const struct almanac_cell *almanac_cell_v1(void)
{
	AT_ENTRY;
	return &cell;
}

#endif
