/* A number for where the program is: the same for the same calls, from main on, in every run of the same build. */
#ifndef TESTS_PRELOAD_STACK_H
#define TESTS_PRELOAD_STACK_H
#include <dlfcn.h>
#include <execinfo.h>
#include <link.h>
#include <stdint.h>

#define STACK_DEEP 96

/* This function and the allocator's, in front of which AddressSanitizer's backtrace has one of its own. */
#ifdef __SANITIZE_ADDRESS__
#define OWN_FRAMES 3
#else
#define OWN_FRAMES 2
#endif

/*
 * The first call loads libgcc's unwinder: before anything is counted. Addresses count from where their library lies. Where the
 * allocator itself asks from is none of them: a compiler may have made several places of one.
 */
__attribute__((noinline)) static uint64_t stack_number(void)
{
	void *frames[STACK_DEEP];
	uint64_t number = UINT64_C(0xcbf29ce484222325); /* FNV-1a, a word at a time */
	int n = backtrace(frames, STACK_DEEP);
	for (int i = OWN_FRAMES; i < n; i++) {
		struct dl_find_object in;
		uintptr_t at = (uintptr_t)frames[i];
		if (_dl_find_object(frames[i], &in) == 0)
			at = at - in.dlfo_link_map->l_addr +
			     ((uintptr_t)in.dlfo_link_map->l_ld - in.dlfo_link_map->l_addr);
		number = (number ^ at) * UINT64_C(0x100000001b3);
	}
	return number;
}

#endif
