"""Many at once: four processes retrain the same and different models, a fifth writes a thousand rows a second into the table that they
learn from, a sixth reads. Nothing is lost, nobody sees a busy database, nobody waits for two seconds."""
import multiprocessing
import os
import random
import sqlite3
import tempfile
import time

import machine
from machine import Failure, expect_healthy, run, wave

RATE = 1000             # rows a second
BEATS = 10              # commits of the writer a second
PATIENCE_S = 2.0        # whoever waits longer for a lock has failed: it is everybody's busy timeout
SHORT_S = 10            # a shorter run, as the suite has, sees that nothing is lost, and must not fail on a slow day
SLOW_S = 60.0           # what its timeout is
STEP_S = 60
BEGIN = 1577836800
SPEC = ["--lookback", 24, "--horizon", 6, "--units", 16, "--epochs", 16, "--batch", 64, "--epoch-windows", 16384, "--threads", 1]
NIGHT = ["--always", "--holdout", "6h", "--train-window", "14d", "--wait", "1min", "--quiet"]

# Two that retrain the same model, one another, one all of them.
TRAINERS = (["a"], ["a"], ["b"], ["--all"])


def application(db, journal):
    """An application's table with some rows, which Almanac reads in place."""
    opened = sqlite3.connect(db)
    opened.execute(f"PRAGMA journal_mode = {journal}")
    opened.execute("CREATE TABLE reading (time INTEGER PRIMARY KEY, value REAL NOT NULL)")
    insert(opened, 0, 5000)
    opened.close()


def insert(db, first, n):
    db.execute("BEGIN IMMEDIATE")
    db.executemany("INSERT INTO reading VALUES (?, ?)", ((BEGIN + STEP_S * i, 50 + 20 * ((i % 60) / 60) + (i * 7919 % 100) / 50)
                                                          for i in range(first, first + n)))
    db.execute("COMMIT")


def write(db, seconds, pipe, patience):
    """The fifth: so many rows a second, in short transactions. Tells how many were acknowledged, and the longest wait."""
    opened = sqlite3.connect(db, timeout=patience, isolation_level=None)
    done, longest, began = 0, 0.0, time.monotonic()
    while (now := time.monotonic() - began) < seconds:
        due = int(RATE * now) - done
        if due > 0:
            insert(opened, 5000 + done, due)
            longest = max(longest, time.monotonic() - began - now)
            done += due
        time.sleep(1 / BEATS)
    pipe.send((done, longest))


def read(db, seconds, pipe, patience):
    """The sixth: sees no row go, no forecast in part, no champion without its promotion."""
    opened = sqlite3.connect(db, timeout=patience, isolation_level=None)
    n, longest, rows, began = 0, 0.0, 0, time.monotonic()
    while (now := time.monotonic() - began) < seconds:
        seen, in_part, unpromoted = opened.execute("""SELECT (SELECT max(rowid) FROM reading),
            (SELECT count(*) FROM (SELECT count(p.step) AS n FROM almanac_forecast AS f LEFT JOIN almanac_forecast_point AS p
                ON p.forecast_id = f.id GROUP BY f.id) WHERE n <> 6),
            (SELECT count(*) FROM almanac_model AS m WHERE champion_id <> (SELECT version_id FROM almanac_promotion AS p
                WHERE p.model_id = m.id ORDER BY p.id DESC LIMIT 1))""").fetchone()
        longest = max(longest, time.monotonic() - began - now)
        if seen < rows or in_part or unpromoted:
            raise Failure(f"a reader saw row {seen} after {rows}, {in_part} forecasts in part, {unpromoted} champions not promoted")
        n, rows = n + 1, seen
        time.sleep(0.02)
    pipe.send((n, longest))


def retrain(db, seconds, pipe, patience, models):
    """One of the four."""
    began, n, longest, codes = time.monotonic(), 0, 0.0, []
    while time.monotonic() - began < seconds:
        result = run(db, "retrain", *models, *NIGHT, "--busy-timeout", int(1000 * patience), expect=None)
        n, longest = n + 1, max(longest, result.seconds)
        if result.code != 0:
            raise Failure(f"retrain {' '.join(models)}: exit code {result.code}: {result.err}")
    pipe.send((n, longest))


class Process:
    """A function in a process of its own, and what it tells."""

    def __init__(self, function, *args):
        self.here, there = multiprocessing.Pipe()
        self.process = multiprocessing.Process(target=self.call, args=(function, args, there), daemon=True)
        self.process.start()

    @staticmethod
    def call(function, args, pipe):
        try:
            function(*args[:2], pipe, *args[2:])
        except (Failure, sqlite3.Error) as error:
            pipe.send(Failure(f"{function.__name__}: {error}"))

    def told(self):
        told = self.here.recv()
        self.process.join()
        if isinstance(told, Failure):
            raise told
        return told


def load(seed, seconds, journal="DELETE"):
    """On a real disk, whose syncs are what makes others wait."""
    patience = PATIENCE_S if seconds >= SHORT_S else SLOW_S
    with tempfile.TemporaryDirectory(prefix="almanac-load-", dir=machine.BUILD) as folder:
        db = os.path.join(folder, "t.db")
        application(db, journal)
        run(db, "attach", "readings", "--table", "reading", "--time", "time", "--target", "value", "--quiet")
        for model in ("a", "b", "c"):
            run(db, "train", model, "--dataset", "readings", *SPEC, "--quiet")
        writer, reader = Process(write, db, seconds, patience), Process(read, db, seconds, patience)
        trainers = [Process(retrain, db, seconds, patience, models) for models in TRAINERS]
        (rows, written), (looks, looked) = writer.told(), reader.told()
        trained = [trainer.told() for trainer in trainers]
        expect_kept(db, rows)
        size = os.path.getsize(db) / 1e6
    if seconds >= SHORT_S and rows < 0.9 * RATE * seconds:
        raise Failure(f"{rows} rows in {seconds} s are not {RATE} a second")
    nights = sum(n for n, _ in trained)
    busy = f"load of the machine {os.getloadavg()[1]:.0f}"
    return nights, f"{seconds} s, {busy}: {rows:,} rows written and none lost, longest wait of the writer {written:.2f} s; {looks:,} looks of " \
                   f"the reader, longest {looked:.2f} s; {nights} retrainings in 4 processes, the longest of {max(s for _, s in trained):.1f} s; " \
                   f"nobody saw a busy database with a timeout of {patience:.0f} s; {size:.0f} MB"


def load_wal(seed, seconds):
    """The same on a file whose application chose a write-ahead log."""
    return load(seed, seconds, "WAL")


def expect_kept(db, rows):
    opened = sqlite3.connect(db)
    found = opened.execute("SELECT count(*) FROM reading").fetchone()[0] - 5000
    bad = opened.execute("SELECT kind, status, message FROM almanac_run WHERE status NOT IN ('ok', 'skipped')").fetchall()
    opened.close()
    if found != rows:
        raise Failure(f"{rows} rows were acknowledged, {found} are there")
    if bad:
        raise Failure(f"runs that did not go well: {bad[:3]}")
    expect_healthy(db, deep=True)
