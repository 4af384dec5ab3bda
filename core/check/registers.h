/*
 * What a check reads of the processor: the arguments of a system call, where it stands and whether an access that failed was a
 * write, for signal handlers; and the floating-point mode. Only x86-64 is known; elsewhere there is no sandbox.
 */
#ifndef ALM_CHECK_REGISTERS_H
#define ALM_CHECK_REGISTERS_H
#include <fenv.h>
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

#define ALM_FLOAT_FLUSHES UINT64_C(0x8040) /* MXCSR: results (FTZ) and operands (DAZ) too small become 0 */
#define ALM_FLOAT_ROUNDS  UINT64_C(0x0c0000006000) /* both units' direction of rounding */

/* The mode that arithmetic runs in, without what only tells of past operations: the x87's control word above MXCSR. */
static inline uint64_t alm_float_control(void)
{
	fenv_t now;
	fegetenv(&now);
	return (uint64_t)now.__control_word << 32 | (now.__mxcsr & 0xffc0u);
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

#define ALM_FLOAT_FLUSHES UINT64_C(0)
#define ALM_FLOAT_ROUNDS  UINT64_MAX

static inline uint64_t alm_float_control(void)
{
	return (uint64_t)fegetround();
}

#endif
#endif
