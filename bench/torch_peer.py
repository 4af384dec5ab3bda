"""The peer in PyTorch: the networks of bench/rig.c, trained or asked for one forecast. bench/peers.py starts one process
for each setting of threads (they are read when the libraries load) and sends it a request a line; each answer is a line.

    torch_peer.py TORCH_THREADS < requests

    {"do": "train", shape ..., "repeats": 20, "seconds": 3}     ->  {"times_ms": [...]}
    {"do": "infer", shape ..., "repeats": 20, "seconds": 1}     ->  {"us": 1.5, "output": [...]}
    {"do": "export", shape ..., "onnx": FILE, "weights": FILE, "input": FILE}  ->  {}

A network's weights and its input depend on the shape alone, so that all processes and both other engines agree."""
import json
import sys
import time
import warnings

import torch

HORIZON = 24
CELLS = {"simple": torch.nn.RNN, "lstm": torch.nn.LSTM, "gru": torch.nn.GRU}


class Forecaster(torch.nn.Module):
    def __init__(self, ask):
        super().__init__()
        torch.manual_seed(1)
        self.layers = CELLS[ask["cell"]](ask["features"], ask["units"], num_layers=ask["layers"], batch_first=True)
        self.head = torch.nn.Linear(ask["units"], HORIZON)

    def forward(self, x):
        return self.head(self.layers(x)[0][:, -1])


def timed(ask, work, together=1):
    """As bench/timing.c: up to three warm-ups, then `repeats` timings or `seconds`, at least three. Times of one, s."""
    begin, times = time.perf_counter(), []
    for i in range(3):
        if i == 0 or time.perf_counter() - begin < ask["seconds"] / 4:
            work()
    begin = time.perf_counter()
    while len(times) < max(3, ask["repeats"]) and (len(times) < 3 or time.perf_counter() - begin < ask["seconds"]):
        since = time.perf_counter()
        for _ in range(together):
            work()
        times.append((time.perf_counter() - since) / together)
    return sorted(times)


def train(ask):
    net = Forecaster(ask)
    adam = torch.optim.Adam(net.parameters(), lr=1e-3)
    x, y = torch.randn(ask["batch"], ask["steps"], ask["features"]), torch.randn(ask["batch"], HORIZON)

    def step():
        adam.zero_grad(set_to_none=True)
        torch.nn.functional.l1_loss(net(x), y).backward()
        adam.step()

    return {"times_ms": [1000 * s for s in timed(ask, step)]}


def one_window(ask):
    net = Forecaster(ask).eval()
    return net, torch.randn(1, ask["steps"], ask["features"])


def infer(ask):
    net, x = one_window(ask)
    with torch.no_grad():
        times = timed(ask, lambda: net(x), together=4)
        return {"us": 1e6 * times[len(times) // 2], "output": net(x)[0].tolist()}


def tensors(net, ask):
    """Almanac's names and layouts: W [F][G][U], b, c, U [U][G][U]; the head's W [U][O], b. All matrices are PyTorch's
    transposed; two biases are one, but in the GRU."""
    for i in range(ask["layers"]):
        w, u, b, c = (getattr(net.layers, "%s_l%d" % (name, i)).detach()
                      for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"))
        yield "layer%d.W" % i, w.T
        yield "layer%d.b" % i, b if ask["cell"] == "gru" else b + c
        if ask["cell"] == "gru":
            yield "layer%d.c" % i, c
        yield "layer%d.U" % i, u.T
    yield "head.W", net.head.weight.detach().T
    yield "head.b", net.head.bias.detach()


def floats(tensor):
    return " ".join("%.9g" % x for x in tensor.reshape(-1).tolist())


def export(ask):
    net, x = one_window(ask)
    with open(ask["weights"], "w") as file:
        for name, tensor in tensors(net, ask):
            file.write("%s %s\n" % (name, floats(tensor)))
    with open(ask["input"], "w") as file:
        file.write(floats(x) + "\n")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        torch.onnx.export(net, x, ask["onnx"], opset_version=13, input_names=["x"], output_names=["y"])
    return {}


def main():
    torch.set_num_threads(int(sys.argv[1]))
    answers = {"train": train, "infer": infer, "export": export}
    for line in sys.stdin:
        ask = json.loads(line)
        print(json.dumps(answers[ask["do"]](ask)), flush=True)


main()
