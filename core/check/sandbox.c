#include "check/sandbox.h"
#include <errno.h>
#include <linux/landlock.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <unistd.h>
#include "check/registers.h"

#define DESCRIPTORS 32 /* numbers below this may be given out: there is nobody to ask for one */
#define STACK_BYTES ((rlim_t)8 << 20)
#define AN_INT      0xffffffffu /* of a register: the upper half of an int argument is undefined */

void alm_sandbox_call_names(char names[static ALM_TRAP_CALLS][24])
{
	for (int number = 0; number < ALM_TRAP_CALLS; number++) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_NATIVE, number);
		snprintf(names[number], sizeof names[number], "%s", name ? name : "");
		free(name);
	}
}

/* ---- files */

/* Rights on files that a version of Landlock knows are the lowest bits: as many as that (landlock(7)). */
static uint64_t all_rights(int version)
{
	static const int n_bits[] = {0, 13, 14, 15, 15, 16};
	int last = (int)(sizeof n_bits / sizeof *n_bits) - 1;
	return (UINT64_C(1) << n_bits[version < last ? version : last]) - 1;
}

int alm_sandbox_leave_files(void)
{
	long version = syscall(SYS_landlock_create_ruleset, NULL, 0, LANDLOCK_CREATE_RULESET_VERSION);
	if (version <= 0)
		return 0;
	struct landlock_ruleset_attr rules = {.handled_access_fs = all_rights((int)version)};
	int fd = (int)syscall(SYS_landlock_create_ruleset, &rules, sizeof rules, 0);
	if (fd < 0)
		return 0;
	bool done = prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
		    syscall(SYS_landlock_restrict_self, fd, 0) == 0;
	close(fd);
	return done ? (int)version : 0;
}

/* ---- limits */

static rlim_t address_space(void)
{
	unsigned long pages = 0;
	FILE *file = fopen("/proc/self/statm", "r");
	if (!file || fscanf(file, "%lu", &pages) != 1)
		pages = 0;
	if (file)
		fclose(file);
	return (rlim_t)pages * (rlim_t)sysconf(_SC_PAGESIZE);
}

static enum alm_status set_limits(int seconds, struct alm_error *err)
{
	const struct {
		__rlimit_resource_t which;
		rlim_t most,
			beyond; /* at `most` there is a signal that says which limit it was, beyond SIGKILL */
	} limits[] = {
		{RLIMIT_AS, address_space() + ALM_SANDBOX_BYTES, 0},
		{RLIMIT_STACK, STACK_BYTES, 0},
		{RLIMIT_CPU, (rlim_t)seconds, 1},
		{RLIMIT_CORE, 0, 0},
		{RLIMIT_FSIZE, 0, 0},
		{RLIMIT_NOFILE, DESCRIPTORS, 0},
		{RLIMIT_NPROC, 0, 0},
	};
	for (size_t i = 0; i < sizeof limits / sizeof *limits; i++) {
		struct rlimit limit;
		if (getrlimit(limits[i].which, &limit) == 0 &&
			limit.rlim_max < limits[i].most + limits[i].beyond)
			continue;
		limit.rlim_cur = limits[i].most;
		limit.rlim_max = limits[i].most + limits[i].beyond;
		if (setrlimit(limits[i].which, &limit) != 0)
			return alm_fail(err, ALM_NO_SANDBOX, "cannot set a limit: %s", strerror(errno));
	}
	return ALM_OK;
}

/* ---- system calls */

/* The first thing that went wrong sticks. */
struct filter {
	scmp_filter_ctx context;
	int code;
};

static void allow(struct filter *filter, int call)
{
	if (filter->code == 0)
		filter->code = seccomp_rule_add(filter->context, SCMP_ACT_ALLOW, call, 0);
}

/* Only when the argument-th argument, an int, has that value. */
static void allow_for(struct filter *filter, int call, unsigned argument, int value)
{
	struct scmp_arg_cmp is = SCMP_CMP(argument, SCMP_CMP_MASKED_EQ, AN_INT, (unsigned)value);
	if (filter->code == 0)
		filter->code = seccomp_rule_add(filter->context, SCMP_ACT_ALLOW, call, 1, is);
}

