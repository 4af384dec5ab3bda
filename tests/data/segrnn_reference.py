#!/usr/bin/env python3
"""Writes tests/data/segrnn_reference.txt: a network of segments (SegRNN, arXiv 2308.11200) as PyTorch computes it (1.13 made the
file that is kept). Run from the root of the project:

    python3 tests/data/segrnn_reference.py > tests/data/segrnn_reference.txt

For each case: a line `case CELL UNITS WIDTH STEPS POSITIONS ROWS CHANNELS`, then lines `NAME N VALUES...` with weights, their
gradients (d_NAME) and x [steps][rows][width], channel [rows], out and d_out [rows][positions][width]. The loss is the sum of
d_out * out.
"""
import torch

torch.manual_seed(11)
torch.set_num_threads(1)
CELLS = {"lstm": (torch.nn.LSTM, 4), "gru": (torch.nn.GRU, 3)}
SHAPES = [(6, 4, 5, 3, 4, 2), (8, 3, 2, 1, 3, 3)]


def put(name, tensor):
    values = tensor.detach().reshape(-1).tolist()
    print(name, len(values), " ".join("%.9g" % v for v in values))


def both(name, tensor, shape=lambda t: t):
    put(name, shape(tensor))
    put("d_" + name, shape(tensor.grad))


for cell, (kind, gates) in CELLS.items():
    for units, width, steps, positions, rows, channels in SHAPES:
        embed, rnn, head = torch.nn.Linear(width, units), kind(units, units), torch.nn.Linear(units, width)
        position = torch.randn(positions, units // 2, requires_grad=True)
        channel = torch.randn(channels, units // 2, requires_grad=True)
        x = torch.randn(steps, rows, width)
        of = torch.arange(rows) % channels
        _, state = rnn(torch.relu(embed(x)))
        # one more step for every position of every row: row * positions + position
        repeat = lambda s: s.repeat_interleave(positions, dim=1)
        query = torch.cat([position.repeat(rows, 1), channel[of].repeat_interleave(positions, dim=0)], 1)
        state = tuple(repeat(s) for s in state) if cell == "lstm" else repeat(state)
        out = head(rnn(query.unsqueeze(0), state)[0].squeeze(0)).reshape(rows, positions, width)
        d_out = torch.randn(out.shape)
        (out * d_out).sum().backward()
        print("case", cell, units, width, steps, positions, rows, channels)
        put("x", x)
        put("channel_of", of.float())
        put("out", out)
        put("d_out", d_out)
        transposed = lambda t: t.t()
        both("embed.W", embed.weight, transposed)
        both("embed.b", embed.bias)
        both("position", position)
        both("channel", channel)
        both("head.W", head.weight, transposed)
        both("head.b", head.bias)
        both("layer0.W", rnn.weight_ih_l0, transposed)
        both("layer0.U", rnn.weight_hh_l0, transposed)
        if cell == "gru":
            both("layer0.b", rnn.bias_ih_l0)
            both("layer0.c", rnn.bias_hh_l0)
        else:
            put("layer0.b", rnn.bias_ih_l0 + rnn.bias_hh_l0)
            put("d_layer0.b", rnn.bias_ih_l0.grad)
