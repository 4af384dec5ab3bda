"""Memory runs out at every allocation in turn, once and for ever: the documented exit code, no crash, no hang, nothing half done.

In full, an allocation is known by the calls that lead to it: of each way that leads to one the first, the last and one between are
refused. Once the first of each comes first, so that a run that has no time for all has met every way. EVERY refuses each of them by
itself.
"""
import collections
import os
import random
import struct

import machine
from faults import after_fault, expect_documented
from machine import Failure, Folder, finish, start
from scenario import scenarios

CHOSEN = ("first ingest", "ingest", "train", "forecast", "retrain", "promote", "rollback", "prune", "migrate 1")
EVERY = False
ENDLESS = 10 ** 9  # more than anything allocates: nothing is refused
Refused = collections.namedtuple("Refused", "result allocations times stack")


def starved(db, args, plan, preload, stacks=None):
    """Through the whole process, or (under AddressSanitizer too) our code and SQLite."""
    count, name = db + ".count", "ALMANAC_MALLOC" if preload else "ALMANAC_STARVE"
    if os.path.exists(count):
        os.unlink(count)
    env = {name: plan, name + "_COUNT": count}
    if stacks:
        env[name + "_STACKS"] = stacks
    if preload:
        env["LD_PRELOAD"] = os.path.join(machine.BUILD, "preload", "malloc.so")
    result = finish(start(db, *args, program=machine.PROGRAM if preload else machine.TORTURED, env=env), deadline=10)
    if not os.path.exists(count):
        raise Failure(f"ended by signal {-result.code} or without a count: {result.code} {result.err}")
    with open(count) as file:
        return Refused(result, *map(int, file.read().split()))


def stacks_of(scenario, folder, preload):
    """The way that leads to each allocation of a command, as a number."""
    db = scenario.fresh(folder, "t.db")
    starved(db, scenario.args, "none 0", preload, db + ".stacks")
    with open(db + ".stacks", "rb") as file:
        return [number for number, in struct.iter_unpack("=Q", file.read())]


def choose(scenario, stacks, rng, n):
    """Which allocations are refused."""
    if machine.ONLY or n > 1 or EVERY:
        return machine.points(scenario.name, rng, n, len(stacks))
    places = {}
    for at, stack in enumerate(stacks, 1):
        places.setdefault(stack, []).append(at)
    return sorted({at for found in places.values() for at in (found[0], found[-1], rng.choice(found))})


def firsts(stacks):
    """The first allocation of each way."""
    places = {}
    for at, stack in enumerate(stacks, 1):
        places.setdefault(stack, at)
    return set(places.values())


def refuse(seed, n, preload):
    rng, ways, cases, later = random.Random(seed), set(), [], []
    with Folder() as top:
        for scenario in scenarios(top):
            if scenario.name in CHOSEN:
                stacks = stacks_of(scenario, top, preload)
                ways |= {(scenario.name, stack) for stack in stacks}
                chosen, first = list(choose(scenario, stacks, rng, n)), firsts(stacks)
                cases += [(scenario, "once", at, preload) for at in chosen if at in first]
                later += [(scenario, "once", at, preload) for at in chosen if at not in first]
                later += [(scenario, "ever", at, preload) for at in chosen + [ENDLESS] * bool(chosen)]
        rng.shuffle(cases)  # so that what is wrong in several places is seen in several
        rng.shuffle(later)
        done = machine.spread(refuse_once, cases + later, top)
    fired = [case for case in done if case.times > 0]
    met = {(case.name, case.stack) for case in fired}
    if len(met & ways) < 0.9 * len(met):
        raise Failure(f"of {len(met)} ways that were met only {len(met & ways)} are known: a number is not the same in every run")
    if n == 1 and not machine.ONLY and not machine.LEFT and len(met & ways) < 0.99 * len(ways):
        raise Failure(f"{len(ways)} ways lead to an allocation, and only {len(met & ways)} were met")
    codes = machine.told(collections.Counter(case.code for case in fired))
    return len(fired), f"{len(fired)} runs with a refused allocation, by {len(met & ways)} of {len(ways)} ways that lead to one, exit codes " \
                       f"{codes}; {len(done) - len(fired)} runs to the end without one"


Outcome = collections.namedtuple("Outcome", "name code times stack")


def refuse_once(case, folder):
    scenario, act, at, preload = case
    db = scenario.fresh(folder, "t.db")
    try:
        refused = starved(db, scenario.args, f"{act} {at}", preload)
        expect_documented(refused.result)
        # Nothing but the process was hit: what is on the disk is looked at as a whole one time in ten.
        if at % 10 == 0:
            after_fault(scenario, db, folder, refused.result.code == 0)
        else:
            scenario.expect_whole(db, refused.result.code == 0)
        expect_told(refused)
    except Failure as failure:
        raise Failure(f"{scenario.name}, {act} {at}: {failure}") from None
    return Outcome(scenario.name, refused.result.code, refused.times, refused.stack)


def expect_told(refused):
    """Whoever is refused memory says so, or has done its work without it."""
    if refused.result.code not in ((0, 71) if refused.times > 0 else (0,)):
        raise Failure(f"exit code {refused.result.code}: {refused.result.err.strip()}")


def refuse_everywhere(seed, n):
    return refuse(seed, n, True)


def refuse_ours(seed, n):
    return refuse(seed, n, False)