/* Memory of nobody else, that cannot be run. */
static void allow_memory(struct filter *filter)
{
	struct scmp_arg_cmp not_run = SCMP_A2(SCMP_CMP_MASKED_EQ, PROT_EXEC, 0);
	struct scmp_arg_cmp anonymous = SCMP_A3(SCMP_CMP_MASKED_EQ, MAP_ANONYMOUS, MAP_ANONYMOUS);
	if (filter->code == 0)
		filter->code = seccomp_rule_add(
			filter->context, SCMP_ACT_ALLOW, SCMP_SYS(mmap), 2, not_run, anonymous);
	if (filter->code == 0)
		filter->code =
			seccomp_rule_add(filter->context, SCMP_ACT_ALLOW, SCMP_SYS(mprotect), 1, not_run);
	allow(filter, SCMP_SYS(brk));
	allow(filter, SCMP_SYS(munmap));
	allow(filter, SCMP_SYS(mremap));
	allow(filter, SCMP_SYS(madvise));
}

/* What the loader does with a library that it has been given. It closes it before the first constructor runs. */
static void allow_door(struct filter *filter, int fd)
{
	allow_for(filter, SCMP_SYS(read), 0, fd);
	allow_for(filter, SCMP_SYS(pread64), 0, fd);
	allow_for(filter, SCMP_SYS(fstat), 0, fd);
	allow_for(filter, SCMP_SYS(newfstatat), 0, fd);
	allow_for(filter, SCMP_SYS(mmap), 4, fd);
	allow_for(filter, SCMP_SYS(close), 0, fd);
}

static void allow_all(struct filter *filter, const struct alm_trap_options *options)
{
	static const int harmless[] = {SCMP_SYS(exit_group), SCMP_SYS(exit), SCMP_SYS(futex),
		SCMP_SYS(rt_sigreturn), SCMP_SYS(restart_syscall), SCMP_SYS(sched_yield),
		SCMP_SYS(sched_getaffinity), SCMP_SYS(clock_gettime), SCMP_SYS(gettimeofday),
		SCMP_SYS(getpid), SCMP_SYS(getppid), SCMP_SYS(gettid)};
	for (size_t i = 0; i < sizeof harmless / sizeof *harmless; i++)
		allow(filter, harmless[i]);
	allow_memory(filter);
	for (int i = 0; i < options->n_doors; i++)
		allow_door(filter, options->doors[i].fd);
	allow_for(filter, SCMP_SYS(write), 0, options->log->fd);
	for (int fd = STDOUT_FILENO; fd <= STDERR_FILENO; fd++) {
		allow_for(filter, SCMP_SYS(write), 0, fd);
		allow_for(filter, SCMP_SYS(writev), 0, fd);
	}
}

static enum alm_status no_filter(int code, struct alm_error *err)
{
	return alm_fail(err, ALM_NO_SANDBOX,
		"this system has no seccomp that could close off the process that runs a cell: %s",
		strerror(-code));
}

enum alm_status alm_sandbox_close(const struct alm_trap_options *options, int seconds, struct alm_error *err)
{
	if (!alm_registers_known())
		return alm_fail(err, ALM_NO_SANDBOX, "the sandbox knows no other processor than x86-64 yet");
	enum alm_status status = set_limits(seconds, err);
	if (status != ALM_OK)
		return status;
	struct filter filter = {.context = seccomp_init(SCMP_ACT_TRAP)};
	if (!filter.context)
		return no_filter(-ENOMEM, err);
	filter.code = seccomp_attr_set(filter.context, SCMP_FLTATR_CTL_TSYNC, 1);
	/* Calls in the manner of another processor (int 0x80, x32) have other numbers: no handler could name them. */
	if (filter.code == 0)
		filter.code =
			seccomp_attr_set(filter.context, SCMP_FLTATR_ACT_BADARCH, SCMP_ACT_KILL_PROCESS);
	allow_all(&filter, options);
	if (filter.code == 0)
		filter.code = seccomp_load(filter.context);
	if (filter.code != 0)
		status = no_filter(filter.code, err);
	seccomp_release(filter.context);
	return status;
}
