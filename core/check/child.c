#include "check/child.h"
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <sys/resource.h>
#include <unistd.h>
#include "cell/cell.h"
#include "probe/float_mode.h"
#include "probe/log.h"
#include "check/module.h"
#include "probe/probe.h"
#include "check/sandbox.h"

#define THREADS       2
#define LOG_FD_FIRST  64
#define LOG_FD_PLACES 512

struct child {
	const struct alm_child_options *options;
	struct alm_check_log log;
	struct alm_trap_options trap;
	struct alm_pool *pool;
	struct alm_float_mode floats; /* before anything of a cell ran */
	struct alm_cell_library cell, peer;
	struct almanac_cell facts, peer_facts; /* verified */
	bool has_peer;
	struct alm_module module;
};

/* Texts and buffers that must be there before the sandbox closes and until the end. */
static char call_names[ALM_TRAP_CALLS][24];
static char output[BUFSIZ];

/* ---- before any code of a cell runs */

_Noreturn static void give_up(struct child *child, const char *reason)
{
	alm_check_failed(&child->log, "sandbox", "", "%s", reason);
	_exit(ALM_CHILD_NO_SANDBOX);
}

/*
 * A cell could write records of its own, if it knew where to. The number is drawn: a wrong guess is refused by the sandbox
 * and ends the process.
 */
static int hide(int fd)
{
	unsigned draw = 0;
	if (getrandom(&draw, sizeof draw, GRND_NONBLOCK) != sizeof draw)
		draw = (unsigned)getpid();
	int hidden = fcntl(fd, F_DUPFD_CLOEXEC, LOG_FD_FIRST + (int)(draw % LOG_FD_PLACES));
	if (hidden < 0)
		return fd;
	close(fd);
	return hidden;
}

static void add_door(struct alm_trap_options *trap, int fd)
{
	if (fcntl(fd, F_GETFD) < 0)
		return;
	struct alm_door *door = &trap->doors[trap->n_doors++];
	door->fd = fd;
	snprintf(door->path, sizeof door->path, "/proc/self/fd/%d", fd);
}

/*
 * The order matters: libraries before the rights on files go, those before threads start, as they are a thread's own, and
 * threads before the filter, which shuts all of them in. A buffer for standard output, or the first printf would ask the
 * system what that is.
 */
static void close_off(struct child *child)
{
	struct alm_error err;
	struct alm_trap_options *trap = &child->trap;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	setvbuf(stdout, output, _IOFBF, sizeof output);
	alm_cell_preload();
	alm_sandbox_call_names(call_names);
	*trap = (struct alm_trap_options){.log = &child->log, .call_names = call_names};
	add_door(trap, ALM_CHILD_CELL);
	add_door(trap, ALM_CHILD_PEER);
	if (trap->n_doors == 0 || trap->doors[0].fd != ALM_CHILD_CELL)
		give_up(child, "no cell was handed over");
	int landlock = alm_sandbox_leave_files();
	if (alm_pool_new(THREADS, &child->pool, &err) != ALM_OK)
		give_up(child, err.text);
	trap->pool = child->pool;
	if (alm_trap_init(trap, &err) != ALM_OK ||
		alm_sandbox_close(trap, child->options->seconds, &err) != ALM_OK)
		give_up(child, err.text);
	if (landlock > 0)
		alm_check_fact(&child->log, "sandbox", "seccomp, Landlock %d, limits", landlock);
	else
		alm_check_fact(&child->log, "sandbox", "seccomp, limits; this kernel has no Landlock");
	alm_float_mode_get(&child->floats);
}

/* ---- the cell's door */

/* Puts the mode back, so that what follows is judged in the right one. */
static bool keeps_float_mode(struct child *child, const char *when)
{
	struct alm_check_log *log = &child->log;
	switch (alm_float_mode_restore(&child->floats)) {
	case ALM_FLOAT_SAME:
		return true;
	case ALM_FLOAT_FLUSHES:
		alm_check_failed(log, "floating-point mode",
			"probably linked with -ffast-math or -Ofast: compile with it, if you must, but link "
			"without",
			"%s: small numbers become zero from now on, in the whole process", when);
		break;
	case ALM_FLOAT_ROUNDS:
		alm_check_failed(log, "floating-point mode", "put back what fesetround changed",
			"%s: numbers are rounded in another direction from now on", when);
		break;
	case ALM_FLOAT_TRAPS:
		alm_check_failed(log, "floating-point mode", "put back what feenableexcept changed",
			"%s: other operations are trapped from now on", when);
		break;
	}
	return false;
}

static bool load(struct child *child)
{
	struct alm_error err;
	alm_trap_begin();
	alm_check_phase(&child->log, "its constructors");
	bool loaded =
		alm_cell_open(child->trap.doors[0].path, child->options->shown, &child->cell, &err) == ALM_OK;
	keeps_float_mode(child, "its constructors");
	if (!loaded)
		alm_check_failed(&child->log, "loads", "", "%s", err.text);
	else
		alm_check_passed(&child->log, "loads", "a library with the symbol almanac_cell_v1");
	return loaded;
}

static bool verify(struct child *child)
{
	struct alm_error err;
	alm_check_phase(&child->log, "almanac_cell_v1()");
	const struct almanac_cell *facts = child->cell.entry();
	alm_check_phase(&child->log, "its table of facts");
	bool good = alm_cell_verify(facts, child->options->shown, NULL, &child->facts, &err) == ALM_OK;
	if (!good)
		alm_check_failed(&child->log, "table", "", "%s", err.text);
	else
		alm_check_passed(&child->log, "table", "of contract %d, all fields in their limits",
			child->facts.abi_min);
	return good;
}

