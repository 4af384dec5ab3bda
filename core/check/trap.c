#include "check/trap.h"
#include <errno.h>
#include <link.h>
#include <sched.h>
#include <seccomp.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/mman.h>
#include <unistd.h>
#include "probe/guard.h"
#include "check/registers.h"

#define STACK_BYTES     65536
#define NULL_BYTES      65536              /* an address below is NULL and an offset */
#define STACK_NEAR      (size_t)262144     /* a fault this near to the stack pointer is the stack's end */
#define PROBE_BYTES     ((size_t)64 << 20) /* who cannot have that much has used up the limit on memory */
#define PATH_SHOWN      160
#define CLONE_IS_THREAD 0x10000 /* CLONE_THREAD of <linux/sched.h> */

enum shown { NOTHING, PATH, DESCRIPTOR };

static const struct refused {
	int number;
	const char *words;
	enum shown shown;
	int argument;
} refused[] = {
#define REFUSED(call, words, shown, argument) {SCMP_SYS(call), words, shown, argument},
#include "check/refused.def"
#undef REFUSED
};

/* What the handlers know: a handler is given nothing. Written before the sandbox closes, but for the last four. */
static struct {
	struct alm_trap_options options;
	uintptr_t loader_begin, loader_end; /* the dynamic loader's code */
	pid_t self, parent;
	atomic_int dying;    /* the thread that ends the process */
	atomic_int n_blocks; /* rt_sigprocmask was asked for */
	atomic_int n_libraries;
	char library[PATH_SHOWN]; /* the first that was looked for */
} trap;

static const char *phase(void)
{
	return trap.options.log->phase.name;
}

/* One thread ends the process; a second one waits for that. A fault while describing a fault has nothing to add. */
static void begin_dying(void)
{
	int none = 0, self = gettid();
	if (atomic_compare_exchange_strong(&trap.dying, &none, self))
		return;
	if (none == self)
		_exit(ALM_TRAP_EXIT + 1);
	for (;;)
		sched_yield();
}

static bool is_of_loader(uintptr_t instruction)
{
	return instruction >= trap.loader_begin && instruction < trap.loader_end;
}

/* openat by the loader: a door's descriptor, else there is no such file. */
static int64_t open_door(const char *path)
{
	for (int i = 0; i < trap.options.n_doors; i++)
		if (strcmp(path, trap.options.doors[i].path) == 0)
			return trap.options.doors[i].fd;
	if (atomic_fetch_add(&trap.n_libraries, 1) == 0)
		snprintf(trap.library, sizeof trap.library, "%s", path);
	return -ENOENT;
}

/* As if no signal had been blocked before. */
static int64_t pretend_to_block(uint64_t before, uint64_t n_bytes)
{
	atomic_fetch_add(&trap.n_blocks, 1);
	if (before != 0 && n_bytes <= sizeof(sigset_t))
		memset((void *)(uintptr_t)before, 0, (size_t)n_bytes);
	return 0;
}

/* Answers a call in the kernel's stead. False: it is a finding. */
static bool answer(const siginfo_t *info, ucontext_t *context)
{
	bool from_loader = is_of_loader((uintptr_t)info->si_call_addr);
	if (info->si_syscall == SCMP_SYS(openat) && from_loader)
		alm_register_set_result(
			context, open_door((const char *)(uintptr_t)alm_register_argument(context, 1)));
	else if (info->si_syscall == SCMP_SYS(newfstatat) && from_loader)
		alm_register_set_result(context, -ENOENT);
	else if (info->si_syscall == SCMP_SYS(rt_sigprocmask))
		alm_register_set_result(context, pretend_to_block(alm_register_argument(context, 2),
							 alm_register_argument(context, 3)));
	else
		return false;
	return true;
}

static const char *name_of(int number)
{
	bool known = number >= 0 && number < ALM_TRAP_CALLS && trap.options.call_names[number][0];
	return known ? trap.options.call_names[number] : "an unknown one";
}

static void system_call(const char *words, const char *call, const char *about)
{
	alm_check_failed(trap.options.log, "system calls",
		"a cell computes and does nothing else: no files, threads, signals, time or chance",
		"in %s: tried to %s (%s%s)", phase(), words, call, about);
}

