/*
 * Text as a terminal shows it: control characters and broken UTF-8 escaped, so that no data can move the cursor, widths
 * in columns, and numbers for people.
 */
#ifndef APP_OUT_TEXT_H
#define APP_OUT_TEXT_H
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define TEXT_NUMBER 48 /* bytes that the printers of numbers need */

/* Whether the locale's character set is UTF-8. */
bool text_is_utf8(void);

/*
 * Copies text into out (size bytes, always terminated, never in the middle of a character), control characters, DEL, C1
 * controls and bytes that are no UTF-8 as \xHH. Returns the bytes that the whole would take, without the zero.
 */
size_t text_escape(const char *text, char *out, size_t size);

/* The same in memory of its own; the caller frees. NULL when there is none. */
char *text_escaped(const char *text);

/* Columns of a terminal that escaped text takes. */
int text_width(const char *text);

/* "1,234,567". */
const char *text_count(int64_t value, char out[static TEXT_NUMBER]);

/* Decimals that show four digits of the largest of its column, at least one. */
int text_decimals(double largest);

/* With that many decimals; "-" when it is not finite. */
const char *text_real(double value, int decimals, char out[static TEXT_NUMBER]);

/* The shortest text that reads back as the same double; "" when it is not finite. */
const char *text_exact(double value, char out[static TEXT_NUMBER]);

/* Seconds as "15 ms", "0.8 s", "42 s", "3 min 05 s". */
const char *text_seconds(double seconds, char out[static TEXT_NUMBER]);

#endif
