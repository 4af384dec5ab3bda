/* The kernels there are, one object file each, all compiled from gemm_kernel.c. Internal to linalg. */
#ifndef ALM_LINALG_GEMM_KERNEL_H
#define ALM_LINALG_GEMM_KERNEL_H
#include "linalg/gemm.h"

extern const struct alm_kernel alm_kernel_base;
#ifndef ALM_ONLY_BASE
extern const struct alm_kernel alm_kernel_avx2, alm_kernel_avx512;
#endif

#endif
