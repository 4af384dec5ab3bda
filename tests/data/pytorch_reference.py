#!/usr/bin/env python3
"""Writes tests/data/pytorch_reference.txt: weights, inputs, outputs and gradients of recurrent networks computed by
PyTorch (1.13 made the file that is kept), which the tests compare with ours. Run from the root of the project:

    python3 tests/data/pytorch_reference.py > tests/data/pytorch_reference.txt

Ten random shapes for each cell, with one and two layers, one direction and both, the loss taken of the last output and of
every step's. For each case: a line `case CELL LAYERS DIRECTIONS SEQUENCES UNITS FEATURES STEPS ROWS`, then lines
`NAME N VALUES...`. Weights are named and laid out as Almanac has them: W [features][gates][units], b [gates][units], c
likewise where a cell keeps the recurrent product apart (GRU), U [units][gates][units]. The gate orders are PyTorch's own
(LSTM i f g o, GRU r z n). PyTorch has two biases; where Almanac has one, theirs is the sum. The last output of two
directions is what each has read last. The loss is the sum of d_out * outputs, d_out random.
"""
import torch

torch.manual_seed(7)
torch.set_num_threads(1)
CELLS = {"simple": (torch.nn.RNN, 1), "lstm": (torch.nn.LSTM, 4), "gru": (torch.nn.GRU, 3)}
CASES = 10


def random(low, high):
    return int(torch.randint(low, high + 1, ()))


def put(name, tensor):
    values = tensor.detach().reshape(-1).tolist()
    print(name, len(values), " ".join("%.9g" % v for v in values))


def weights(net, layer, reverse, gates, units, grad):
    suffix = "_l%d%s" % (layer, "_reverse" if reverse else "")
    pick = lambda name: getattr(net, name + suffix).grad if grad else getattr(net, name + suffix)
    w, u = pick("weight_ih"), pick("weight_hh")
    b, c = pick("bias_ih"), pick("bias_hh")
    return w.t().reshape(-1, gates, units), u.t().reshape(-1, gates, units), b.reshape(gates, units), c.reshape(gates, units)


def put_layer(net, cell, layer, reverse, gates, units):
    for grad in (False, True):
        w, u, b, c = weights(net, layer, reverse, gates, units, grad)
        prefix = ("d_" if grad else "") + "layer%d." % layer + ("reverse." if reverse else "")
        put(prefix + "W", w)
        if cell == "gru":
            put(prefix + "b", b)
            put(prefix + "c", c)
        else:
            put(prefix + "b", b if grad else b + c)
        put(prefix + "U", u)


for cell, (kind, gates) in CELLS.items():
    for case in range(CASES):
        layers, directions, sequences = 1 + case % 2, 1 + case // 2 % 2, case // 4 % 2
        units, features, steps, rows = random(1, 9), random(1, 4), random(1, 12), random(1, 5)
        net = kind(features, units, layers, bidirectional=directions == 2)
        with torch.no_grad():
            for parameter in net.parameters():
                parameter.copy_(torch.empty_like(parameter).uniform_(-0.7, 0.7))
        x = torch.randn(steps, rows, features)
        every, state = net(x)
        last = state[0] if cell == "lstm" else state
        out = every if sequences else torch.cat(tuple(last[-directions:]), 1)
        d_out = torch.randn(out.shape)
        (out * d_out).sum().backward()
        print("case", cell, layers, directions, sequences, units, features, steps, rows)
        put("x", x)
        put("d_out", d_out)
        put("out", out)
        for layer in range(layers):
            for reverse in range(directions):
                put_layer(net, cell, layer, reverse, gates, units)
