/* A database and CSV files in a folder of their own, for the tests of ingest. */
#ifndef TESTS_INGEST_GUEST_H
#define TESTS_INGEST_GUEST_H
#include "ingest/ingest.h"
#include "store/db.h"

struct guest {
	char *folder, *csv; /* of the test */
	struct alm_db *db;
	struct alm_ingest_summary summary; /* of the ingest before */
	struct alm_error err;
};

extern struct guest guest;

/* For a suite's init and fini. */
void guest_begin(void);
void guest_end(void);

/* Ingests a text as a file named in.csv into dataset "d"; options may be NULL. */
enum alm_status guest_ingest(const char *text, const struct alm_ingest_options *options);

/* The same, which must work. */
void guest_good(const char *text, const struct alm_ingest_options *options);

/* The same, which must fail with a status and a message that contains the text. */
void guest_bad(const char *text, const struct alm_ingest_options *options, enum alm_status status,
	const char *error);

/* Dataset "d" as one text: the channels, then a row a line, "series|seconds|value|value\n"; "none" without it. */
const char *guest_dump(void);

/* Fails unless the dump is the text. */
void guest_holds(const char *dump);

#endif
