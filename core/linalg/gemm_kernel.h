/* The kernels there are, two object files each, all compiled from gemm_kernel.c and scale_kernel.c. Internal to linalg. */
#ifndef ALM_LINALG_GEMM_KERNEL_H
#define ALM_LINALG_GEMM_KERNEL_H
#include "linalg/gemm.h"

#define ALM_JOIN(a, b)     a##b
#define ALM_NAME(a, b)     ALM_JOIN(a, b)
#define ALM_KERNEL_OF(isa) ALM_NAME(alm_kernel_, isa)
#define ALM_SCALE_OF(isa)  ALM_NAME(alm_scale_, isa)

extern const struct alm_kernel alm_kernel_base;
void alm_scale_base(const struct alm_scale_job *job);
#ifndef ALM_ONLY_BASE
extern const struct alm_kernel alm_kernel_avx2, alm_kernel_avx512;
void alm_scale_avx2(const struct alm_scale_job *job);
void alm_scale_avx512(const struct alm_scale_job *job);
#endif

#endif
