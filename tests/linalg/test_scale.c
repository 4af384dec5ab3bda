#include <criterion/criterion.h>
#include "linalg/gemm.h"

#define ROWS  5
#define MOST  40
#define APART 48
#define GUARD 12345.0f

static const char *const names[] = {"base", "avx2", "avx512"};

static float any(int i)
{
	return (float)((i * 7919) % 1000) / 37.0f - 11.0f;
}

/* n columns of ROWS rows against the formula, and what lies around them. */
static void expect_scaled(const struct alm_kernel *kernel, int n)
{
	float from[ROWS * MOST], to[ROWS * APART], middle[MOST], factor[MOST];
	for (int i = 0; i < ROWS * MOST; i++)
		from[i] = any(i);
	for (int i = 0; i < ROWS * APART; i++)
		to[i] = GUARD;
	for (int i = 0; i < n; i++) {
		middle[i] = any(i + 500);
		factor[i] = any(i + 900);
	}
	kernel->scale(&(struct alm_scale_job){.rows = ROWS,
		.n = n,
		.from = from,
		.from_ld = n,
		.to = to + 1,
		.to_ld = APART,
		.middle = middle,
		.factor = factor});
	for (int i = 0; i < ROWS * APART; i++) {
		int row = i / APART, column = i % APART - 1;
		bool inside = column >= 0 && column < n;
		float off = inside ? from[row * n + column] - middle[column] : 0;
		cr_assert_eq(to[i], inside ? off * factor[column] : GUARD,
			"%s: %d columns, row %d, column %d", kernel->name, n, row, column);
	}
}

Test(scale, every_kernel_scales_any_number_of_columns_and_writes_nothing_else)
{
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		const struct alm_kernel *kernel = alm_kernel_named(names[i]);
		for (int n = 1; kernel && n <= MOST; n++)
			expect_scaled(kernel, n);
	}
}
