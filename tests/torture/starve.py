"""Memory runs out at every allocation in turn, once and for ever: the documented exit code, no crash, no hang, nothing half done."""
import os
import random
import signal

import machine
from faults import after_fault, expect_documented
from machine import Failure, Folder, finish, start
from scenario import scenarios

CHOSEN = ("first ingest", "ingest", "train", "forecast", "retrain", "promote", "migrate 1")
ENDLESS = 10 ** 9  # more than anything allocates: a loop ends when nothing was refused any more


def starved(db, args, plan, preload):
    """Result, allocations counted, refused. Through the whole process, or (under AddressSanitizer too) our code and SQLite."""
    count = db + ".count"
    if os.path.exists(count):
        os.unlink(count)
    if preload:
        env = {"LD_PRELOAD": os.path.join(machine.BUILD, "preload", "malloc.so"), "ALMANAC_MALLOC": plan, "ALMANAC_MALLOC_COUNT": count}
    else:
        env = {"ALMANAC_STARVE": plan, "ALMANAC_STARVE_COUNT": count}
    result = finish(start(db, *args, program=machine.PROGRAM if preload else machine.TORTURED, env=env), deadline=10)
    if not os.path.exists(count):
        raise Failure(f"ended by signal {-result.code} or without a count: {result.code} {result.err}")
    with open(count) as file:
        n, refused = map(int, file.read().split())
    return result, n, refused


def refuse(seed, n, preload):
    fired, last, codes, rng = 0, 0, {}, random.Random(seed)
    with Folder() as folder:
        for scenario in scenarios(folder):
            if scenario.name not in CHOSEN:
                continue
            refused = 1
            for at in machine.points(scenario.name, rng, n, ENDLESS):
                if not refused:
                    break
                for act in ("ever", "once"):
                    db = scenario.fresh("t.db")
                    try:
                        result, _, refused = starved(db, scenario.args, f"{act} {at}", preload)
                        fired += refused > 0
                        codes[result.code] = codes.get(result.code, 0) + 1
                        expect_documented(result)
                        # Nothing but the process was hit: what is on the disk is looked at as a whole one time in ten.
                        if fired % 10 == 0:
                            after_fault(scenario, db, folder, result.code == 0)
                        else:
                            scenario.expect_whole(db, result.code == 0)
                    except Failure as failure:
                        raise Failure(f"{scenario.name}, {act} {at}: {failure}") from None
            last += not refused
    told = ", ".join(f"{code}: {times}" for code, times in sorted(codes.items()))
    return fired, f"{fired} runs with a refused allocation, exit codes {told}; {last} loops ended without one"


def refuse_everywhere(seed, n):
    return refuse(seed, n, True)


def refuse_ours(seed, n):
    return refuse(seed, n, False)
