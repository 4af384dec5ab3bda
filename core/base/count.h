/* Whole numbers for people: "3,412". */
#ifndef ALM_BASE_COUNT_H
#define ALM_BASE_COUNT_H
#include <stdint.h>

#define ALM_COUNT_TEXT 32

/* Groups of three digits, parted by commas. */
const char *alm_count_print(int64_t value, char out[static ALM_COUNT_TEXT]);

#endif
