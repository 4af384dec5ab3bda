/*
 * slstm - LSTM with an exponential input gate, a normaliser n and a stabiliser m ("xLSTM", Beck et al., arXiv 2405.04517).
 *
 *      z = tanh(pre)    o = sigmoid(pre)    i = exp(pre)    f = sigmoid(pre), or exp(pre) with the option exp_forget
 *      a = ln f + m'    b = ln i            m = max(a, b)   i~ = exp(b - m)    f~ = exp(a - m)
 *      c = f~ c' + i~ z                     n = f~ n' + i~                     h = o c / n
 *
 * m keeps both exponentials at 1 or below; h is the same whatever it is. As in the authors' program m = b while nothing is
 * remembered (n' = 0), so n is never below 1 after it; for states that no sequence leads to, h = o c / max(n, 1).
 * Nothing is saved: backward works the step out again from pre. It is exact through m too: one of i~ and f~ is 1, the other
 * exp(-|a - b|), which only a - b moves. With d_x the gradient of x, D_c = d_c + d_h o / n and D_n = d_n - d_h o c / n^2:
 *
 *      D_f = (D_c c' + D_n n') f~       where a is larger: d_a = d_m - D_i    d_b = D_i          d_m' = d_a
 *      D_i = (D_c z + D_n) i~           where b is larger: d_a = D_f          d_b = d_m - D_f
 */
#include <stddef.h>
#include "almanac_cell.h"
#include "almanac_math.h"

enum { H, C, N, M, STATES };

struct step {
	float z, o, i, f, c, n, m, slope; /* f is 1 where a is larger; slope: of ln f */
};

ALMANAC_INLINE struct step step(
	const float *pre, ptrdiff_t units, const float *prev, ptrdiff_t block, int is_exp)
{
	struct step s;
	float x = pre[2 * units], e = almanac_exp(x > 0 ? -x : x), n0 = prev[N * block];
	float ln_f = is_exp ? x : (x > 0 ? 0 : x) - almanac_log1p_reduced(e); /* ln sigmoid */
	float a = ln_f + prev[M * block], b = pre[units], less = almanac_exp(a > b ? b - a : a - b);
	int a_wins = (n0 != 0) & (a >= b);
	s.slope = is_exp ? 1.0f : (x > 0 ? e : 1.0f) / (1.0f + e);
	s.z = almanac_tanh(pre[0]);
	s.o = almanac_sigmoid(pre[3 * units]);
	s.i = a_wins ? less : 1.0f;
	s.f = a_wins ? 1.0f : n0 != 0 ? less : 0.0f;
	s.c = s.f * prev[C * block] + s.i * s.z;
	s.n = s.f * n0 + s.i;
	s.m = a_wins ? a : b;
	return s;
}

ALMANAC_CLONES static void forward(const struct almanac_forward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	for (ptrdiff_t at = 0; at < block; at += units) {
		const float *__restrict pre = s->pre + 4 * at, *__restrict prev = s->prev + at;
		float *__restrict next = s->next + at;
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			struct step t = step(pre + u, units, prev + u, block, s->option[0] > 0);
			next[H * block + u] = t.o * t.c / (t.n > 1.0f ? t.n : 1.0f);
			next[C * block + u] = t.c;
			next[N * block + u] = t.n;
			next[M * block + u] = t.m;
		}
	}
}

ALMANAC_CLONES static void backward(const struct almanac_backward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	for (ptrdiff_t at = 0; at < block; at += units) {
		const float *__restrict pre = s->pre + 4 * at, *__restrict prev = s->prev + at;
		const float *__restrict d_next = s->d_next + at;
		float *__restrict d_pre = s->d_pre + 4 * at, *__restrict d_prev = s->d_prev + at;
#pragma omp simd
		for (ptrdiff_t u = 0; u < units; u++) {
			struct step t = step(pre + u, units, prev + u, block, s->option[0] > 0);
			float part = 1.0f / (t.n > 1.0f ? t.n : 1.0f), y = t.c * part;
			float d_h = d_next[H * block + u], d_m = d_next[M * block + u];
			float d_c = d_next[C * block + u] + d_h * t.o * part;
			float d_n = d_next[N * block + u] - (t.n >= 1.0f ? d_h * t.o * y * part : 0.0f);
			float d_f = (d_c * prev[C * block + u] + d_n * prev[N * block + u]) * t.f;
			float d_i = (d_c * t.z + d_n) * t.i, d_a = t.f == 1.0f ? d_m - d_i : d_f;
			d_pre[u] = d_c * t.i * (1.0f - t.z * t.z);
			d_pre[units + u] = t.f == 1.0f ? d_i : d_m - d_f;
			d_pre[2 * units + u] = d_a * t.slope;
			d_pre[3 * units + u] = d_h * y * t.o * (1.0f - t.o);
			d_prev[H * block + u] = 0;
			d_prev[C * block + u] = d_c * t.f;
			d_prev[N * block + u] = d_n * t.f;
			d_prev[M * block + u] = d_a;
		}
	}
}

static const float gate_bias[] = {0, 0, 1, 0};
static const struct almanac_option options[] = {
	{"exp_forget", 0, 0, 1, "above 0: forget gate exp(pre), not sigmoid(pre)"}};

static const struct almanac_cell cell = {
	.size = sizeof(struct almanac_cell),
	.abi_min = 2,
	.flags = 0,
	.name = "slstm",
	.version = "1.0",
	.summary = "xLSTM's scalar memory: exponential gates and a stabiliser (arXiv 2405.04517)",
	.gates = 4,
	.states = STATES,
	.saved = 0,
	.n_params = 0,
	.gate_bias = gate_bias,
	.params = NULL,
	.forward = forward,
	.backward = backward,
	.n_options = 1,
	.reserved = 0,
	.options = options,
	.gate_names = "z i f o",
	.state_names = "h c n m",
	.init = NULL,
};

const struct almanac_cell *almanac_cell_v1(void)
{
	return &cell;
}
