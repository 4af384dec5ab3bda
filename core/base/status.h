/*
 * Errors are values: a function that can fail returns an alm_status and leaves one finished sentence in
 * the alm_error it was given. Nobody prints it but main. On failure a function's outputs are untouched.
 */
#ifndef ALM_BASE_STATUS_H
#define ALM_BASE_STATUS_H
#include <stddef.h>

enum alm_status {
#define STATUS(name, code, text) name,
#include "base/status.def"
#undef STATUS
};

#define ALM_MUST_CHECK __attribute__((warn_unused_result))

/* What went wrong: lower case, no full stop, the subject first and what to do last. */
struct alm_error {
	enum alm_status status;
	char text[1024];
};

/* The process exit code of a status, as in status.def. */
int alm_exit_code(enum alm_status status);

/* Of what several pieces of work came to, what counts for all of them: the one that somebody has to look at first. */
enum alm_status alm_status_worse(enum alm_status a, enum alm_status b);

/* The short text of a status ("bad data"). Static. */
const char *alm_status_text(enum alm_status status);

/* Writes the sentence into err (which may be NULL) and returns status, so that callers can return it. */
enum alm_status alm_fail(struct alm_error *err, enum alm_status status, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

#ifdef __clang_analyzer__ /* the analyser does not see that alm_fail returns the status it is given */
#define alm_fail(err, status, ...) ((void)(alm_fail)(err, status, __VA_ARGS__), (status))
#endif

/* Puts "context: " before the sentence in err and returns err's status. */
enum alm_status alm_fail_in(struct alm_error *err, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/*
 * The error for an allocation of n_bytes that was refused. Inline, so that compiler and analyser see that it is never
 * ALM_OK.
 */
void alm_describe_memory(struct alm_error *err, size_t n_bytes);

static inline enum alm_status alm_fail_memory(struct alm_error *err, size_t n_bytes)
{
	alm_describe_memory(err, n_bytes);
	return ALM_NO_MEMORY;
}

#endif
