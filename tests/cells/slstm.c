/*
 * sLSTM (Beck et al. 2024): an exponential input gate, a normaliser n and a stabiliser m, so four states.
 *
 *      m = max(log f + m', i)    i~ = exp(i - m)    f~ = exp(log f + m' - m)    f = sigmoid(pre)
 *      c = f~ c' + i~ z          n = f~ n' + i~     h = o c / n                 z = tanh(pre), o = sigmoid(pre)
 *
 * h is the same whatever m is, as long as c and n are measured by it: what comes back to m by way of the next step and what
 * goes into it from c and n cancel. What is left is m', by which c' and n' are measured: d_m' = d_f~ f~.
 */
#include <math.h>
#include <stddef.h>
#include "almanac_cell.h"
#include "almanac_math.h"

enum { H, C, N, M, STATES };
enum { SAVED_Z, SAVED_O, SAVED_I, SAVED_F, SAVED_KEEP, SAVED };

static void forward(const struct almanac_forward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	for (ptrdiff_t at = 0; at < block; at++) {
		const float *pre = s->pre + (at / units) * 4 * units + at % units;
		float z = almanac_tanh(pre[0]), i = pre[units], o = almanac_sigmoid(pre[3 * units]);
		float keep = almanac_sigmoid(pre[2 * units]), log_f = logf(keep) + s->prev[M * block + at];
		float m = log_f > i ? log_f : i, in = almanac_exp(i - m), f = almanac_exp(log_f - m);
		float c = f * s->prev[C * block + at] + in * z, n = f * s->prev[N * block + at] + in;
		s->next[H * block + at] = o * c / n;
		s->next[C * block + at] = c;
		s->next[N * block + at] = n;
		s->next[M * block + at] = m;
		const float saved[SAVED] = {z, o, in, f, keep};
		for (int k = 0; k < SAVED && s->saved; k++)
			s->saved[k * block + at] = saved[k];
	}
}

static void backward(const struct almanac_backward *s)
{
	ptrdiff_t units = s->units, block = s->rows * units;
	for (ptrdiff_t at = 0; at < block; at++) {
		float *d_pre = s->d_pre + (at / units) * 4 * units + at % units;
		const float *saved = s->saved + at;
		float z = saved[SAVED_Z * block], o = saved[SAVED_O * block], in = saved[SAVED_I * block];
		float f = saved[SAVED_F * block], keep = saved[SAVED_KEEP * block];
		float c = s->next[C * block + at], n = s->next[N * block + at],
		      d_h = s->d_next[H * block + at];
		float d_c = s->d_next[C * block + at] + d_h * o / n;
		float d_n = s->d_next[N * block + at] - d_h * o * c / (n * n);
		float d_f = (d_c * s->prev[C * block + at] + d_n * s->prev[N * block + at]) * f;
		d_pre[0] = d_c * in * (1 - z * z);
		d_pre[units] = (d_c * z + d_n) * in;
		d_pre[2 * units] = d_f * (1 - keep);
		d_pre[3 * units] = d_h * c / n * o * (1 - o);
		s->d_prev[H * block + at] = 0;
		s->d_prev[C * block + at] = d_c * f;
		s->d_prev[N * block + at] = d_n * f;
		s->d_prev[M * block + at] = d_f;
	}
}

static const struct almanac_cell facts = {
	.size = sizeof facts,
	.abi_min = 1,
	.flags = ALMANAC_CELL_SAVED_ONLY,
	.name = "slstm",
	.version = "1.0",
	.summary = "LSTM with exponential gates and a stabiliser, a cell for tests",
	.gates = 4,
	.states = STATES,
	.saved = SAVED,
	.forward = forward,
	.backward = backward,
};

const struct almanac_cell *almanac_cell_v1(void)
{
	return &facts;
}
