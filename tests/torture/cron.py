"""The line that `almanac schedule` prints is given to Debian's cron, in a crontab of its own: at the next minute there is a forecast."""
import os
import random
import sqlite3
import subprocess
import time

import machine
from machine import TINY, Failure, Folder, expect_healthy, run, wave

CRON = "/usr/sbin/cron"
WAIT_S = 75  # cron wakes at every full minute
CRONTABS = "/var/spool/cron/crontabs"

# In a mount namespace of its own cron sees this crontab and no other, and there is no other cron. With the first process of its
# namespace of processes whatever it has started ends, too.
INSIDE = f"""set -e
mount --bind "$1/crontabs" {CRONTABS}
mount -t tmpfs tmpfs /etc/cron.d
mount --bind /dev/null /etc/crontab
mount -t tmpfs tmpfs /run
exec timeout {WAIT_S} {CRON} -f -L 5"""
APART = ["unshare", "--mount", "--propagation", "private", "--pid", "--fork", "--kill-child"]


def possible():
    """Why it cannot be tried here; None where it can."""
    if os.geteuid() != 0:
        return "only root may run a cron of its own"
    if not os.access(CRON, os.X_OK) or not os.path.isdir(CRONTABS):
        return "Debian's cron is not installed"
    if subprocess.run([*APART, "true"], stderr=subprocess.DEVNULL).returncode != 0:
        return "a mount namespace is not permitted"
    return None


def forecasts(db):
    opened = sqlite3.connect(db, timeout=10)
    n = opened.execute("SELECT count(*) FROM almanac_forecast").fetchone()[0]
    opened.close()
    return n


def fire(seed, n):
    """A minute, and what has come of it."""
    why = possible()
    if why:
        print(f"cron: SKIPPED: {why}", flush=True)
        return 1, "skipped"
    with Folder() as folder:
        # What a path may hold that cron, sh and we read each in their own way.
        db, crontabs = os.path.join(folder, "it's 5% of $all.db"), os.path.join(folder, "crontabs")
        wave(os.path.join(folder, "w.csv"), random.Random(seed))
        run(db, "ingest", "w.csv", "--dataset", "wave", "--quiet")
        run(db, "train", "m", "--dataset", "wave", *TINY, "--quiet")
        line = run(db, "schedule", "--cron", "* * * * *").out
        os.mkdir(crontabs)
        with open(os.path.join(crontabs, "root"), "w") as file:
            file.write(f"* * * * * env > {folder}/environment\n{line}")
        os.chmod(os.path.join(crontabs, "root"), 0o600)
        seconds = wait_for_cron(folder, db)
        with open(os.path.join(folder, "environment")) as file:
            environment = sorted(entry.partition("=")[0] for entry in file.read().splitlines())
        if any(name.startswith("ALMANAC") for name in environment):
            raise Failure(f"this is not cron's environment: {environment}")
        expect_healthy(db, deep=True)
    return 1, f"Debian's cron ran the line {seconds:.0f} s after its start, with {', '.join(environment)} in its environment, " \
              f"and left a forecast"


def wait_for_cron(folder, db):
    began = time.monotonic()
    cron = subprocess.Popen([*APART, "sh", "-c", INSIDE, "sh", folder], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                            stderr=subprocess.STDOUT, env={"PATH": os.environ["PATH"]})
    try:
        while time.monotonic() - began < WAIT_S:
            if cron.poll() is not None:
                raise Failure(f"cron ended with {cron.returncode}: {cron.stdout.read().decode()}")
            if forecasts(db) > 0 and os.path.exists(os.path.join(folder, "environment")):
                return time.monotonic() - began
            time.sleep(0.5)
    finally:
        cron.kill()
        cron.wait()
    raise Failure(f"no forecast after {WAIT_S} s; cron: {cron.stdout.read().decode()}")