/* A signal that the cell sends: abort() is a way to crash, not to ask for something. */
static void sent_signal(int number, const ucontext_t *context)
{
	char about[64];
	bool by_thread = number == SCMP_SYS(tgkill);
	long to = (long)(int)alm_register_argument(context, 0);
	long which = (long)(int)alm_register_argument(context, by_thread ? 2 : 1);
	if (by_thread && to == trap.self && which == SIGABRT) {
		alm_check_failed(trap.options.log, "crash", "", "in %s: called abort()", phase());
		return;
	}
	snprintf(about, sizeof about, ": signal %ld to %s", which,
		to == trap.self     ? "itself"
		: to == trap.parent ? "the program that runs it"
		: to < 0            ? "many processes"
				    : "another process");
	system_call("send a signal", name_of(number), about);
}

static void started(int number, const ucontext_t *context)
{
	uint64_t flags = alm_register_argument(context, 0);
	if (number == SCMP_SYS(clone3))
		memcpy(&flags, (const void *)(uintptr_t)flags, sizeof flags);
	system_call(flags & CLONE_IS_THREAD ? "start a thread" : "start a process", name_of(number), "");
}

static void described(int number, const ucontext_t *context)
{
	char about[PATH_SHOWN + 8] = "";
	const char *words = "make a system call";
	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++) {
		if (refused[i].number != number)
			continue;
		uint64_t argument = alm_register_argument(context, refused[i].argument);
		words = refused[i].words;
		if (refused[i].shown == PATH && argument != 0)
			snprintf(about, sizeof about, " '%.*s'", PATH_SHOWN,
				(const char *)(uintptr_t)argument);
		if (refused[i].shown == DESCRIPTOR)
			snprintf(about, sizeof about, " %d", (int)argument);
	}
	system_call(words, name_of(number), about);
}

static void on_refused(int signal, siginfo_t *info, void *at)
{
	ucontext_t *context = at;
	int number = info->si_syscall;
	(void)signal;
	if (answer(info, context))
		return;
	begin_dying();
	if (number == SCMP_SYS(kill) || number == SCMP_SYS(tkill) || number == SCMP_SYS(tgkill))
		sent_signal(number, context);
	else if (number == SCMP_SYS(clone) || number == SCMP_SYS(clone3))
		started(number, context);
	else
		described(number, context);
	_exit(ALM_TRAP_EXIT);
}

