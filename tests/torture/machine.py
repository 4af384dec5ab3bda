"""What every harness needs: the program, databases made by it from a seed, both checkers, and a count of what was done."""
import json
import math
import multiprocessing
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time

import check

HERE = os.path.dirname(os.path.abspath(__file__))
BUILD = PROGRAM = TORTURED = None
ONLY = None  # (scenario, number of the call): one case again
JOBS = 1     # cases at a time
CHOSEN = ()  # names of the scenarios; none = all
UNTIL = None  # by the monotonic clock: no case begins after it
LEFT = 0     # cases that were not tried, for that
BESIDE = ("", "-journal", "-wal", "-shm")
CODES = {0, 10, 11, 64, 65, 66, 69, 70, 71, 73, 74, 75, 77, 78}
DEADLINE = 60


def use(build):
    """The folder that the program was built in."""
    global BUILD, PROGRAM, TORTURED
    BUILD, PROGRAM, TORTURED = build, os.path.join(build, "almanac"), os.path.join(build, "almanac-torture")


class Failure(Exception):
    """What a harness was looking for."""


class Result:
    def __init__(self, code, out, err, seconds):
        self.code, self.out, self.err, self.seconds = code, out, err, seconds

    def json(self):
        return json.loads(self.out)


def environment(**more):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ALMANAC_")}
    kept.update(ALMANAC_CELL_PATH=os.path.join(BUILD, "cells"), OMP_NUM_THREADS="1")
    kept.update(more)
    return kept


def start(db, *args, program=None, env=None, **options):
    return subprocess.Popen([program or PROGRAM, *map(str, args), "--db", db], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE, env=environment(**(env or {})), cwd=os.path.dirname(db), **options)


def finish(process, deadline=DEADLINE):
    began = time.monotonic()
    try:
        out, err = process.communicate(timeout=deadline)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        raise Failure(f"no end after {deadline} s: {' '.join(process.args)}") from None
    return Result(process.returncode, out.decode(), err.decode(), time.monotonic() - began)


def run(db, *args, expect=0, **options):
    result = finish(start(db, *args, **options))
    if expect is not None and result.code != expect:
        raise Failure(f"{' '.join(map(str, args))}: exit code {result.code} instead of {expect}: {result.err}")
    return result


def copy(source, target):
    """A database with what belongs to it."""
    for end in BESIDE:
        if os.path.exists(source + end):
            shutil.copyfile(source + end, target + end)


def points(scenario, rng, n, last):
    """The calls of a scenario that are hit: every n-th, from one of the first n on."""
    if not ONLY:
        return range(1 + rng.randrange(n), last + 1, n)
    return [ONLY[1]] if scenario == ONLY[0] else []


FAILURES = 20  # after so many nothing more is tried


