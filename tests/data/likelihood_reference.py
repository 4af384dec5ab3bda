#!/usr/bin/env python3
"""Writes tests/data/likelihood_reference.txt: values and gradients of the losses that know more than a point, by PyTorch's
distributions and automatic differentiation (1.13 made the file that is kept). Run from the root of the project:

    python3 tests/data/likelihood_reference.py > tests/data/likelihood_reference.txt

A line a case: LOSS WIDTH GAIN TARGET VALUE, then WIDTH outputs and their WIDTH gradients; the quantile loss is of the levels
0.05 0.25 0.5 0.9. Quantiles are built from the outputs as core/nn/loss_quantile.c says: 0.5 is free, the others are
softplus steps away from their neighbours.
"""
import torch
from torch.distributions import Normal, StudentT
from torch.nn.functional import softplus

torch.manual_seed(3)
torch.set_default_dtype(torch.float64)
LEVELS = [0.05, 0.25, 0.5, 0.9]


def gaussian(o, y, gain):
    return -Normal(gain * o[0], gain * (softplus(o[1]) + 1e-3)).log_prob(y)


def student_t(o, y, gain):
    return -StudentT(2 + softplus(o[2]), gain * o[0], gain * (softplus(o[1]) + 1e-3)).log_prob(y)


def quantile(o, y, gain):
    q25 = o[2] - softplus(o[1])
    q = torch.stack([q25 - softplus(o[0]), q25, o[2], o[2] + softplus(o[3])])
    e = y - gain * q
    v = torch.tensor(LEVELS)
    return torch.maximum(v * e, (v - 1) * e).mean()


for name, loss, width in (("gaussian", gaussian, 2), ("student_t", student_t, 3), ("quantile", quantile, 4)):
    for case in range(12):
        # what goes in is exact in float32
        o = (torch.randn(width) * (1 + case % 3)).float().double().requires_grad_()
        y = (torch.randn(()) * 2).float().double()
        gain = 1.0 if case % 2 else 0.75
        value = loss(o, y, gain)
        value.backward()
        print(name, width, gain, "%.9g" % y, "%.12g" % value.item(), *("%.9g" % v for v in o.tolist()),
              *("%.9g" % v for v in o.grad.tolist()))
