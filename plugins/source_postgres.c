/* Rows of a query to PostgreSQL, by libpq, one at a time. */
#include <errno.h>
#include <libpq-fe.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "almanac_source.h"

/* How long to wait for the server before the host is asked whether to stop. */
#define WAIT_MS 200

/* Types of PostgreSQL (src/include/catalog/pg_type.dat). */
enum {
	TYPE_BOOL = 16,
	TYPE_BYTEA = 17,
	TYPE_INT8 = 20,
	TYPE_INT2 = 21,
	TYPE_INT4 = 23,
	TYPE_OID = 26,
	TYPE_FLOAT4 = 700,
	TYPE_FLOAT8 = 701,
	TYPE_NUMERIC = 1700
};

struct almanac_source_connection {
	PGconn *server;
	PGresult *result; /* the row that was given last, or the first one, which is to be given */
	int first;        /* result has not been given yet */
	int n_columns;
	struct almanac_source_request request; /* url and query are not kept */
};

__attribute__((format(printf, 3, 4))) static void fail(
	struct almanac_source_error *err, enum almanac_source_failure failure, const char *format, ...)
{
	va_list args;
	va_start(args, format);
	vsnprintf(err->text, sizeof err->text, format, args);
	va_end(args);
	err->failure = (int32_t)failure;
	/* libpq ends its lines with a newline, and some have several. */
	for (size_t length = strlen(err->text); length > 0 && err->text[length - 1] == '\n';)
		err->text[--length] = '\0';
	for (char *at = err->text; *at != '\0'; at++)
		if (*at == '\n' || *at == '\t')
			*at = ' ';
}

/* ---- the location */

/* A text being written into a buffer; `lost` when it did not fit. */
struct writer {
	char *at, *end;
	int lost;
};

static void put(struct writer *to, char c)
{
	if (to->at + 1 < to->end)
		*to->at++ = c;
	else
		to->lost = 1;
}

static void put_text(struct writer *to, const char *text)
{
	for (; *text != '\0'; text++)
		put(to, *text);
}

/* Percent-encoded but for what needs no encoding anywhere in a URL. */
static void put_encoded(struct writer *to, const char *text)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~/";
	char code[4];
	for (; *text != '\0'; text++) {
		if (strchr(plain, *text)) {
			put(to, *text);
			continue;
		}
		snprintf(code, sizeof code, "%%%02X", (unsigned)(unsigned char)*text);
		put_text(to, code);
	}
}

/* Every setting that the URL gives but those that libpq itself marks as passwords. */
static int location(const char *url, char *out, size_t size, struct almanac_source_error *err)
{
	struct writer to = {out, out + size, 0};
	PQconninfoOption *options = PQconninfoParse(url, NULL);
	if (!options) {
		fail(err, ALMANAC_SOURCE_BAD_URL,
			"expected a URL such as postgresql://user@host:5432/database, found none that can be "
			"understood");
		return -1;
	}
	put_text(&to, "postgresql://");
	const char *separator = "?";
	for (const PQconninfoOption *option = options; option->keyword; option++) {
		if (!option->val || *option->val == '\0' || option->dispchar[0] == '*')
			continue;
		put_text(&to, separator);
		put_text(&to, option->keyword);
		put(&to, '=');
		put_encoded(&to, option->val);
		separator = "&";
	}
	*to.at = '\0';
	PQconninfoFree(options);
	if (!to.lost)
		return 0;
	fail(err, ALMANAC_SOURCE_BAD_URL, "the URL is longer than %zu bytes", size - 1);
	return -1;
}

/* ---- the connection */

static void close_connection(struct almanac_source_connection *connection)
{
	char unused[256];
	if (connection->server && PQtransactionStatus(connection->server) == PQTRANS_ACTIVE) {
		PGcancel *cancel = PQgetCancel(connection->server);
		if (cancel)
			PQcancel(cancel, unused, sizeof unused);
		PQfreeCancel(cancel);
	}
	PQclear(connection->result);
	PQfinish(connection->server);
	free(connection);
}

