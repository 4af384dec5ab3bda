#include "drift/page_hinkley.h"
#include <math.h>

void alm_page_hinkley_init(struct alm_page_hinkley *test, double n, double mean, double deviation)
{
	*test = (struct alm_page_hinkley){.n = n, .mean = mean, .deviation = deviation};
}

double alm_page_hinkley_add(struct alm_page_hinkley *test, double value)
{
	test->n += 1;
	test->mean += (value - test->mean) / test->n;
	test->sum += (value - test->mean) / test->deviation - ALM_PAGE_HINKLEY_DELTA;
	test->least = fmin(test->least, test->sum);
	return test->sum - test->least;
}
