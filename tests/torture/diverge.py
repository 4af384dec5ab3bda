"""Trainings that cannot end well: nothing that is not finite is stored, nobody is promoted, and the champion forecasts on."""
import os
import random
import sqlite3

import machine
from machine import TINY, Failure, Folder, copy, expect_healthy, run, wave
from scenario import contents


def poisoned():
    """A cell gives what is no number: from the first call or later, forward or backward."""
    for where, place in enumerate(("forward", "backward")):
        for kind, word in enumerate(("nan", "inf", "huge")):
            for after in (0, 40, 400):
                if (place, word) != ("backward", "huge"):  # clipped away
                    yield f"{word} {place} after {after}", 11, ["--cell", "poison", "--cell-option", f"where={where}", "--cell-option",
                                                                 f"kind={kind}", "--cell-option", f"after={after}"]


def hasty():
    """The learning rate is a million."""
    for cell in ("simple", "gru", "lstm"):
        for optimizer in ("adam", "sgd", "rmsprop", "adamw"):
            if optimizer != "sgd" or cell == "simple":
                yield f"rate 1e6, {cell}, {optimizer}", 11, ["--cell", cell, "--optimizer", optimizer, "--rate", "1e6", "--clip", "0",
                                                             "--window-norm", "none"]
    for loss in ("mse", "huber", "quantile", "gaussian", "student_t"):
        yield f"rate 1e6, {loss}", 11, ["--loss", loss, "--rate", "1e6"]


def odd(folder):
    """The data are extreme: what can be learnt of them is, and the rest is an error of the data."""
    rows = {"1e38": lambda i: (-1) ** i * 1e38, "1e30": lambda i: (i % 24) * 1e30, "a spike": lambda i: 3e38 if i == 150 else i % 24,
            "constant": lambda i: 7, "zero": lambda i: 0, "denormal": lambda i: (i % 24) * 1e-40, "all missing": lambda i: "",
            "one value": lambda i: 5 if i == 250 else "", "a step": lambda i: 0 if i < 200 else 1e6}
    for name, value in rows.items():
        with open(os.path.join(folder, f"{name}.csv"), "w") as file:
            file.write("time,load\n" + "".join(f"{1577836800 + 3600 * i},{value(i)}\n" for i in range(300)))
        yield name
    with open(os.path.join(folder, "few.csv"), "w") as file:
        file.write("time,load\n" + "".join(f"{1577836800 + 3600 * i},{i % 5}\n" for i in range(17)))
    yield "few"


def diverge(seed, n):
    """Every scenario once."""
    fired, codes = 0, {}
    cells = os.pathsep.join((os.path.join(machine.BUILD, "test-cells"), os.path.join(machine.BUILD, "cells")))
    with Folder() as folder:
        base = os.path.join(folder, "base.db")
        wave(os.path.join(folder, "w.csv"), random.Random(seed), rows=400)
        run(base, "ingest", "w.csv", "--dataset", "wave", "--quiet")
        run(base, "train", "a", "--dataset", "wave", *TINY, "--quiet")
        run(base, "forecast", "a", "--quiet")
        before = contents(base)
        for name, expected, options in [*poisoned(), *hasty()]:
            db = os.path.join(folder, "t.db")
            copy(base, db)
            result = run(db, "train", "a", *options, "--epochs", 4, "--quiet", expect=None, env={"ALMANAC_CELL_PATH": cells})
            fired += 1
            codes[result.code] = codes.get(result.code, 0) + 1
            expect_kept(name, db, before, result, expected)
        for name in odd(folder):
            db = os.path.join(folder, "t.db")
            copy(base, db)
            result = run(db, "ingest", f"{name}.csv", "--dataset", "odd", "--quiet", expect=None)
            if result.code == 0:
                result = run(db, "train", "a", "--dataset", "odd", *TINY, "--quiet", expect=None)
            fired += 1
            codes[result.code] = codes.get(result.code, 0) + 1
            if result.code not in (0, 11, 64, 65):
                raise Failure(f"{name}: exit code {result.code} {result.err}")
            if result.code != 0:
                expect_champion(name, db, before)
            expect_healthy(db, deep=True)
    return fired, f"{fired} scenarios, exit codes {machine.told(codes)}; nothing that is not finite was stored, no champion changed by a failure"


def expect_champion(name, db, before):
    now = contents(db)
    for what in ("champions", "versions", "promotions", "forecasts"):
        if now.get(what) != before[what]:
            raise Failure(f"{name}: {what} changed")


def expect_kept(name, db, before, result, expected):
    if result.code != expected:
        raise Failure(f"{name}: exit code {result.code} instead of {expected}: {result.err}")
    expect_champion(name, db, before)
    row = sqlite3.connect(db).execute("SELECT status, exit_code, message FROM almanac_run ORDER BY id DESC LIMIT 1").fetchone()
    if row[:2] != ("failed", 11) or "diverged" not in row[2]:
        raise Failure(f"{name}: the run says {row}")
    run(db, "forecast", "a", "--quiet")
    expect_healthy(db, deep=True)
