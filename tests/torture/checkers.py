"""Both checkers find every corruption by its rule, and nothing in healthy databases."""
import os
import signal
import sqlite3
import time

import corruptions
from machine import TINY, Failure, Folder, Maker, both, copy, expect_healthy, finish, run, shop, start, wave
import random


def rich(folder):
    """A database with a row in every table: two models, quantiles, scores, a copied source, a killed training."""
    db, rng = os.path.join(folder, "rich.db"), random.Random(1)
    wave(os.path.join(folder, "w.csv"), rng, rows=400)
    shop(os.path.join(folder, "shop.db"), rng)
    run(db, "ingest", "w.csv", "--dataset", "wave", "--quiet")
    run(db, "attach", "sales", "--from", "shop.db", "--table", "orders", "--series", "store", "--target", "qty", "--copy", "--quiet")
    run(db, "train", "a", "--dataset", "wave", *TINY, "--loss", "quantile", "--quiet")
    run(db, "train", "a", "--seed", 2, "--quiet")
    run(db, "train", "b", "--dataset", "wave", *TINY, "--cell", "lstm", "--quiet")
    for model in ("a", "b"):
        run(db, "forecast", model, "--quiet")
        run(db, "backtest", model, "--quiet")
    process = start(db, "train", "b", "--epochs", 100000, "--patience", 0, "--checkpoint-every", "0s", "--quiet")
    while not sqlite3.connect(db).execute("SELECT count(*) FROM almanac_checkpoint").fetchone()[0]:
        time.sleep(0.01)
    process.send_signal(signal.SIGKILL)
    finish(process)
    run(db, "forecast", "a", "--quiet")
    return db


def find_corruptions(seed, n):
    """Each corruption is found by both, with its rule and none but those that follow from it."""
    table, missed = corruptions.CORRUPTIONS, []
    with Folder() as folder:
        base = rich(folder)
        expect_healthy(base, deep=True)
        for name, rule, how, also in table:
            path = os.path.join(folder, "broken.db")
            copy(base, path)
            corruptions.corrupt(path, how)
            ours, theirs, details = both(path)
            for who, found in (("almanac check", ours), ("check.py", theirs)):
                if rule not in found or found - {rule} - also:
                    missed.append(f"'{name}' should be {rule}, {who} finds {sorted(found)}: {details}")
            os.unlink(path)
    if missed:
        raise Failure("\n".join(missed))
    rules = {rule for _, rule, _, _ in table}
    return len(table), f"{len(table)} corruptions of {len(rules)} rules, each found by both checkers"


def pass_healthy(seed, n):
    """No alarm on databases that verbs have made."""
    verbs = 0
    for at in range(seed, seed + n):
        with Folder() as folder:
            maker = Maker(folder, at)
            try:
                expect_healthy(maker.make(steps=maker.rng.randint(1, 6)), deep=at % 10 == 0)
            except Failure as failure:
                raise Failure(f"seed {at}: {failure}\nafter: " + "\n       ".join(maker.done)) from None
            verbs += len(maker.done)
    return n, f"{n} healthy databases of {verbs} verbs, no alarm"
