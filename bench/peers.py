"""Almanac and PyTorch, asked for the time of the same work: what steps.py, sweep.py, cost.py and infer.py share. Needs
nothing but Python's own library; without PyTorch its figures are None and print as `-`."""
import json
import os
import pathlib
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).parent
BENCH_DIR = pathlib.Path(os.environ.get("BENCH_DIR", HERE.parent / "build/release/bench"))
PYTHON = os.environ.get("PYTHON", "/usr/bin/python3")
# Threads of PyTorch's own loops and of the OpenBLAS and OpenMP below it: which is fastest depends on the shape.
SETTINGS = ((1, 1), (2, 1), (1, 2))
CELLS = ("simple", "lstm", "gru")


def shape(cell="lstm", batch=256, steps=120, features=14, units=32, layers=1):
    return dict(cell=cell, batch=batch, steps=steps, features=features, units=units, layers=layers)


# The shapes of the README's figures, by name.
SHAPES = {
    "A": shape(),
    "A16": shape(units=16),
    "B": shape(batch=64, steps=96, features=7, units=128),
    "C": shape(units=256),
    "D": shape(layers=2),
}


def median(values):
    values = sorted(values)
    return (values[(len(values) - 1) // 2] + values[len(values) // 2]) / 2


def options(values):
    return [word for name, value in values.items() for word in ("--" + name, str(value))]


class Refused(Exception):
    """A program of ours ended with an error; the first argument is its exit code."""


def almanac(program, values, *flags):
    """Runs bench/train or bench/infer of a shape; the JSON object that it prints."""
    command = [str(BENCH_DIR / program), *options(values), *flags]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise Refused(done.returncode, done.stderr.strip())
    return json.loads(done.stdout)


class Torch:
    """A process of bench/torch_peer.py with a setting of its threads."""

    def __init__(self, setting):
        self.setting = setting
        env = dict(os.environ, OPENBLAS_NUM_THREADS=str(setting[1]), OMP_NUM_THREADS=str(setting[1]))
        self.process = subprocess.Popen([PYTHON, str(HERE / "torch_peer.py"), str(setting[0])], env=env, text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, do, values, **more):
        self.process.stdin.write(json.dumps(dict(values, do=do, **more)) + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit("bench: PyTorch's process has ended")
        time.sleep(0.05)  # its idle threads spin for a moment
        return json.loads(answer)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def torches():
    """A process for each setting, or none at all without PyTorch."""
    try:
        found = subprocess.run([PYTHON, "-c", "import torch"], stderr=subprocess.DEVNULL).returncode == 0
    except FileNotFoundError:
        found = False
    if not found:
        print("bench: %s has no PyTorch (apt install python3-torch); its figures are left out" % PYTHON,
              file=sys.stderr)
        return []
    return [Torch(setting) for setting in SETTINGS]


class Effort:
    """How often and how long a figure is timed: $REPEATS (20) and $SECONDS, or little of both with BENCH=quick."""

    def __init__(self, seconds):
        quick = os.environ.get("BENCH") == "quick"
        self.repeats = int(os.environ.get("REPEATS") or (3 if quick else 20))
        self.seconds = float(os.environ.get("SECONDS") or (0.1 if quick else seconds))

    def values(self):
        return {"repeats": self.repeats, "seconds": self.seconds}


def measure_almanac(shape, threads, effort):
    return almanac("train", dict(shape, threads=threads, **effort.values()), "--json")


def join(before, after):
    """One measurement of two: the median of the times of both, and the rates that go with it."""
    times = before["times_ms"] + after["times_ms"]
    ms = median(times)
    rate = before["ms"] / ms
    peak = max(before["peak_gflops"], after["peak_gflops"])
    gflops = before["gflops"] * rate
    return dict(before, ms=ms, times_ms=times, windows_s=before["windows_s"] * rate, gflops=gflops,
                peak_gflops=peak, peak_share=gflops / (peak * before["threads"]),
                gather_share=median([before["gather_share"], after["gather_share"]]))


def compare(shape, peers, effort, threads=(1, 2)):
    """(ours by number of threads, theirs: ms by setting). Ours is measured before and after theirs, so that a slow
    moment of the machine hits both."""
    before = {n: measure_almanac(shape, n, effort) for n in threads}
    theirs = {peer.setting: median(peer.ask("train", shape, **effort.values())["times_ms"]) for peer in peers}
    after = {n: measure_almanac(shape, n, effort) for n in threads}
    return {n: join(before[n], after[n]) for n in threads}, theirs


def best(theirs):
    """(setting, ms) of the fastest, or (None, None)."""
    return min(theirs.items(), key=lambda item: item[1]) if theirs else (None, None)


def text(value, form="%.2f"):
    return "-" if value is None else form % value
