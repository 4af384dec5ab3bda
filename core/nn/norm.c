#include "nn/norm.h"
#include <math.h>
#include <stdio.h>

#define EPSILON 1e-5f

enum alm_status alm_norm_init(
	struct alm_norm *norm, int n, const char *prefix, struct alm_params *params, struct alm_error *err)
{
	struct alm_norm made = {.n = n};
	char name[ALM_TENSOR_NAME];
	snprintf(name, sizeof name, "%s.norm.gain", prefix);
	enum alm_status status = alm_params_add(params, name, 1, (int64_t[]){n}, &made.gain, err);
	snprintf(name, sizeof name, "%s.norm.bias", prefix);
	if (status == ALM_OK)
		status = alm_params_add(params, name, 1, (int64_t[]){n}, &made.bias, err);
	if (status == ALM_OK)
		*norm = made;
	return status;
}

void alm_norm_initialise(const struct alm_norm *norm, float *params)
{
	for (int i = 0; i < norm->n; i++) {
		params[norm->gain + (size_t)i] = 1;
		params[norm->bias + (size_t)i] = 0;
	}
}

void alm_norm_forward(const struct alm_norm *norm, const float *params, float *values, float *normal)
{
	const float *restrict gain = params + norm->gain, *restrict bias = params + norm->bias;
	float sum = 0, squares = 0;
	for (int i = 0; i < norm->n; i++)
		sum += values[i];
	float mean = sum / (float)norm->n;
	for (int i = 0; i < norm->n; i++)
		squares += (values[i] - mean) * (values[i] - mean);
	float scale = 1 / sqrtf(squares / (float)norm->n + EPSILON);
	for (int i = 0; i < norm->n; i++) {
		float value = (values[i] - mean) * scale;
		values[i] = gain[i] * value + bias[i];
		if (normal)
			normal[i] = value;
	}
	if (normal)
		normal[norm->n] = scale;
}

/* With g = gain d_y:  d_x = scale (g - mean(g) - n mean(g n)). */
void alm_norm_backward(
	const struct alm_norm *norm, const float *params, const float *normal, float *d_values, float *grads)
{
	const float *restrict gain = params + norm->gain;
	float *restrict d_gain = grads + norm->gain, *restrict d_bias = grads + norm->bias;
	float sum = 0, along = 0, scale = normal[norm->n];
	for (int i = 0; i < norm->n; i++) {
		d_gain[i] += d_values[i] * normal[i];
		d_bias[i] += d_values[i];
		d_values[i] *= gain[i];
		sum += d_values[i];
		along += d_values[i] * normal[i];
	}
	sum /= (float)norm->n;
	along /= (float)norm->n;
	for (int i = 0; i < norm->n; i++)
		d_values[i] = scale * (d_values[i] - sum - normal[i] * along);
}
