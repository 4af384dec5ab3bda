/* What main hands to every verb. */
#ifndef APP_SESSION_H
#define APP_SESSION_H
#include <signal.h>
#include "out/log.h"

struct session {
	const volatile sig_atomic_t *stop; /* the signal that asks us to stop, 0 until then */
	struct log log;                    /* a verb's options say more of it than main could find */
};

#endif