static bool is_out_of_memory(void)
{
	void *map = mmap(NULL, PROBE_BYTES, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (map != MAP_FAILED)
		munmap(map, PROBE_BYTES);
	return map == MAP_FAILED;
}

static void at_guard(const struct alm_guard *guard, const void *address, bool wrote)
{
	const char *verb = wrote ? "wrote" : "read", *at = address;
	const char *end = (const char *)(guard->at + guard->n);
	if (at < (const char *)guard->at)
		alm_check_failed(trap.options.log, "buffers",
			"the host's memory lies there: see the shapes in "
			"almanac_cell.h",
			"in %s: %s before the start of `%s`", phase(), verb, guard->name);
	else if (at >= end)
		alm_check_failed(trap.options.log, "buffers",
			"the host's memory lies there: see the shapes in "
			"almanac_cell.h",
			"in %s: %s past the end of `%s`, %zu bytes after it", phase(), verb, guard->name,
			(size_t)(at - end));
	else
		alm_check_failed(trap.options.log, "buffers", "what is marked `in` may only be read",
			"in %s: %s to its input `%s`", phase(), verb, guard->name);
}

static bool is_near(uintptr_t address, uintptr_t stack)
{
	return (address > stack ? address - stack : stack - address) < STACK_NEAR;
}

static void at_address(const siginfo_t *info, const ucontext_t *context)
{
	uintptr_t address = (uintptr_t)info->si_addr;
	const struct alm_guard *guard = alm_guard_find(info->si_addr);
	const char *verb = alm_register_was_write(context) ? "wrote to" : "read";
	if (guard)
		at_guard(guard, info->si_addr, alm_register_was_write(context));
	else if (is_out_of_memory())
		alm_check_failed(trap.options.log, "memory", "a cell allocates nothing",
			"in %s: used up the memory it may have", phase());
	else if (is_of_loader(alm_register_instruction(context)))
		alm_check_failed(trap.options.log, "loads", "a file that is cut off or damaged?",
			"the system's loader crashes on it");
	else if (info->si_code > 0 && address == alm_register_instruction(context))
		alm_check_failed(trap.options.log, "crash",
			"a function pointer of its table, or one of its own",
			"in %s: called a function that is not there", phase());
	else if (info->si_code > 0 && address < NULL_BYTES)
		alm_check_failed(trap.options.log, "crash",
			"a pointer that the contract says may be NULL, or one of its own",
			"in %s: %s memory at NULL%s", phase(), verb, address ? " and an offset" : "");
	else if (info->si_code > 0 && is_near(address, alm_register_stack(context)))
		alm_check_failed(trap.options.log, "crash", "deep recursion, or large local arrays",
			"in %s: used up its stack", phase());
	else
		alm_check_failed(
			trap.options.log, "crash", "", "in %s: %s memory that is not there", phase(), verb);
}

static void on_crash(int signal, siginfo_t *info, void *context)
{
	begin_dying();
	if (signal == SIGSEGV || signal == SIGBUS)
		at_address(info, context);
	else if (signal == SIGILL)
		alm_check_failed(trap.options.log, "crash",
			"built for another processor? leave out -march=native, or use target_clones",
			"in %s: ran an instruction that this processor does not have", phase());
	else if (signal == SIGFPE)
		alm_check_failed(trap.options.log, "crash", "an integer divided by zero",
			"in %s: divided by zero", phase());
	else
		alm_check_failed(trap.options.log, "crash", "", "in %s: ended by signal %d", phase(), signal);
	_exit(ALM_TRAP_EXIT);
}

/* The loader is the object whose base the kernel told us. */
static int find_loader(struct dl_phdr_info *object, size_t size, void *unused)
{
	(void)size;
	(void)unused;
	if (object->dlpi_addr != getauxval(AT_BASE))
		return 0;
	for (int i = 0; i < object->dlpi_phnum; i++)
		if (object->dlpi_phdr[i].p_type == PT_LOAD && (object->dlpi_phdr[i].p_flags & PF_X)) {
			trap.loader_begin = object->dlpi_addr + object->dlpi_phdr[i].p_vaddr;
			trap.loader_end = trap.loader_begin + object->dlpi_phdr[i].p_memsz;
		}
	return 1;
}

/* The stacks of one thread each; given to the threads by a run in which nobody returns before all have come. */
struct stacks {
	char *base;
	int n;
	atomic_int n_here, n_failed;
};

static void give_stack(void *job, int task, int worker)
{
	struct stacks *stacks = job;
	stack_t stack = {.ss_sp = stacks->base + (size_t)worker * STACK_BYTES, .ss_size = STACK_BYTES};
	(void)task;
	if (sigaltstack(&stack, NULL) != 0)
		atomic_fetch_add(&stacks->n_failed, 1);
	atomic_fetch_add(&stacks->n_here, 1);
	while (atomic_load(&stacks->n_here) < stacks->n)
		sched_yield();
}

static enum alm_status give_stacks(struct alm_pool *pool, struct alm_error *err)
{
	struct stacks stacks = {.n = alm_pool_threads(pool)};
	size_t n_bytes = (size_t)stacks.n * STACK_BYTES;
	stacks.base = mmap(NULL, n_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (stacks.base == MAP_FAILED)
		return alm_fail_memory(err, n_bytes);
	alm_pool_run(pool, stacks.n, give_stack, &stacks);
	return stacks.n_failed ? alm_fail_memory(err, n_bytes) : ALM_OK;
}

static void handle(int signal, void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction action = {.sa_sigaction = handler, .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER};
	sigemptyset(&action.sa_mask);
	sigaction(signal, &action, NULL);
}

enum alm_status alm_trap_init(const struct alm_trap_options *options, struct alm_error *err)
{
	static const int crashes[] = {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP};
	trap.options = *options;
	trap.self = getpid();
	trap.parent = getppid();
	dl_iterate_phdr(find_loader, NULL);
	if (trap.loader_end == 0)
		return alm_fail(err, ALM_NO_SANDBOX, "cannot find the dynamic loader in memory");
	enum alm_status status = give_stacks(options->pool, err);
	if (status != ALM_OK)
		return status;
	handle(SIGSYS, on_refused);
	for (size_t i = 0; i < sizeof crashes / sizeof *crashes; i++)
		handle(crashes[i], on_crash);
	return ALM_OK;
}

void alm_trap_begin(void)
{
	atomic_store(&trap.n_blocks, 0);
	atomic_store(&trap.n_libraries, 0);
}

void alm_trap_report(void)
{
	struct alm_check_log *log = trap.options.log;
	if (atomic_load(&trap.n_blocks) > 0)
		system_call("block or unblock signals", "rt_sigprocmask", "");
	if (atomic_load(&trap.n_libraries) > 0)
		alm_check_failed(log, "system calls", "link what the cell needs, or do without",
			"tried to load another library ('%s')", trap.library);
	if (atomic_load(&trap.n_blocks) == 0 && atomic_load(&trap.n_libraries) == 0)
		alm_check_passed(log, "system calls", "none");
}
