/*
 * What a check reads of the processor: the arguments of a system call, where it stands and whether an access that failed was a
 * write, for signal handlers. Only x86-64 is known; elsewhere there is no sandbox.
 */
#ifndef ALM_CHECK_REGISTERS_H
#define ALM_CHECK_REGISTERS_H
#include <stdbool.h>
#include <stdint.h>
#include <ucontext.h>

#if defined(__x86_64__) && defined(__LP64__)

static inline bool alm_registers_known(void)
{
	return true;
}

/* The argument-th (from 0) of a system call. */
static inline uint64_t alm_register_argument(const ucontext_t *context, int argument)
{
	static const int place[6] = {REG_RDI, REG_RSI, REG_RDX, REG_R10, REG_R8, REG_R9};
	return (uint64_t)context->uc_mcontext.gregs[place[argument]];
}

/* What the system call returns. */
static inline void alm_register_set_result(ucontext_t *context, int64_t result)
{
	context->uc_mcontext.gregs[REG_RAX] = result;
}

static inline uintptr_t alm_register_stack(const ucontext_t *context)
{
	return (uintptr_t)context->uc_mcontext.gregs[REG_RSP];
}

/* Where the instruction is that could not be run. */
static inline uintptr_t alm_register_instruction(const ucontext_t *context)
{
	return (uintptr_t)context->uc_mcontext.gregs[REG_RIP];
}

/* Of a SIGSEGV: bit 1 of the page fault's error code (Intel's manual, volume 3, 4.7). */
static inline bool alm_register_was_write(const ucontext_t *context)
{
	return (context->uc_mcontext.gregs[REG_ERR] & 2) != 0;
}

#else

static inline bool alm_registers_known(void)
{
	return false;
}

static inline uint64_t alm_register_argument(const ucontext_t *context, int argument)
{
	(void)context;
	(void)argument;
	return 0;
}

static inline void alm_register_set_result(ucontext_t *context, int64_t result)
{
	(void)context;
	(void)result;
}

static inline uintptr_t alm_register_stack(const ucontext_t *context)
{
	(void)context;
	return 0;
}

static inline uintptr_t alm_register_instruction(const ucontext_t *context)
{
	(void)context;
	return 0;
}

static inline bool alm_register_was_write(const ucontext_t *context)
{
	(void)context;
	return false;
}

#endif
#endif
