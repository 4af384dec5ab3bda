#!/usr/bin/env python3
"""Writes tests/data/optimizer_reference.txt: weights after each of fifty steps of PyTorch's optimisers (1.13 made the file
that is kept). Run from the root of the project:

    python3 tests/data/optimizer_reference.py > tests/data/optimizer_reference.txt

First `WEIGHTS STEPS`, the starting weights, the gradients of every step; then for each optimiser a line
`rule NAME RATE DECAY MOMENTUM` and the weights after every step.
"""
import torch

torch.manual_seed(5)
WEIGHTS, STEPS = 8, 50
start = torch.randn(WEIGHTS)
gradients = torch.randn(STEPS, WEIGHTS) * torch.logspace(-3, 1, WEIGHTS)
RULES = [("adam", torch.optim.Adam), ("adamw", torch.optim.AdamW), ("rmsprop", torch.optim.RMSprop), ("sgd", torch.optim.SGD)]


def line(values):
    print(" ".join("%.9g" % v for v in values.tolist()))


print(WEIGHTS, STEPS)
line(start)
for gradient in gradients:
    line(gradient)
for name, rule in RULES:
    for decay in (0.0, 0.02):
        for momentum in ((0.0, 0.9) if name == "sgd" else (0.0,)):
            w = start.clone().requires_grad_()
            options = {"momentum": momentum} if name == "sgd" else {}
            rate = 0.001 if name == "sgd" else 0.01
            optimizer = rule([w], lr=rate, weight_decay=decay, **options)
            print("rule", name, rate, decay, momentum)
            for gradient in gradients:
                w.grad = gradient.clone()
                optimizer.step()
                line(w.detach())