/* A cell is found by its file's name. */
static void check_name(struct child *child)
{
	char expected[ALM_CELL_NAME + 4];
	snprintf(expected, sizeof expected, "%s.so", child->facts.name);
	if (strcmp(expected, child->options->shown) == 0)
		alm_check_passed(&child->log, "name", "the file's own");
	else
		alm_check_failed(&child->log, "name", "rename the file, or the cell",
			"the cell '%s' must be in a file '%s', found '%.64s'", child->facts.name, expected,
			child->options->shown);
}

static void list_params(struct child *child)
{
	char names[sizeof child->log.phase.detail] = "";
	for (int i = 0; i < child->facts.n_params; i++) {
		size_t used = strlen(names);
		snprintf(
			names + used, sizeof names - used, "%s%s", i ? " " : "", child->facts.params[i].name);
	}
	alm_check_fact(&child->log, "params", "%s", names);
}

static void list_options(struct child *child)
{
	for (int i = 0; child->facts.options && i < child->facts.n_options; i++) {
		char name[ALM_CELL_NAME + 8];
		const struct almanac_option *option = &child->facts.options[i];
		snprintf(name, sizeof name, "option %s", option->name);
		alm_check_fact(&child->log, name, "%g, in %g..%g: %s", (double)option->value,
			(double)option->low, (double)option->high, option->help ? option->help : "");
	}
}

static void list_facts(struct child *child)
{
	const struct almanac_cell *cell = &child->facts;
	struct alm_check_log *log = &child->log;
	alm_check_fact(log, "name", "%s", cell->name);
	alm_check_fact(log, "version", "%s", cell->version);
	alm_check_fact(log, "summary", "%s", cell->summary);
	alm_check_fact(log, "abi", "%d", cell->abi_min);
	alm_check_fact(log, "gates", "%d", cell->gates);
	if (cell->gate_names)
		alm_check_fact(log, "gate_names", "%s", cell->gate_names);
	alm_check_fact(log, "states", "%d", cell->states);
	if (cell->state_names)
		alm_check_fact(log, "state_names", "%s", cell->state_names);
	alm_check_fact(log, "saved", "%d", cell->saved);
	list_params(child);
	list_options(child);
}

/* The peer comes in through a door as well: it is a cell like any other. */
static void load_peer(struct child *child)
{
	struct alm_error err;
	if (child->trap.n_doors < 2)
		return;
	alm_check_phase(&child->log, "the constructors of the cell to compare with");
	child->has_peer =
		alm_cell_open(child->trap.doors[1].path, "the peer", &child->peer, &err) == ALM_OK &&
		alm_cell_verify(child->peer.entry(), "the peer", NULL, &child->peer_facts, &err) == ALM_OK;
	alm_float_mode_restore(&child->floats);
}

/* ---- the checks */

static void probe(struct child *child)
{
	struct alm_check_subject subject = {
		.cell = &child->facts, .seed = child->options->seed, .pool = child->pool, .log = &child->log};
	for (int i = 0; i < child->options->n_seeds && child->log.n_failed == 0; i++, subject.seed++) {
		alm_check_phase(&child->log, "forward");
		alm_check_forward(&subject);
		alm_check_phase(&child->log, "backward");
		alm_check_backward(&subject);
		alm_check_phase(&child->log, "a whole layer");
		alm_check_layer(&subject);
		if (child->log.n_failed > 0)
			alm_check_fact(&child->log, "failing_seed", "%llu", (unsigned long long)subject.seed);
	}
	subject.seed = child->options->seed;
	alm_check_phase(&child->log, "measuring its speed");
	alm_check_speed(&subject, child->has_peer ? &child->peer_facts : NULL);
}

static void check_variables(struct child *child)
{
	size_t n = alm_module_changed(&child->module);
	if (n > 0)
		alm_check_failed(&child->log, "variables",
			"a cell may run on many threads at once; what it must remember belongs into a state "
			"or saved",
			"keeps %zu bytes of its own between calls", n);
	else
		alm_check_passed(&child->log, "variables", "none is changed by any call");
}

/* What all checks left behind. */
static void check_traces(struct child *child)
{
	check_variables(child);
	if (keeps_float_mode(child, "forward or backward"))
		alm_check_passed(&child->log, "floating-point mode", "as it was before the cell was loaded");
}

static void check(struct child *child)
{
	struct alm_error err;
	load_peer(child);
	if (!load(child))
		return;
	if (verify(child)) {
		check_name(child);
		list_facts(child);
		if (alm_module_save(&child->module, (const void *)child->cell.entry, &err) == ALM_OK) {
			probe(child);
			check_traces(child);
		} else
			alm_check_failed(&child->log, "variables", "", "%s", err.text);
		alm_module_release(&child->module);
	}
	alm_check_phase(&child->log, "its destructors");
	alm_cell_shut(&child->cell);
	alm_trap_report();
}

void alm_check_child(const struct alm_child_options *options)
{
	static struct child child;
	child.options = options;
	child.log.fd = hide(ALM_CHILD_LOG);
	close_off(&child);
	check(&child);
	/* What a cell has printed into a buffer shows only now. */
	fflush(stdout);
	alm_check_end(&child.log);
	_exit(EXIT_SUCCESS);
}
