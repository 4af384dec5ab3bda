/*
 * The population stability index of two samples in the same bins,
 *
 *      PSI = sum over bins of (p - q) log(p / q)
 *
 * the symmetric divergence of Kullback and Leibler (Jeffreys 1946): 0 when the shares p and q are the same. By convention, which is that of
 * credit scoring, up to 0.1 is no change and above 0.25 is a large one.
 *
 * Samples of the same distribution do not give 0: with n and m values in B bins, PSI / (1/n + 1/m) is about chi-square with B - 1
 * degrees of freedom (Yurdakul and Naranjo, Journal of Risk Model Validation 14, 2020), so that its mean is (B - 1)(1/n + 1/m). That is
 * taken off, and what is left is not below 0. A bin counts half a value more than it has, or one that is empty would make the index infinite.
 */
#ifndef ALM_DRIFT_PSI_H
#define ALM_DRIFT_PSI_H

/* a, b [n_bins] counts. 0 when a sample is empty or there is but one bin. */
double alm_psi(const double *a, const double *b, int n_bins);

#endif
