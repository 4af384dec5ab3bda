"""The program is killed, and its calls fail: nothing acknowledged is lost, nothing is half done, the next start mends it."""
import collections
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


def count_calls(scenario, folder, calls):
    """How many calls of these kinds a command makes that nothing is done to."""
    return shimmed(scenario.fresh(folder, "count.db"), scenario.args, calls)[1]


def kill_at_calls(seed, n):
    """kill -9 at every n-th write, sync, truncate and delete of every command, and in the middle of every write."""
    rng = random.Random(seed)
    with Folder() as top:
        cases = [(scenario, act, at) for scenario in scenarios(top)
                 for at in machine.points(scenario.name, rng, n, count_calls(scenario, top, DISK)) for act in ("kill", "torn")]
        repairs = [seconds for seconds in machine.spread(kill_once, cases, top) if seconds is not None]
    return len(repairs), f"{len(repairs)} kills at {'every' if n == 1 else f'one in {n}'} call that changes a disk, " \
                         f"the slowest repair {max(repairs, default=0):.2f} s"


def kill_once(case, folder):
    """Seconds of the repair; None where the plan struck nothing, as there are fewer writes than calls."""
    scenario, act, at = case
    db = scenario.fresh(folder, "t.db")
    result, _, _ = shimmed(db, scenario.args, DISK if act == "kill" else "w", f"{act} {at}")
    try:
        if result.code != -signal.SIGKILL:
            if act == "kill":
                raise Failure(f"the call was not reached: {result.code} {result.err}")
            return None
        return after_fault(scenario, db, folder, False)
    except Failure as failure:
        raise Failure(f"{scenario.name}, {act} {at}: {failure}") from None


def kill_at_random(seed, n):
    """kill -9 at a random moment."""
    with Folder() as top:
        chosen = scenarios(top)
        cases = [(case, chosen[case % len(chosen)]) for case in range(seed, seed + n)]
        done = machine.spread(kill_some_time, cases, top)
    fired = sum(killed for killed, _ in done)
    return max(fired, n == 1), f"{len(done)} random moments, {fired} kills came before the end; " \
                               f"the slowest repair {max(seconds for _, seconds in done):.2f} s"


def kill_some_time(case, folder):
    """Whether it came before the end, and the seconds of the repair."""
    seed, scenario = case
    db = scenario.fresh(folder, "t.db")
    process = start(db, *scenario.args)
    time.sleep(random.Random(seed).uniform(0, 1.1 * scenario.seconds))
    process.kill()
    result = finish(process)
    try:
        return result.code == -signal.SIGKILL, after_fault(scenario, db, folder, result.code == 0)
    except Failure as failure:
        raise Failure(f"seed {seed}, {scenario.name}: {failure}") from None


def fail_calls(seed, n):
    """Every n-th call fails, once and for ever: the documented exit code, and no lie."""
    rng = random.Random(seed)
    with Folder() as top:
        cases = [(scenario, act, at) for scenario in scenarios(top)
                 for at in machine.points(scenario.name, rng, n, count_calls(scenario, top, ANY)) for act in ("once", "ever", "full")]
        done = machine.spread(fail_once, cases, top)
    fired, codes = sum(hit for hit, _ in done), collections.Counter(code for _, code in done)
    return fired, f"{fired} failed calls in {len(done)} runs, exit codes {machine.told(codes)}"


def fail_once(case, folder):
    """How many calls failed, and the exit code."""
    scenario, act, at = case
    db = scenario.fresh(folder, "t.db")
    result, _, hit = shimmed(db, scenario.args, ANY, f"{act} {at}")
    try:
        expect_documented(result)
        after_fault(scenario, db, folder, result.code == 0)
    except Failure as failure:
        raise Failure(f"{scenario.name}, {act} {at}: {failure} ({result.code} {result.err.strip()})") from None
    return hit, result.code
