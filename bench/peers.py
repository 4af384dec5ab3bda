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
    """How often and how long a figure is timed, in rounds: $REPEATS (20) and $SECONDS of all rounds together, or little of
    both and one round with BENCH=quick."""

    def __init__(self, seconds, rounds=6):
        quick = os.environ.get("BENCH") == "quick"
        self.rounds = 1 if quick else rounds
        self.repeats = int(os.environ.get("REPEATS") or (3 if quick else 20))
        self.seconds = float(os.environ.get("SECONDS") or (0.1 if quick else seconds))

    def values(self):
        """Of one round."""
        return {"repeats": -(-self.repeats // self.rounds), "seconds": self.seconds / self.rounds}


def measure_almanac(shape, threads, effort):
    return almanac("train", dict(shape, threads=threads, **effort.values()), "--json")


def join(rounds):
    """One measurement of several: the median of each figure."""
    return dict(rounds[0], **{name: median([figures[name] for figures in rounds])
                              for name in ("ms", "windows_s", "gflops", "peak_share", "gather_share")})


def ratio(slower, faster):
    """How many times longer one takes than the other: the median over rounds, in each of which both ran one after the
    other, as the machine may be slower in another."""
    return median([a / b for a, b in zip(slower, faster)])


class Comparison:
    """A shape's times, ms, round by round: ours by number of threads, theirs by setting."""

    def __init__(self, shape, peers, effort, threads=(1, 2)):
        rounds = {n: [] for n in threads}
        self.theirs = {peer.setting: [] for peer in peers}
        for _ in range(effort.rounds):
            for n in threads:
                rounds[n].append(measure_almanac(shape, n, effort))
            for peer in peers:
                self.theirs[peer.setting].append(median(peer.ask("train", shape, **effort.values())["times_ms"]))
        self.ours = {n: [figures["ms"] for figures in rounds[n]] for n in threads}
        self.figures = {n: join(rounds[n]) for n in threads}

    def best(self):
        """Our fastest number of threads and their fastest setting, None without a peer."""
        return tuple(min(times, key=lambda key: median(times[key]), default=None) for times in (self.ours, self.theirs))

    def times_faster(self):
        """Their best setting by our best; None without a peer."""
        threads, setting = self.best()
        return setting and ratio(self.theirs[setting], self.ours[threads])


def best(theirs):
    """(setting, figure) of the least, or (None, None)."""
    return min(theirs.items(), key=lambda item: item[1]) if theirs else (None, None)


def text(value, form="%.2f"):
    return "-" if value is None else form % value
