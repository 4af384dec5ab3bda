/* How fast this machine multiplies float matrices at best: what a training step is measured against. */
#ifndef BENCH_PEAK_H
#define BENCH_PEAK_H

/*
 * GFLOP/s of one thread: the better of our product, packing included, and OpenBLAS's sgemm on square matrices of 512, best of
 * some rounds.
 */
double bench_peak_gflops(void);

#endif
