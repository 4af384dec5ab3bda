"""The program is killed, and its calls fail: nothing acknowledged is lost, nothing is half done, the next start mends it."""
import os
import random
import signal
import sqlite3
import time

import machine
from machine import CODES, Failure, Folder, copy, finish, start
from scenario import scenarios

DISK = "wstd"            # what changes a disk
ANY = "wstdrolzam"       # every call that can fail


def shimmed(db, args, calls, plan=None, log=None):
    """The program with the layer of shim.c. Returns result, calls counted, faults fired."""
    count = db + ".count"
    env = {"ALMANAC_SHIM_CALLS": calls, "ALMANAC_SHIM_COUNT": count}
    if plan:
        env["ALMANAC_SHIM_DO"] = plan
    if log:
        env["ALMANAC_SHIM_LOG"] = log
    if os.path.exists(count):
        os.unlink(count)
    result = finish(start(db, *args, program=machine.TORTURED, env=env))
    if not os.path.exists(count):
        return result, None, 1
    with open(count) as file:
        n, fired = map(int, file.read().split())
    return result, n, fired


def expect_recoverable(db, folder):
    """SQLite alone brings a copy back to a sound state, before the program has seen it."""
    cold = os.path.join(folder, "cold.db")
    for end in machine.BESIDE:
        if os.path.exists(cold + end):
            os.unlink(cold + end)
    if not os.path.exists(db):
        return
    copy(db, cold)
    opened = sqlite3.connect(cold)
    found = opened.execute("PRAGMA integrity_check").fetchall()
    opened.close()
    if found != [("ok",)]:
        raise Failure(f"not sound: {found}")


def expect_documented(result):
    if result.code not in CODES or result.code == 70:
        raise Failure(f"exit code {result.code}: {result.err}")
    if result.code != 0 and not result.err.rstrip("\n").rpartition("\n")[2].startswith("almanac: "):
        raise Failure(f"exit code {result.code} without a word: {result.err}")


def after_fault(scenario, db, folder, acknowledged):
    expect_recoverable(db, folder)
    copied = os.path.join(folder, "seen.db")
    for end in machine.BESIDE:
        if os.path.exists(copied + end):
            os.unlink(copied + end)
    if os.path.exists(db):
        copy(db, copied)
        machine.run(copied, "show", "runs", "--quiet")  # whatever only reads can do so at once, too
    scenario.expect_whole(copied, acknowledged)
    return scenario.expect_repaired(db)


def kill_at_calls(seed, n):
    """kill -9 at every n-th write, sync, truncate and delete of every command, and in the middle of every write."""
    fired, slowest, rng = 0, 0.0, random.Random(seed)
    with Folder() as folder:
        for scenario in scenarios(folder):
            _, calls, _ = shimmed(scenario.fresh("count.db"), scenario.args, DISK)
            for at in range(1 + rng.randrange(n), calls + 1, n):
                for act in ("kill", "torn"):
                    db = scenario.fresh("t.db")
                    result, _, hit = shimmed(db, scenario.args, DISK if act == "kill" else "w", f"{act} {at}")
                    if result.code != -signal.SIGKILL:
                        if act == "kill":
                            raise Failure(f"{scenario.name}: call {at} of {calls} was not reached: {result.code} {result.err}")
                        continue
                    fired += hit
                    try:
                        slowest = max(slowest, after_fault(scenario, db, folder, False))
                    except Failure as failure:
                        raise Failure(f"{scenario.name}, {act} {at}: {failure}") from None
    return fired, f"{fired} kills at {'every' if n == 1 else f'one in {n}'} call that changes a disk, the slowest repair {slowest:.2f} s"


def kill_at_random(seed, n):
    """kill -9 at a random moment."""
    fired, late, slowest = 0, 0, 0.0
    with Folder() as folder:
        chosen = scenarios(folder)
        for case in range(seed, seed + n):
            rng = random.Random(case)
            scenario = chosen[case % len(chosen)]
            db = scenario.fresh("t.db")
            process = start(db, *scenario.args)
            time.sleep(rng.uniform(0, 1.1 * scenario.seconds))
            process.kill()
            result = finish(process)
            fired += result.code == -signal.SIGKILL
            late += result.code == 0
            try:
                slowest = max(slowest, after_fault(scenario, db, folder, result.code == 0))
            except Failure as failure:
                raise Failure(f"seed {case}, {scenario.name}: {failure}") from None
    return fired, f"{n} random moments, {fired} kills came before the end; the slowest repair {slowest:.2f} s"


def fail_calls(seed, n):
    """Every n-th call fails, once and for ever: the documented exit code, and no lie."""
    fired, codes, rng = 0, {}, random.Random(seed)
    with Folder() as folder:
        for scenario in scenarios(folder):
            _, calls, _ = shimmed(scenario.fresh("count.db"), scenario.args, ANY)
            for at in range(1 + rng.randrange(n), calls + 1, n):
                for act in ("once", "ever", "full"):
                    db = scenario.fresh("t.db")
                    result, _, hit = shimmed(db, scenario.args, ANY, f"{act} {at}")
                    fired += hit
                    codes[result.code] = codes.get(result.code, 0) + 1
                    try:
                        expect_documented(result)
                        after_fault(scenario, db, folder, result.code == 0)
                    except Failure as failure:
                        raise Failure(f"{scenario.name}, {act} {at}: {failure} ({result.code} {result.err.strip()})") from None
    told = ", ".join(f"{code}: {times}" for code, times in sorted(codes.items()))
    return fired, f"{fired} failed calls in {sum(codes.values())} runs, exit codes {told}"
