/*
 * Datasets: one real table each, long over series and wide over channels,
 * (series TEXT, time INTEGER, "channel" REAL ...), primary key (series, time), WITHOUT ROWID. Or none of their own: then
 * the rows are read in place, where the application keeps them (origin.h), through the same functions.
 *
 * A channel may be a category: then its column is TEXT, and outside its values are codes, numbers of texts in a list of
 * words that goes with the rows. A code means nothing without that list.
 * `time` is Unix seconds, or milliseconds where the data needs them; the unit is kept with the dataset. Callers
 * always speak milliseconds. NULL is NaN outside.
 */
#ifndef ALM_STORE_DATASET_H
#define ALM_STORE_DATASET_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include "base/names.h"
#include "base/status.h"
#include "store/db.h"
#include "store/origin.h"

#define ALM_NAME_MAX     128 /* bytes of a dataset's, model's or channel's name, without the zero */
#define ALM_CHANNELS_MAX 1024

#define ALM_SCHEMA_CATEGORY 7 /* the schema that has categories */

enum alm_time_unit { ALM_UNIT_S, ALM_UNIT_MS };

struct alm_dataset {
	int64_t id;
	char name[ALM_NAME_MAX + 1];
	enum alm_time_unit unit;
	int n_channels;
	char (*channels)[ALM_NAME_MAX + 1]; /* [n_channels] in column order; owned */
	bool *category;            /* [n_channels] its values are texts; NULL = none has such; owned */
	struct alm_origin *source; /* where its rows come from; NULL = from files; owned */
};

/* The channels of a dataset that is to be made. Nothing here is owned. */
struct alm_dataset_columns {
	int n;
	const char *const *names; /* [n] */
	const bool *category;     /* [n]; NULL = none is */
};

/* Whether it has no table of its own. */
bool alm_dataset_in_place(const struct alm_dataset *dataset);

static inline bool alm_dataset_is_category(const struct alm_dataset *dataset, int channel)
{
	return dataset->category && dataset->category[channel];
}

/* ALM_NO_INPUT when there is none of that name (lists those there are). Release the result. */
ALM_MUST_CHECK enum alm_status alm_dataset_find(
	struct alm_db *db, const char *name, struct alm_dataset *out, struct alm_error *err);

/*
 * Makes the table and its record; inside the caller's transaction. ALM_USAGE: a name that is empty, too long,
 * begins with almanac_ or sqlite_, has control characters, or is taken by a table of the user's; channels
 * that repeat (case-insensitively, as SQLite columns do) or are named series or time. Release the result.
 */
ALM_MUST_CHECK enum alm_status alm_dataset_create(struct alm_db *db, const char *name,
	enum alm_time_unit unit, const struct alm_dataset_columns *columns, struct alm_dataset *out,
	struct alm_error *err);

/* A dataset of whole seconds, every row of which is written, keeps milliseconds from now on; inside the caller's transaction. */
ALM_MUST_CHECK enum alm_status alm_dataset_make_finer(
	struct alm_db *db, struct alm_dataset *dataset, struct alm_error *err);

/*
 * The same over a source: with a table when the source is copied, otherwise the name may be that of a table of the
 * user's. ALM_USAGE also when there is a dataset of that name.
 */
ALM_MUST_CHECK enum alm_status alm_dataset_attach(struct alm_db *db, const char *name,
	enum alm_time_unit unit, const struct alm_dataset_columns *columns, const struct alm_origin *source,
	struct alm_dataset *out, struct alm_error *err);
void alm_dataset_release(struct alm_dataset *dataset);

/* Column of a channel, or -1. Case-sensitive first, then not. */
int alm_dataset_channel(const struct alm_dataset *dataset, const char *name);

/* The last time of a series, INT64_MIN when it has none. */
ALM_MUST_CHECK enum alm_status alm_dataset_last_time(struct alm_db *db, const struct alm_dataset *dataset,
	const char *series, int64_t *last_ms, struct alm_error *err);

/*
 * Writes rows by (series, time). Lives inside a transaction of the caller's.
 * Not-finite values other than NaN are ALM_BAD_DATA; a time with milliseconds in a seconds dataset too. ALM_USAGE for a
 * dataset that is read in place. `words`, which must outlive the writer, is what the codes of categories stand for; what is read
 * is added to it.
 */
struct alm_dataset_writer;
ALM_MUST_CHECK enum alm_status alm_dataset_writer_open(struct alm_db *db, const struct alm_dataset *dataset,
	struct alm_names *words, struct alm_dataset_writer **out, struct alm_error *err);
/* A row of a time that the table has or has not. */
ALM_MUST_CHECK enum alm_status alm_dataset_put(struct alm_dataset_writer *writer, const char *series,
	size_t series_length, int64_t time_ms, const double *values, struct alm_error *err);
/*
 * A row of a time that the table certainly has not, which is quicker; it may wait in memory, with the series' name, which
 * stays the caller's, until another function of the writer is called. Flush at the end: what waits when the writer is closed is
 * lost.
 */
