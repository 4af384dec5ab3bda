"""A challenger that was trained on shuffled targets is never promoted, however often it comes."""
import os
import random
import sqlite3

from machine import Failure, Folder, copy, run, wave

SMALL = ["--lookback", 24, "--horizon", 6, "--units", 8, "--epochs", 20, "--batch", 64, "--rate", 0.01, "--threads", 1]
ROWS, HOLDOUT = 1200, 240


def shuffle(source, target, rng, end):
    """The same rows, but the values of all before `end` in another order: what is learned from them is nothing."""
    with open(source) as file:
        head, *lines = file.read().splitlines()
    times, values = zip(*(line.split(",") for line in lines))
    values = list(values)
    before = values[:end]
    rng.shuffle(before)
    values[:end] = before
    with open(target, "w") as file:
        file.write("\n".join([head] + [f"{time},{value}" for time, value in zip(times, values)]) + "\n")


def promote_none(seed, n):
    """n challengers, each of rows shuffled in its own way, against the one good champion; the holdout is as it was."""
    rng = random.Random(seed)
    with Folder() as folder:
        base, db = os.path.join(folder, "base.db"), os.path.join(folder, "t.db")
        wave(os.path.join(folder, "w.csv"), rng, rows=ROWS)
        run(base, "ingest", "w.csv", "--dataset", "d", "--quiet")
        run(base, "train", "m", "--dataset", "d", *SMALL, "--test-fraction", 0.2, "--valid-fraction", 0.1, "--quiet")
        worst = 0.0
        for trial in range(n):
            copy(base, db)
            shuffle(os.path.join(folder, "w.csv"), os.path.join(folder, "shuffled.csv"), rng, ROWS - HOLDOUT)
            run(db, "ingest", "shuffled.csv", "--dataset", "d", "--quiet")
            result = run(db, "retrain", "m", "--always", "--cold", "--holdout", f"{HOLDOUT}h", "--json")
            (model,) = result.json()["models"]
            if model["outcome"] != "kept" or model["champion"] != 1 or model["challenger"] != 2:
                raise Failure(f"trial {trial}: {model['outcome']}: {model['what']}")
            if not model["champion_error"] < model["challenger_error"]:
                raise Failure(f"trial {trial}: the champion is not better on its own holdout: {model['what']}")
            connection = sqlite3.connect(db)
            champions = connection.execute("SELECT v.number FROM almanac_model AS m JOIN almanac_version AS v ON v.id = m.champion_id "
                                           "UNION ALL SELECT count(*) FROM almanac_promotion").fetchall()
            connection.close()
            if champions != [(1,), (1,)]:
                raise Failure(f"trial {trial}: champion and number of promotions are {champions}")
            worst = max(worst, model["champion_error"] / model["challenger_error"])
        return n, f"{n} challengers of shuffled targets, none promoted; the best had {1 / worst:.1f} times the champion's error"
