#!/usr/bin/env python3
"""Runs harnesses of reliability and prints what each did. A harness that did nothing has failed.

    run.py [--full | --nightly] [NAME ...]     all of them, or some
    run.py NAME --seed S --n 1                 one case again
"""
import argparse
import os
import sys
import time

import checkers
import machine
from machine import Failure

# name: (function, cases in the suite's short run, in make torture, in make torture-nightly)
HARNESSES = {
    "corruptions": (checkers.find_corruptions, 1, 1, 1),
    "healthy": (checkers.pass_healthy, 50, 1000, 1000),
}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("names", nargs="*", choices=[[], *HARNESSES])
    parser.add_argument("--full", action="store_true")
    parser.add_argument("--nightly", action="store_true")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--n", type=int)
    parser.add_argument("--build", default="build/release", help="folder of the program")
    args = parser.parse_args()
    machine.use(os.path.abspath(args.build))
    failed = 0
    for name in args.names or HARNESSES:
        function, *sizes = HARNESSES[name]
        n = args.n or sizes[2 if args.nightly else 1 if args.full else 0]
        began = time.monotonic()
        try:
            fired, words = function(args.seed, n)
            if fired == 0:
                raise Failure("nothing was tried")
            print(f"{name}: {words} ({time.monotonic() - began:.0f} s)", flush=True)
        except Failure as failure:
            failed += 1
            print(f"{name}: FAILED: {failure}", flush=True)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
