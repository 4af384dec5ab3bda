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


# Extreme data: value of row i; exit codes of the ingest, of a first training, and of a night on which such rows follow good ones.
# What is finite is scaled, and so there is something to learn, or nothing to get wrong: that is no divergence. docs/reliability.md
ODD = {
    "1e38": (lambda i: (-1) ** i * 1e38, 0, 0, 0),
    "1e30": (lambda i: (i % 24) * 1e30, 0, 0, 0),
    "a spike": (lambda i: 3e38 if i == 150 else i % 24, 0, 0, 0),
    "1e39": (lambda i: 1e39, 0, 65, 65),
    "inf": (lambda i: "inf", 65, None, None),
    "constant": (lambda i: 7, 0, 0, 0),
    "zero": (lambda i: 0, 0, 0, 0),
    "denormal": (lambda i: (i % 24) * 1e-40, 0, 0, 0),
    "a step": (lambda i: 0 if i < 200 else 1e6, 0, 0, 0),
    "all missing": (lambda i: "", 0, 65, 65),
    "one value": (lambda i: 5 if i == 250 else "", 0, 64, 65),
}
WAVE, ROWS, BEGIN, STEP = 400, 300, 1577836800, 3600


def write_odd(path, value, begin, rows=ROWS):
    with open(path, "w") as file:
        file.write("time,load\n" + "".join(f"{begin + STEP * i},{value(i)}\n" for i in range(rows)))


def train_odd(name, db):
    """By hand, a model of its own of such data and of nothing else. Its exit code, or that of the ingest."""
    value, taken, trained, _ = ODD[name]
    write_odd(db + ".csv", value, BEGIN)
    run(db, "ingest", db + ".csv", "--dataset", "odd", "--quiet", expect=taken)
    if taken != 0:
        return taken
    run(db, "train", "b", "--dataset", "odd", *TINY, "--quiet", expect=trained)
    if trained == 0:
        run(db, "forecast", "b", "--quiet")
    return trained


def night_of_odd(name, db):
    """Good rows, of which there is a champion, go on with such data: whatever comes of the night, it is not promoted."""
    value, taken, _, code = ODD[name]
    if taken != 0:
        return taken
    write_odd(db + ".csv", value, BEGIN + STEP * WAVE)
    run(db, "ingest", db + ".csv", "--dataset", "wave", "--quiet")
    champion = contents(db)["champions"]
    run(db, "retrain", "a", "--always", "--quiet", expect=code)
    if contents(db)["champions"] != champion:
        raise Failure("there is another champion")
    return code


def hasty_night(db):
    """The rate that the model is trained with became a million: the night's training diverges, and the champion forecasts."""
    opened = sqlite3.connect(db)
    opened.execute("UPDATE almanac_model_setting SET value = '1e6' WHERE key = 'rate'")
    opened.commit()
    opened.close()
    write_odd(db + ".csv", lambda i: i % 24, BEGIN + STEP * WAVE)
    run(db, "ingest", db + ".csv", "--dataset", "wave", "--quiet")
    before = contents(db)
    run(db, "retrain", "a", "--start", "cold", "--quiet", expect=11)
    now = contents(db)
    if now["champions"] != before["champions"] or now["versions"] != before["versions"] or now["forecasts"] == before["forecasts"]:
        raise Failure("hasty night: the champion is not as it was, or has not forecast")
    return 11


def few(db):
    """One sample: too few rows for a training, a validation and a test part."""
    write_odd(db + ".csv", lambda i: i % 5, BEGIN, rows=17)
    run(db, "ingest", db + ".csv", "--dataset", "odd", "--quiet")
    run(db, "train", "b", "--dataset", "odd", *TINY, "--quiet")
    return 0


def diverge(seed, n):
    """Every scenario once."""
    fired, codes = 0, {}
    cells = os.pathsep.join((os.path.join(machine.BUILD, "test-cells"), os.path.join(machine.BUILD, "cells")))
    with Folder() as folder:
        base = os.path.join(folder, "base.db")
        wave(os.path.join(folder, "w.csv"), random.Random(seed), rows=WAVE)
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
        for name in ODD:
            for what in (train_odd, night_of_odd):
                db = os.path.join(folder, "t.db")
                copy(base, db)
                try:
                    code = what(name, db)
                    expect_healthy(db, deep=True)
                except Failure as failure:
                    raise Failure(f"{name}, {what.__name__}: {failure}") from None
                fired += 1
                codes[code] = codes.get(code, 0) + 1
        for what in (few, hasty_night):
            db = os.path.join(folder, "t.db")
            copy(base, db)
            codes[what(db)] += 1
            expect_healthy(db, deep=True)
            fired += 1
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