static int connect_server(struct almanac_source_connection *connection, struct almanac_source_error *err)
{
	/* What stands in the URL comes after, and counts more than, the timeout. */
	const char *const keys[] = {"connect_timeout", "fallback_application_name", "dbname", NULL};
	const char *const values[] = {"10", "almanac", connection->request.url, NULL};
	connection->server = PQconnectdbParams(keys, values, 1);
	if (!connection->server)
		fail(err, ALMANAC_SOURCE_NO_MEMORY, "out of memory");
	else if (PQstatus(connection->server) != CONNECTION_OK)
		fail(err, ALMANAC_SOURCE_UNAVAILABLE, "%s%s", PQerrorMessage(connection->server),
			PQconnectionNeedsPassword(connection->server) ? " (set PGPASSWORD or use ~/.pgpass)"
								      : "");
	else
		return 0;
	return -1;
}

static void ignore_notice(void *unused, const PGresult *result)
{
	(void)unused;
	(void)result;
}

/* A transaction that can only read and sees one state of the data; times come as ISO 8601 in UTC. */
static int begin(struct almanac_source_connection *connection, struct almanac_source_error *err)
{
	PQsetNoticeReceiver(connection->server, ignore_notice, NULL);
	PGresult *result = PQexec(connection->server,
		"BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY; SET LOCAL datestyle = ISO; "
		"SET LOCAL timezone = 'UTC'; SET LOCAL bytea_output = hex");
	int ok = PQresultStatus(result) == PGRES_COMMAND_OK;
	PQclear(result);
	if (!ok)
		fail(err, ALMANAC_SOURCE_UNAVAILABLE, "%s", PQerrorMessage(connection->server));
	return ok ? 0 : -1;
}

/* ---- the query */

/* What the server says of a query that failed. */
static void fail_query(struct almanac_source_connection *connection, struct almanac_source_error *err)
{
	const char *state = PQresultErrorField(connection->result, PG_DIAG_SQLSTATE);
	const char *text = PQresultErrorField(connection->result, PG_DIAG_MESSAGE_PRIMARY);
	if (!text)
		text = PQerrorMessage(connection->server);
	/* https://www.postgresql.org/docs/15/errcodes-appendix.html; without a state the connection is gone */
	if (!state || strncmp(state, "57", 2) == 0 || strncmp(state, "08", 2) == 0)
		fail(err, ALMANAC_SOURCE_UNAVAILABLE, "the server ended the query: %s", text);
	else if (strcmp(state, "25006") == 0)
		fail(err, ALMANAC_SOURCE_WRITES, "%s", text);
	else if (strcmp(state, "42P01") == 0)
		fail(err, ALMANAC_SOURCE_NO_TABLE, "%s", text);
	else
		fail(err, ALMANAC_SOURCE_BAD_QUERY, "%s", text);
}

/* Waits until a result can be taken without blocking. */
static int await(struct almanac_source_connection *connection, struct almanac_source_error *err)
{
	const struct almanac_source_request *request = &connection->request;
	while (PQisBusy(connection->server)) {
		struct pollfd socket = {.fd = PQsocket(connection->server), .events = POLLIN};
		if (request->stopped && request->stopped(request->context)) {
			fail(err, ALMANAC_SOURCE_STOPPED, "stopped");
			return -1;
		}
		int n = poll(&socket, 1, WAIT_MS);
		if ((n < 0 && errno != EINTR) || (n > 0 && !PQconsumeInput(connection->server))) {
			fail(err, ALMANAC_SOURCE_UNAVAILABLE, "the connection was lost: %s",
				PQerrorMessage(connection->server));
			return -1;
		}
	}
	return 0;
}

