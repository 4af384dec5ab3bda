#!/usr/bin/env python3
"""The peer of bench/train.c: one training step (forward, backward, Adam) of an LSTM with a linear head in PyTorch, median
of several, for each number of threads. Prints `CONFIG THREADS MILLISECONDS` a line."""
import sys
import time

import torch

# name: batch, steps, features, units; as in bench/train.c
CONFIGS = {"A": (256, 120, 14, 32), "B": (64, 96, 7, 128), "C": (256, 120, 14, 256)}
HORIZON = 24


class Forecaster(torch.nn.Module):
    def __init__(self, features, units):
        super().__init__()
        self.lstm = torch.nn.LSTM(features, units, batch_first=True)
        self.head = torch.nn.Linear(units, HORIZON)

    def forward(self, x):
        return self.head(self.lstm(x)[0][:, -1])


def step_ms(batch, steps, features, units, repeats):
    net = Forecaster(features, units)
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    x, y = torch.randn(batch, steps, features), torch.randn(batch, HORIZON)
    times = []
    for _ in range(repeats + 3):
        begin = time.perf_counter()
        adam.zero_grad(set_to_none=True)
        torch.nn.functional.l1_loss(net(x), y).backward()
        adam.step()
        times.append(time.perf_counter() - begin)
    return 1000 * sorted(times[3:])[repeats // 2]


repeats = int(sys.argv[1]) if len(sys.argv) > 1 else 20
torch.manual_seed(1)
for name, config in CONFIGS.items():
    for threads in (1, 2):
        torch.set_num_threads(threads)
        print(name, threads, "%.2f" % step_ms(*config, repeats), flush=True)
