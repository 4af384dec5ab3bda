#!/usr/bin/env python3
"""Runs harnesses of reliability and prints what each did. A harness that did nothing has failed.

    run.py [--full | --nightly] [NAME ...]     all of them, or some
    run.py NAME --seed S --n 1                 one case again, of those at random
    run.py NAME --at "ingest (WAL):57"         and of those that go through every call
"""
import argparse
import os
import sys
import time

import challenger
import checkers
import cron
import diverge
import drift
import faults
import full
import load
import locks
import power
import starve
import machine
from machine import Failure

# name: (function, cases in the suite's short run (None: it is not in it), in make torture, in make torture-nightly)
HARNESSES = {
    "corruptions": (checkers.find_corruptions, 1, 1, 1),
    "healthy": (checkers.pass_healthy, 30, 1000, 1000),
    "kill-calls": (faults.kill_at_calls, 67, 1, 1),
    "kill-random": (faults.kill_at_random, 30, 2000, 20000),
    "io": (faults.fail_calls, 97, 1, 1),
    "power": (power.lose_power, 40, 1000, 20000),
    "diverge": (diverge.diverge, 1, 1, 1),
    "challenger": (challenger.promote_none, 4, 50, 500),
    "drift": (drift.find, 30, 600, 2000),  # nights
    "resume": (locks.resume, 5, 100, 100),
    "overlap": (locks.overlap, 1, 20, 20),
    "load": (load.load, 3, 60, 600),  # seconds
    "load-wal": (load.load_wal, 3, 60, 600),
    "cron": (cron.fire, None, 1, 1),
    "full": (full.fill, 32, 1, 1),
    "malloc": (starve.refuse_everywhere, 641, 1, 1),
    "malloc-ours": (starve.refuse_ours, 641, 1, 1),
}

# Where everything is five times slower and malloc is taken: what goes through every path of an error.
SANITISED = ("corruptions", "io", "malloc-ours")


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", choices=[[], *HARNESSES])
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--nightly", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--n", type=int)
    parser.add_argument("--every", action="store_true", help="malloc: each allocation, not each way that leads to one")
    parser.add_argument("--jobs", type=int, default=min(2, os.cpu_count()), help="cases at a time")
    parser.add_argument("--scenario", action="append", default=[], help="only this one; may be given several times")
    parser.add_argument("--minutes", type=float, help="begin nothing after so long, and tell what was left out")
    parser.add_argument("--at", metavar="SCENARIO:CALL", help="one call of one scenario, of those that go through all")
    parser.add_argument("--build", default="build/release", help="folder of the program")
    parser.add_argument("--sanitised", action="store_true", help="built with AddressSanitizer")
    args = parser.parse_args()
    at = args.at.rpartition(":") if args.at else None
    machine.ONLY = (at[0], int(at[2])) if at else None
    machine.JOBS = 1 if at else args.jobs
    machine.CHOSEN = tuple(args.scenario)
    machine.UNTIL = time.monotonic() + 60 * args.minutes if args.minutes else None
    starve.EVERY = args.every
    machine.use(os.path.abspath(args.build))
    failed = 0
    for name in args.names or HARNESSES:
        if args.sanitised and not args.names and name not in SANITISED:
            continue
        function, *sizes = HARNESSES[name]
        n = args.n or sizes[2 if args.nightly else 1 if args.full else 0] or (name in args.names)
        if not n:
            continue
        began, machine.LEFT = time.monotonic(), 0
        try:
            fired, words = function(args.seed, n)
            if fired == 0:
                raise Failure("nothing was tried")
            left = f"; {machine.LEFT} cases were left out for lack of time" if machine.LEFT else ""
            print(f"{name}: {words}{left} ({time.monotonic() - began:.0f} s)", flush=True)
        except Failure as failure:
            failed += 1
            print(f"{name}: FAILED: {failure}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