/* The next result into connection->result: 1 = a row, 0 = the end, -1 = failed. */
static int take_result(struct almanac_source_connection *connection, struct almanac_source_error *err)
{
	PQclear(connection->result);
	connection->result = NULL;
	if (await(connection, err) != 0)
		return -1;
	connection->result = PQgetResult(connection->server);
	if (!connection->result)
		return 0;
	switch (PQresultStatus(connection->result)) {
	case PGRES_SINGLE_TUPLE:
		return 1;
	case PGRES_TUPLES_OK:
		return 0;
	case PGRES_FATAL_ERROR:
	case PGRES_BAD_RESPONSE:
	case PGRES_NONFATAL_ERROR:
		fail_query(connection, err);
		return -1;
	default:
		fail(err, ALMANAC_SOURCE_BAD_QUERY,
			"expected a SELECT, found a statement that gives no rows");
		return -1;
	}
}

/* The extended protocol takes one statement only, which is what we want. */
static int send_query(struct almanac_source_connection *connection, struct almanac_source_error *err)
{
	if (!PQsendQueryParams(connection->server, connection->request.query, 0, NULL, NULL, NULL, NULL, 0) ||
		!PQsetSingleRowMode(connection->server)) {
		fail(err, ALMANAC_SOURCE_UNAVAILABLE, "%s", PQerrorMessage(connection->server));
		return -1;
	}
	connection->first = take_result(connection, err);
	if (connection->first < 0)
		return -1;
	connection->n_columns = PQnfields(connection->result);
	return 0;
}

static struct almanac_source_connection *open_connection(
	const struct almanac_source_request *request, struct almanac_source_error *err)
{
	struct almanac_source_connection *connection = calloc(1, sizeof *connection);
	if (!connection) {
		fail(err, ALMANAC_SOURCE_NO_MEMORY, "out of memory");
		return NULL;
	}
	connection->request = *request;
	if (connect_server(connection, err) == 0 && begin(connection, err) == 0 &&
		send_query(connection, err) == 0)
		return connection;
	close_connection(connection);
	return NULL;
}

static int count_columns(struct almanac_source_connection *connection)
{
	return connection->n_columns;
}

static const char *column_name(struct almanac_source_connection *connection, int column)
{
	return connection->result ? PQfname(connection->result, column) : NULL;
}

/* ---- values */

static void take_value(const PGresult *result, int column, struct almanac_value *value)
{
	*value = (struct almanac_value){.type = ALMANAC_VALUE_NULL};
	if (PQgetisnull(result, 0, column))
		return;
	value->text = PQgetvalue(result, 0, column);
	value->length = (size_t)PQgetlength(result, 0, column);
	switch (PQftype(result, column)) {
	case TYPE_BOOL:
		value->type = ALMANAC_VALUE_INTEGER;
		value->integer = value->text[0] == 't';
		break;
	case TYPE_INT2:
	case TYPE_INT4:
	case TYPE_INT8:
	case TYPE_OID:
		value->type = ALMANAC_VALUE_INTEGER;
		value->integer = strtoll(value->text, NULL, 10);
		break;
	case TYPE_FLOAT4:
	case TYPE_FLOAT8:
	case TYPE_NUMERIC: /* "NaN" and "Infinity" are read too */
		value->type = ALMANAC_VALUE_REAL;
		value->real = strtod(value->text, NULL);
		break;
	case TYPE_BYTEA:
		value->type = ALMANAC_VALUE_BYTES;
		break;
	default:
		value->type = ALMANAC_VALUE_TEXT;
		break;
	}
}

static int next_row(struct almanac_source_connection *connection, struct almanac_value *values,
	struct almanac_source_error *err)
{
	int there = connection->first;
	connection->first = -1;
	if (there < 0)
		there = take_result(connection, err);
	for (int column = 0; there == 1 && column < connection->n_columns; column++)
		take_value(connection->result, column, &values[column]);
	if (there == 0)
		connection->first = 0;
	return there;
}

const struct almanac_source *almanac_source_v1(void)
{
	static const struct almanac_source source = {.size = sizeof source,
		.abi_min = 1,
		.name = "postgresql",
		.location = location,
		.open = open_connection,
		.n_columns = count_columns,
		.column = column_name,
		.next = next_row,
		.close = close_connection};
	return &source;
}