ALM_MUST_CHECK enum alm_status alm_dataset_append(struct alm_dataset_writer *writer, const char *series,
	int64_t time_ms, const double *values, struct alm_error *err);
ALM_MUST_CHECK enum alm_status alm_dataset_flush(struct alm_dataset_writer *writer, struct alm_error *err);
/*
 * The stored row of a time, values[n_channels]; *found false when there is none. *passed: there are rows after `after_ms` and
 * before it; time_ms - 1 asks for none.
 */
struct alm_dataset_place {
	int64_t time_ms, after_ms;
};
ALM_MUST_CHECK enum alm_status alm_dataset_get(struct alm_dataset_writer *writer, const char *series,
	size_t series_length, const struct alm_dataset_place *place, double *values, bool *found,
	bool *passed, struct alm_error *err);
void alm_dataset_writer_close(struct alm_dataset_writer *writer);

/* A dataset in memory, by series and time, as core/series takes it. */
struct alm_dataset_rows {
	int n_series;
	int n_channels; /* those asked for */
	size_t n_rows;
	size_t n_duplicates; /* rows left out, since a later one had their series and time; only in place */
	char **names;        /* [n_series]; owned */
	size_t *first;       /* [n_series + 1] row at which each series begins; owned */
	int64_t *times_ms;   /* [n_rows]; owned */
	float *values;       /* [n_rows][n_channels], NaN = NULL; owned */
	struct alm_names words; /* what the codes of categories stand for; owned */
};

/*
 * Reads the given columns (indices into dataset->channels) of rows up to until_ms inclusive (INT64_MAX: all),
 * in one read transaction. A number that is text, a blob, or not finite as float32, and a category that is a blob or no
 * name (alm_word_number) is ALM_BAD_DATA naming series, time and channel. Release the result.
 */
ALM_MUST_CHECK enum alm_status alm_dataset_read(struct alm_db *db, const struct alm_dataset *dataset,
	const int *columns, int n_columns, int64_t until_ms, struct alm_dataset_rows *out,
	struct alm_error *err);

/* The end of every series, as a forecast needs it. */
struct alm_dataset_tail {
	const int *columns; /* [n_columns] indices into dataset->channels */
	int n_columns;
	int n_past;       /* how many of the first of them say how far a series has come: all, or fewer */
	size_t n_rows;    /* the newest ones; of fewer, up to the last with a value of one of these */
	int64_t until_ms; /* no later ones */
	size_t n_ahead; /* of fewer: rows after those, in which these are left NaN; of both, SIZE_MAX = all */
};

/* The same for the end of every series: its cost does not depend on the history, unless it is read in place. */
ALM_MUST_CHECK enum alm_status alm_dataset_read_tail(struct alm_db *db, const struct alm_dataset *dataset,
	const struct alm_dataset_tail *tail, struct alm_dataset_rows *out, struct alm_error *err);
void alm_dataset_rows_release(struct alm_dataset_rows *rows);

/* What a dataset, or one series of it, spans. */
struct alm_dataset_extent {
	int64_t n_rows, n_series;
	int64_t first_ms, last_ms;      /* when there are rows */
	char longest[ALM_NAME_MAX + 1]; /* the series with most rows */
};

/* series NULL = all. Nothing is read but the key. */
ALM_MUST_CHECK enum alm_status alm_dataset_measure(struct alm_db *db, const struct alm_dataset *dataset,
	const char *series, struct alm_dataset_extent *out, struct alm_error *err);

/*
 * Rows with a value of a channel that are later than after_ms and not later than until_ms, over all series, and the time of the last one
 * up to until_ms (INT64_MIN: there is none). Its cost grows with the series and the rows that are counted, unless the dataset is read in place.
 */
struct alm_dataset_arrivals {
	int64_t n_rows, last_ms;
};
ALM_MUST_CHECK enum alm_status alm_dataset_arrived(struct alm_db *db, const struct alm_dataset *dataset,
	int channel, int64_t after_ms, int64_t until_ms, struct alm_dataset_arrivals *out,
	struct alm_error *err);

/*
 * Reads one series after the other, in order of their names and all channels, so that memory grows with the longest of
 * them and not with the dataset, unless that is read in place. Errors as of alm_dataset_read. series, which lives as long as
 * the reader, NULL = all. The caller closes.
 */
struct alm_dataset_reader;
ALM_MUST_CHECK enum alm_status alm_dataset_reader_open(struct alm_db *db, const struct alm_dataset *dataset,
	const char *series, struct alm_dataset_reader **out, struct alm_error *err);
/* *rows holds one series, without `first`, and is valid until the next call; NULL at the end. Its words are those of all before. */
ALM_MUST_CHECK enum alm_status alm_dataset_reader_next(
	struct alm_dataset_reader *reader, const struct alm_dataset_rows **rows, struct alm_error *err);
/* After the last series, the words of all of them, which are the caller's from then on. */
struct alm_names alm_dataset_reader_words(struct alm_dataset_reader *reader);
void alm_dataset_reader_close(struct alm_dataset_reader *reader); /* NULL is fine */

#endif
