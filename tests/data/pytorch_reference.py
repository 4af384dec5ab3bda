#!/usr/bin/env python3
"""Writes tests/data/pytorch_reference.txt: weights, inputs, outputs and gradients of recurrent networks computed by
PyTorch (1.13 made the file that is kept), which the tests compare with ours. Run from the root of the project:

    python3 tests/data/pytorch_reference.py > tests/data/pytorch_reference.txt

For each case: a line `case CELL LAYERS UNITS FEATURES STEPS ROWS`, then lines `NAME N VALUES...`. Weights are named and laid
out as Almanac has them: W [features][gates][units], b [gates][units], c likewise where a cell keeps the recurrent product
apart (GRU), U [units][gates][units]. The gate orders are PyTorch's own (LSTM i f g o, GRU r z n). PyTorch has two biases;
where Almanac has one, theirs is the sum. The loss is the sum of d_out * (last output), d_out random.
"""
import torch

torch.manual_seed(7)
torch.set_num_threads(1)
CELLS = {"simple": (torch.nn.RNN, 1), "lstm": (torch.nn.LSTM, 4), "gru": (torch.nn.GRU, 3)}
SHAPES = [(1, 5, 3, 7, 4), (1, 16, 1, 20, 2), (2, 6, 2, 5, 3), (1, 1, 1, 1, 1), (2, 9, 4, 11, 5)]


def put(name, tensor):
    values = tensor.detach().reshape(-1).tolist()
    print(name, len(values), " ".join("%.9g" % v for v in values))


def weights(net, layer, gates, units, grad):
    pick = lambda name: getattr(net, "%s_l%d" % (name, layer)).grad if grad else getattr(net, "%s_l%d" % (name, layer))
    w, u = pick("weight_ih"), pick("weight_hh")
    b, c = pick("bias_ih"), pick("bias_hh")
    return w.t().reshape(-1, gates, units), u.t().reshape(-1, gates, units), b.reshape(gates, units), c.reshape(gates, units)


for cell, (kind, gates) in CELLS.items():
    for layers, units, features, steps, rows in SHAPES:
        net = kind(features, units, layers)
        with torch.no_grad():
            for parameter in net.parameters():
                parameter.copy_(torch.empty_like(parameter).uniform_(-0.7, 0.7))
        x = torch.randn(steps, rows, features)
        d_out = torch.randn(rows, units)
        output, _ = net(x)
        (output[-1] * d_out).sum().backward()
        print("case", cell, layers, units, features, steps, rows)
        put("x", x)
        put("d_out", d_out)
        put("out", output[-1])
        for layer in range(layers):
            for grad in (False, True):
                w, u, b, c = weights(net, layer, gates, units, grad)
                prefix = ("d_layer%d." if grad else "layer%d.") % layer
                put(prefix + "W", w)
                if cell == "gru":
                    put(prefix + "b", b)
                    put(prefix + "c", c)
                else:
                    put(prefix + "b", b if grad else b + c)
                put(prefix + "U", u)