def spread(work, cases, folder):
    """work(case, folder) for every case, JOBS at a time, each in a folder of its own: what each gave, in any order."""
    global _work, LEFT
    done, failed = [], []
    # The workers are copies of this process: what work refers to is there.
    _work = lambda case: work(case, _own_folder(folder))
    jobs = max(1, min(JOBS, len(cases) // 8))
    with multiprocessing.get_context("fork").Pool(jobs) as pool:
        for result, failure in pool.imap_unordered(_try, cases, chunksize=4):
            done.append(result)
            if failure:
                print(failure, file=sys.stderr, flush=True)  # at once: there may be hours to go
                failed.append(failure)
            if len(failed) == FAILURES or (UNTIL and time.monotonic() > UNTIL):
                break
    LEFT = len(cases) - len(done)
    if failed:
        raise Failure(f"{len(failed)} of {len(done)} cases:\n" + "\n".join(failed))
    return done


def _try(case):
    try:
        return _work(case), None
    except Failure as failure:
        return None, str(failure)


def told(codes):
    """Exit codes and how often each was."""
    return ", ".join(f"{code}: {times}" for code, times in sorted(codes.items()))


_work = None


def _own_folder(folder):
    path = os.path.join(folder, f"worker {os.getpid()}")
    os.makedirs(path, exist_ok=True)
    return path


# ---- checking


def both(db, deep=False):
    """What the two checkers find: sets of ids, which must be the same."""
    args = ["check", "--json"] + (["--deep"] if deep else [])
    result = run(db, *args, expect=None)
    if result.code not in (0, 65):
        raise Failure(f"almanac check: exit code {result.code}: {result.err}")
    found = result.json()["violations"] if result.out else [{"id": "F1", "detail": result.err}]
    try:
        other = check.Checker(db).check()
    except sqlite3.DatabaseError as error:
        other = [("F1", str(error))]
    return {item["id"] for item in found}, {rule for rule, _ in other}, [f"{item['id']} {item['detail']}" for item in found] + [
        f"check.py {rule} {detail}" for rule, detail in other]


def expect_healthy(db, deep=False):
    ours, theirs, details = both(db, deep)
    if ours or theirs:
        raise Failure("; ".join(details))


# ---- making


def wave(path, rng, rows=300, step=3600, series=1, channels=1, gaps=0.0, begin=1577836800):
    """A CSV of waves with noise; some values missing."""
    with open(path, "w") as file:
        names = [f"load{i}" if i else "load" for i in range(channels)]
        file.write(",".join((["id"] if series > 1 else []) + ["time"] + names) + "\n")
        for which in range(series):
            phase, level = rng.random() * 6, rng.uniform(10, 1000)
            for row in range(rows):
                values = ["" if rng.random() < gaps else
                          f"{level * (1 + 0.3 * math.sin(phase + i + row * 2 * math.pi / 24)) + rng.gauss(0, level / 50):.4f}"
                          for i in range(channels)]
                file.write(",".join(([f"s{which}"] if series > 1 else []) + [str(begin + row * step)] + values) + "\n")


TINY = ["--lookback", 12, "--horizon", 3, "--units", 2, "--epochs", 2, "--batch", 64, "--threads", 1]


def shop(path, rng):
    """The database of an application: tables, views, triggers and rows of its own, that Almanac is a guest in."""
    db = sqlite3.connect(path)
    db.execute(f"PRAGMA journal_mode = {rng.choice(['WAL', 'DELETE'])}")
    db.executescript("""
        PRAGMA user_version = 7;
        CREATE TABLE orders (day TEXT, store TEXT, qty REAL, note TEXT);
        CREATE TABLE customer (id INTEGER PRIMARY KEY, name TEXT UNIQUE, friend REFERENCES customer (id));
        CREATE INDEX orders_by_day ON orders (day);
        CREATE VIEW busy AS SELECT day, sum(qty) AS qty FROM orders GROUP BY day;
        CREATE TABLE audit (what TEXT);
        CREATE TRIGGER watch AFTER INSERT ON customer BEGIN INSERT INTO audit VALUES (new.name); END;
        INSERT INTO customer VALUES (1, 'a', 99);
    """)
    db.executemany("INSERT INTO orders VALUES (date('2020-01-01', ?), ?, ?, 'x')",
                   [(f"+{day} days", store, 50 + 20 * math.sin(day) + rng.random())
                    for store in ("north", "south") for day in range(200)])
    db.commit()
    db.close()


class Maker:
    """Makes a database by a sequence of verbs that a seed draws; each leaves it healthy."""

    def __init__(self, folder, seed):
        self.folder, self.rng = folder, random.Random(seed)
        self.db = os.path.join(folder, "t.db")
        self.done = []
        self.models, self.attached = [], False
        self.verbs = known_verbs()

    def path(self, name):
        return os.path.join(self.folder, name)

    def do(self, *args, expect=0):
        self.done.append(" ".join(map(str, args)))
        return run(self.db, *args, expect=expect)

    def ingest(self):
        rng = self.rng
        wave(self.path("w.csv"), rng, rows=rng.randint(120, 400), step=rng.choice([900, 3600, 86400]),
             series=rng.choice([1, 1, 3]), channels=rng.choice([1, 2]), gaps=rng.choice([0, 0.02]))
        series = ["--series", "id"] if open(self.path("w.csv")).readline().startswith("id") else []
        self.data = f"data {len(self.done)}"
        self.do("ingest", self.path("w.csv"), "--dataset", self.data, "--quiet", *series)

    def train(self):
        rng = self.rng
        name = rng.choice(self.models) if self.models and rng.random() < 0.3 else f"model {len(self.models)}"
        new = [] if name in self.models else ["--dataset", self.data, "--target", "load"]
        self.do("train", name, *new, *TINY, "--cell", rng.choice(["gru", "lstm", "simple"]), "--seed", rng.randint(1, 99),
                "--loss", rng.choice(["mae", "mse", "quantile", "gaussian"]), "--past", rng.choice(["none", "all"]),
                *(["--delay", 1] if rng.random() < 0.2 else []), "--quiet")
        if name not in self.models:
            self.models.append(name)

    def forecast(self):
        self.do("forecast", self.rng.choice(self.models), "--quiet",
                *(["--cutoff", "2020-01-02T00:00:00"] if self.rng.random() < 0.3 else []), expect=None)

    def backtest(self):
        self.do("backtest", self.rng.choice(self.models), "--quiet")

    def killed(self):
        name = self.rng.choice(self.models)
        process = start(self.db, "train", name, "--epochs", 10000, "--patience", 0, "--checkpoint-every", "0s", "--quiet")
        self.done.append(f"train {name} (killed)")
        time.sleep(self.rng.uniform(0.02, 0.1))
        process.send_signal(self.rng.choice([signal.SIGKILL, signal.SIGTERM]))
        finish(process)
        self.do("ingest", self.path("w.csv"), "--dataset", f"again {len(self.done)}", "--quiet",
                *(["--series", "id"] if open(self.path("w.csv")).readline().startswith("id") else []))

    def refused(self):
        with open(self.path("bad.csv"), "w") as file:
            file.write("time,load\n2020-01-01,1\n2020-01-02,n/a\n")
        self.do("ingest", self.path("bad.csv"), "--dataset", "bad", expect=65)
        self.do("train", self.models[0], "--lookback", 100000, expect=64)

    def attach(self):
        if not os.path.exists(self.path("shop.db")):
            shop(self.path("shop.db"), self.rng)
        if self.attached:
            self.do("refresh", "sales", "--quiet")
            return
        self.do("attach", "sales", "--from", self.path("shop.db"), "--table", "orders", "--series", "store", "--target", "qty",
                "--copy", "--quiet")
        self.do("attach", "live", "--from", self.path("shop.db"), "--table", "orders", "--series", "store", "--target", "qty",
                "--quiet")
        self.attached = True

    def champions(self):
        name = self.rng.choice(self.models)
        newest = sqlite3.connect(self.db).execute("SELECT max(number) FROM almanac_version AS v JOIN almanac_model AS m "
                                                  "ON m.id = v.model_id WHERE m.name = ?", (name,)).fetchone()[0]
        self.do("promote", name, self.rng.randint(1, newest), "--quiet", expect=None)
        self.do("rollback", name, "--quiet", expect=None)

    def nightly(self):
        self.do("retrain", self.rng.choice(self.models), "--always", "--quiet", expect=None)
        self.do("score", "--quiet", expect=None)
        self.do("prune", self.rng.choice(self.models), "--keep", 2, "--quiet", expect=None)

    def make(self, steps):
        if self.rng.random() < 0.3:
            shop(self.db, self.rng)
        self.ingest()
        self.train()
        verbs = [self.ingest, self.train, self.train, self.forecast, self.forecast, self.backtest, self.killed, self.refused,
                 self.attach]
        if "promote" in self.verbs:
            verbs.append(self.champions)
        if "retrain" in self.verbs:
            verbs.append(self.nightly)
        for _ in range(steps):
            self.rng.choice(verbs)()
        return self.db


def known_verbs():
    out = subprocess.run([PROGRAM, "--help"], stdout=subprocess.PIPE, check=True, env=environment()).stdout.decode()
    return {line.split()[0] for line in out.splitlines() if line.startswith("  ") and line.split()}


class Folder:
    """A folder that is gone afterwards, unless something failed in it."""

    def __enter__(self):
        # A sync of a file in memory costs nothing, and a kill -9 loses nothing there.
        memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) and "TMPDIR" not in os.environ else None
        self.path = tempfile.mkdtemp(prefix="almanac-torture-", dir=memory)
        return self.path

    def __exit__(self, kind, *_):
        if kind is None or kind is KeyboardInterrupt:
            shutil.rmtree(self.path)
        else:
            print(f"kept: {self.path}", file=sys.stderr)
