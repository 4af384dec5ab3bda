"""Trainings that are stopped go on to the same bits; of many that begin at once one works and the others leave."""
import hashlib
import os
import random
import signal
import sqlite3
import time

import machine
from machine import TINY, Failure, Folder, copy, expect_healthy, finish, run, start, wave

LONG = ["--lookback", 24, "--horizon", 3, "--units", 8, "--epochs", 12, "--batch", 64, "--patience", 0, "--dropout", 0.2,
        "--schedule", "plateau", "--schedule-epochs", 2, "--checkpoint-every", "0s", "--dataset", "wave"]


def one(db, sql):
    opened = sqlite3.connect(db, timeout=10)
    row = opened.execute(sql).fetchone()
    opened.close()
    return row[0] if row else None


def weights(db, model):
    """SHA-256 over the tensors of the champion and, where it is kept, the optimiser's state."""
    found = one(db, f"""SELECT group_concat(sha256) FROM (SELECT t.sha256 FROM almanac_tensor AS t JOIN almanac_model AS m
        ON m.champion_id = t.version_id WHERE m.name = '{model}' ORDER BY t.position)""")
    if one(db, "SELECT count(*) FROM sqlite_master WHERE name = 'almanac_optimizer_state'"):
        found += str(one(db, f"""SELECT hex(payload) FROM almanac_optimizer_state AS o JOIN almanac_model AS m
            ON m.champion_id = o.version_id WHERE m.name = '{model}'"""))
    return hashlib.sha256(found.encode()).hexdigest()


def resume(seed, n):
    """n trainings, each stopped a few times at random by a signal or kill -9, against one that never stopped."""
    stops, in_the_middle = 0, 0
    with Folder() as folder:
        base, db = os.path.join(folder, "base.db"), os.path.join(folder, "t.db")
        wave(os.path.join(folder, "w.csv"), random.Random(seed), rows=1500)
        run(base, "ingest", "w.csv", "--dataset", "wave", "--quiet")
        whole = {}
        for cell in ("gru", "lstm", "simple"):
            copy(base, db)
            result = run(db, "train", "m", *LONG, "--cell", cell, "--quiet")
            whole[cell] = weights(db, "m"), result.seconds
        for case in range(seed, seed + n):
            rng = random.Random(case)
            cell = rng.choice(sorted(whole))
            copy(base, db)
            for _ in range(20):
                process = start(db, "train", "m", *LONG, "--cell", cell, "--threads", rng.choice([1, 2]), "--quiet")
                time.sleep(rng.uniform(0.1, 1.0) * whole[cell][1])
                process.send_signal(rng.choice([signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
                result = finish(process)
                if result.code == 0:
                    break
                stops += 1
                in_the_middle += one(db, "SELECT count(*) FROM almanac_checkpoint") > 0
            else:
                run(db, "train", "m", *LONG, "--cell", cell, "--quiet")
            if weights(db, "m") != whole[cell][0]:
                raise Failure(f"seed {case}, {cell}: other weights than without a stop")
            expect_healthy(db)
    return in_the_middle, f"{n} trainings were stopped {stops} times, {in_the_middle} of them after a checkpoint: " \
                          f"{n} of {n} have the SHA-256 of the undisturbed one"


def overlap(seed, n):
    """50 starts at once: one trains, the others leave with 75 within a second; after kill -9 the next has the lock at once."""
    starts, slowest, soonest = 0, 0.0, 0.0
    with Folder() as folder:
        db = os.path.join(folder, "t.db")
        wave(os.path.join(folder, "w.csv"), random.Random(seed), rows=400)
        run(db, "ingest", "w.csv", "--dataset", "wave", "--quiet")
        run(db, "train", "m", "--dataset", "wave", *TINY, "--quiet")
        for _ in range(n):
            began = time.monotonic()
            crowd = [start(db, "train", "m", "--epochs", 1000000, "--patience", 0, "--quiet") for _ in range(50)]
            left, codes = list(crowd), []
            while len(left) > 1 and time.monotonic() - began < 30:
                for process in [process for process in left if process.poll() is not None]:
                    codes.append(finish(process).code)
                    left.remove(process)
                time.sleep(0.005)
            slowest = max(slowest, time.monotonic() - began)
            starts += len(crowd)
            if len(left) != 1 or set(codes) != {75}:
                raise Failure(f"{len(left)} of 50 hold the lock, the others left with {sorted(set(codes))}")
            left[0].kill()
            finish(left[0])
            began = time.monotonic()
            run(db, "train", "m", "--epochs", 1, "--fresh", "--quiet")
            soonest = max(soonest, time.monotonic() - began)
            expect_healthy(db)
    if soonest > 1:
        raise Failure(f"after kill -9 the next took {soonest:.2f} s")
    return starts, f"{n} rounds of 50 starts, one holder in each; all 49 others had left with 75 after at most {slowest:.2f} s, " \
                   f"from the first start on; after kill -9 the next was done in at most {soonest:.2f} s"
