#include "store/place.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include "base/arena.h"
#include "base/names.h"

/* Rows in the order in which they came. */
struct pile {
	struct alm_names names;
	int n_columns;
	size_t n, room;
	struct place {
		int64_t time_ms;
		int series;
	} * row;                /* [n]; owned */
	float *values;          /* [n][n_columns]; owned */
	bool sorted;            /* they came by series and time, each time once */
	struct alm_names words; /* what the codes of categories stand for; owned */
};

static void release(struct pile *pile)
{
	alm_names_release(&pile->names);
	alm_names_release(&pile->words);
	free(pile->row);
	free(pile->values);
}

static enum alm_status grow(struct pile *pile, struct alm_error *err)
{
	size_t room = pile->room ? 2 * pile->room : 1024, n_places, n_values;
	if (!alm_mul_size(room, sizeof *pile->row, &n_places) ||
		!alm_mul_size(room, (size_t)pile->n_columns * sizeof *pile->values, &n_values))
		return alm_fail_memory(err, SIZE_MAX);
	struct place *row = realloc(pile->row, n_places);
	if (row)
		pile->row = row;
	float *values = realloc(pile->values, n_values);
	if (values)
		pile->values = values;
	if (!row || !values)
		return alm_fail_memory(err, n_values);
	pile->room = room;
	return ALM_OK;
}

static enum alm_status add(struct pile *pile, const struct alm_origin_row *row, struct alm_error *err)
{
	bool added;
	int series;
	enum alm_status status = pile->n == pile->room ? grow(pile, err) : ALM_OK;
	if (status == ALM_OK)
		status =
			alm_names_number(&pile->names, row->series, row->series_length, &series, &added, err);
	if (status != ALM_OK)
		return status;
	if (pile->n > 0) {
		const struct place *last = &pile->row[pile->n - 1];
		pile->sorted =
			pile->sorted &&
			(series == last->series ? row->time_ms > last->time_ms
						: added && strcmp(pile->names.name[series],
								   pile->names.name[last->series]) > 0);
	}
	float *values = pile->values + pile->n * (size_t)pile->n_columns;
	for (int i = 0; i < pile->n_columns; i++)
		values[i] = (float)row->values[i];
	pile->row[pile->n++] = (struct place){.time_ms = row->time_ms, .series = series};
	return ALM_OK;
}

static enum alm_status read_all(struct alm_db *db, const struct alm_dataset *dataset, const int *columns,
	int64_t until_ms, struct pile *pile, struct alm_error *err)
{
	const struct alm_origin_row *row;
	struct alm_origin_cursor *cursor = NULL;
	size_t n = (size_t)pile->n_columns;
	const char **names = malloc((n + 1) * sizeof *names);
	bool *category = malloc((n + 1) * sizeof *category);
	enum alm_status status = names && category ? ALM_OK : alm_fail_memory(err, n * sizeof *names);
	for (size_t i = 0; status == ALM_OK && i < n; i++) {
		names[i] = dataset->channels[columns[i]];
		category[i] = alm_dataset_is_category(dataset, columns[i]);
	}
	if (status == ALM_OK)
		status = alm_origin_open(db, dataset->source,
			&(struct alm_origin_columns){pile->n_columns, names, category, &pile->words}, &cursor,
			err);
	while (status == ALM_OK && (status = alm_origin_next(cursor, &row, err)) == ALM_OK && row)
		if (row->time_ms <= until_ms)
			status = add(pile, row, err);
	alm_origin_close(cursor);
	free(names);
	free(category);
	return status == ALM_OK ? ALM_OK : alm_fail_in(err, "dataset '%s'", dataset->name);
}

/* The order of rows: series by name, times within, and of one time as they came. */
struct order {
	const struct pile *pile;
	const int *rank; /* [names.n] of each series */
};

static int by_place(const void *a, const void *b, void *context)
{
	const struct order *order = context;
	size_t first = *(const size_t *)a, second = *(const size_t *)b;
	const struct place *x = &order->pile->row[first], *y = &order->pile->row[second];
	if (x->series != y->series)
		return order->rank[x->series] < order->rank[y->series] ? -1 : 1;
	if (x->time_ms != y->time_ms)
		return x->time_ms < y->time_ms ? -1 : 1;
	return first < second ? -1 : first > second;
}

static int by_name(const void *a, const void *b, void *context)
{
	char *const *name = context;
	return strcmp(name[*(const int *)a], name[*(const int *)b]);
}

/* The order of the rows as indices, and that of the series. */
static void sort(const struct pile *pile, size_t *index, int *series, int *rank)
{
	struct order order = {pile, rank};
	for (int i = 0; i < pile->names.n; i++)
		series[i] = i;
	for (size_t i = 0; i < pile->n; i++)
		index[i] = i;
	if (!pile->sorted)
		qsort_r(series, (size_t)pile->names.n, sizeof *series, by_name, pile->names.name);
	for (int i = 0; i < pile->names.n; i++)
		rank[series[i]] = i;
	if (!pile->sorted)
		qsort_r(index, pile->n, sizeof *index, by_place, &order);
}

