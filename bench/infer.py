"""The forecast of one window, forward alone: Almanac on one thread, PyTorch (eval, no_grad) and onnxruntime-node at their
best number of threads, all on the same weights and input, and how far their outputs are apart.

    infer.py [SHAPE[/CELL] ...]        A/simple A/lstm A/gru by default; a shape alone is an LSTM

onnxruntime-node comes from the npm registry into build/bench-node, at the first run; without npm or a network its column
stays empty."""
import json
import shutil
import subprocess
import sys

import peers

PACKAGE = "onnxruntime-node@1.30.0"
FOLDER = peers.HERE.parent / "build" / "bench-node"
COLUMNS = (("shape", "%-5s"), ("cell", "%-6s"), ("Almanac us", "%10s"), ("PyTorch us", "%10s"), ("at", "%3s"),
           ("times faster", "%12s"), ("onnxruntime us", "%14s"), ("threads", "%7s"), ("times faster", "%12s"),
           ("largest difference", "%18s"))


def line(*fields):
    print("  ".join(form % field for (_, form), field in zip(COLUMNS, fields)).rstrip(), flush=True)


def onnxruntime():
    """The package's folder, installed if need be, or None."""
    installed = FOLDER / "node_modules" / "onnxruntime-node"
    if not shutil.which("npm") or not shutil.which("node"):
        return None
    if not installed.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        try:
            subprocess.run(["npm", "install", "--prefix", str(FOLDER), "--ignore-scripts", "--no-save", "--no-audit",
                            "--no-fund", "--silent", PACKAGE], timeout=300, stdout=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
        except subprocess.TimeoutExpired:
            pass
    return installed if installed.exists() else None


def ask_onnx(package, files, shape, threads, effort):
    words = [str(package), files["onnx"], files["input"], *(str(n) for n in (
        shape["steps"], shape["features"], threads, effort.repeats, effort.seconds))]
    done = subprocess.run(["node", str(peers.HERE / "onnx_peer.js"), *words], stdout=subprocess.PIPE, text=True)
    return json.loads(done.stdout) if done.returncode == 0 else None


def ask_almanac(shape, files, effort):
    return peers.almanac("infer", dict(shape, **effort.values(), **files))


def export(shape, others):
    """Files of the same network for the two that are not PyTorch; none without it."""
    if not others:
        return {}
    FOLDER.mkdir(parents=True, exist_ok=True)
    stem = str(FOLDER / ("%(cell)s-%(steps)d-%(features)d-%(units)d-%(layers)d" % shape))
    files = {"onnx": stem + ".onnx", "weights": stem + ".weights", "input": stem + ".input"}
    others[0].ask("export", shape, **files)
    return files


def farthest(outputs):
    return max((abs(a - b) for one in outputs for other in outputs for a, b in zip(one, other)), default=0)


def compare(name, shape, others, package, effort):
    files = export(shape, others)
    ours = {key: files[key] for key in ("weights", "input") if files}
    before = ask_almanac(shape, ours, effort)
    theirs = {peer.setting: peer.ask("infer", shape, **effort.values()) for peer in others}
    onnx = {n: ask_onnx(package, files, shape, n, effort) for n in (1, 2)} if package and files else {}
    onnx = {n: answer for n, answer in onnx.items() if answer}
    after = ask_almanac(shape, ours, effort)
    us = (before["us"] + after["us"]) / 2
    setting, torch_us = peers.best({at: answer["us"] for at, answer in theirs.items()})
    threads, onnx_us = peers.best({n: answer["us"] for n, answer in onnx.items()})
    outputs = [before["output"], *(answer["output"] for answer in (*theirs.values(), *onnx.values()))]
    apart = farthest(outputs)
    line(name, shape["cell"], "%.1f" % us, peers.text(torch_us, "%.1f"), peers.text(setting, "%d+%d"),
         peers.text(torch_us and torch_us / us, "%.1f"), peers.text(onnx_us, "%.1f"), peers.text(threads, "%d"),
         peers.text(onnx_us and onnx_us / us, "%.1f"), "%.1e" % apart if theirs else "-")
    if apart > 1e-4:  # float32 sums of a few hundred terms of about one
        sys.exit("infer.py: the outputs of the same network differ by %g" % apart)


def main():
    effort = peers.Effort(seconds=1, rounds=1)
    effort.repeats *= 10  # these take microseconds, and the first are slow
    others, package = peers.torches(), onnxruntime()
    print("Forecast of one window, forward alone; median")
    line(*(head for head, _ in COLUMNS))
    for word in sys.argv[1:] or ["A/" + cell for cell in peers.CELLS]:
        name, _, cell = word.partition("/")
        if name not in peers.SHAPES:
            sys.exit("infer.py: no shape %s; there are %s" % (name, " ".join(peers.SHAPES)))
        values = dict(peers.SHAPES[name], cell=cell or "lstm")
        del values["batch"]
        compare(name, values, others, package, effort)
    for peer in others:
        peer.close()


main()