/* Leaves the last of the rows with one series and time. Returns how many are left. */
static size_t drop_repeated(const struct pile *pile, size_t *index)
{
	size_t n = 0;
	for (size_t i = 0; i < pile->n; i++) {
		const struct place *row = &pile->row[index[i]];
		const struct place *next = i + 1 < pile->n ? &pile->row[index[i + 1]] : NULL;
		if (!next || next->series != row->series || next->time_ms != row->time_ms)
			index[n++] = index[i];
	}
	return n;
}

/* How many of the rows from first to end, which are one series, are not later than the last that counts as known. */
static size_t count_known(const struct pile *pile, const size_t *index, size_t first, size_t end,
	const struct alm_dataset_tail *wanted)
{
	size_t n_past = (size_t)wanted->n_past, columns = (size_t)wanted->n_columns, n;
	for (n = end - first; n > 0 && pile->row[index[first + n - 1]].time_ms > wanted->until_ms;)
		n--;
	if (wanted->n_past == wanted->n_columns)
		return n;
	for (size_t known = n; known > 0; known--)
		for (size_t column = 0; column < n_past; column++)
			if (!isnan(pile->values[index[first + known - 1] * columns + column]))
				return known;
	return n;
}

/* Leaves of every series the newest known rows, and what is known ahead of them. Returns how many are left. */
static size_t keep_tails(struct pile *pile, size_t *index, size_t n, const struct alm_dataset_tail *wanted)
{
	size_t left = 0, n_past = (size_t)wanted->n_past, columns = (size_t)wanted->n_columns;
	size_t most_ahead = n_past < columns ? wanted->n_ahead : 0;
	for (size_t first = 0, end; first < n; first = end) {
		for (end = first; end < n && pile->row[index[end]].series == pile->row[index[first]].series;)
			end++;
		size_t known = count_known(pile, index, first, end, wanted), now = first + known;
		size_t ahead = end - now < most_ahead ? end - now : most_ahead;
		for (size_t i = known > wanted->n_rows ? now - wanted->n_rows : first; i < now; i++)
			index[left++] = index[i];
		for (size_t i = now; i < now + ahead; i++) {
			for (size_t column = 0; column < n_past; column++)
				pile->values[index[i] * columns + column] = NAN;
			index[left++] = index[i];
		}
	}
	return left;
}

/* The rows in their order, as the readers of a dataset take them. */
static enum alm_status lay_out(const struct pile *pile, const size_t *index, size_t n,
	struct alm_dataset_rows *rows, struct alm_error *err)
{
	size_t n_series = (size_t)pile->names.n, columns = (size_t)pile->n_columns;
	rows->names = calloc(n_series + 1, sizeof *rows->names);
	rows->first = calloc(n_series + 1, sizeof *rows->first);
	rows->times_ms = malloc((n + 1) * sizeof *rows->times_ms);
	rows->values = malloc((n * columns + 1) * sizeof *rows->values);
	if (!rows->names || !rows->first || !rows->times_ms || !rows->values)
		return alm_fail_memory(err, (n * columns + 1) * sizeof *rows->values);
	for (size_t i = 0; i < n; i++) {
		const struct place *row = &pile->row[index[i]];
		if (i == 0 || row->series != pile->row[index[i - 1]].series) {
			rows->first[rows->n_series] = i;
			rows->names[rows->n_series] = strdup(pile->names.name[row->series]);
			if (!rows->names[rows->n_series++])
				return alm_fail_memory(err, 1);
		}
		rows->times_ms[i] = row->time_ms;
		memcpy(rows->values + i * columns, pile->values + index[i] * columns,
			columns * sizeof *rows->values);
	}
	rows->n_rows = n;
	rows->first[rows->n_series] = n;
	return ALM_OK;
}

static enum alm_status arrange(struct pile *pile, const struct alm_dataset_tail *wanted,
	struct alm_dataset_rows *rows, struct alm_error *err)
{
	size_t n_series = (size_t)pile->names.n;
	size_t *index = calloc(pile->n + 1, sizeof *index);
	int *series = malloc((n_series + 1) * sizeof *series), *rank = malloc((n_series + 1) * sizeof *rank);
	enum alm_status status =
		index && series && rank ? ALM_OK : alm_fail_memory(err, (pile->n + 1) * sizeof *index);
	if (status == ALM_OK) {
		sort(pile, index, series, rank);
		size_t n = drop_repeated(pile, index);
		rows->n_duplicates = pile->n - n;
		n = keep_tails(pile, index, n, wanted);
		status = lay_out(pile, index, n, rows, err);
	}
	free(index);
	free(series);
	free(rank);
	return status;
}

enum alm_status alm_place_read(struct alm_db *db, const struct alm_dataset *dataset,
	const struct alm_dataset_tail *wanted, struct alm_dataset_rows *out, struct alm_error *err)
{
	struct pile pile = {.n_columns = wanted->n_columns, .sorted = true};
	struct alm_dataset_rows rows = {.n_channels = wanted->n_columns};
	/* What is known ahead lies behind the last instant. */
	int64_t until_ms = wanted->n_past < wanted->n_columns ? INT64_MAX : wanted->until_ms;
	enum alm_status status = read_all(db, dataset, wanted->columns, until_ms, &pile, err);
	if (status == ALM_OK)
		status = arrange(&pile, wanted, &rows, err);
	rows.words = pile.words;
	pile.words = (struct alm_names){0};
	release(&pile);
	if (status == ALM_OK)
		*out = rows;
	else
		alm_dataset_rows_release(&rows);
	return status;
}
