"""The disk is full: a clean stop, and nothing acknowledged lost; with room again, the same command succeeds."""
import os
import shutil
import subprocess

import machine
from faults import expect_documented
from machine import Failure, Folder, copy, finish, run, start
from scenario import scenarios

FIRST, LAST, STEP = 256, 8192, 64  # KiB
CHOSEN = ("first ingest", "ingest", "train", "forecast", "promote", "rollback", "prune", "retrain", "migrate 1")


def mounted(folder, kib):
    """A tmpfs of that size; False where it is not permitted."""
    return subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={kib}k", "tmpfs", folder], stderr=subprocess.DEVNULL).returncode == 0


def fill(seed, n):
    """Each command on tmpfs of each size, filled up but for a few pages."""
    stopped, tried, codes = 0, 0, {}
    with Folder() as folder:
        disk = os.path.join(folder, "disk")
        os.mkdir(disk)
        if not mounted(disk, 256):
            print("full: SKIPPED: mount is not permitted here", flush=True)
            return 1, "skipped"
        subprocess.run(["umount", disk], check=True)
        for scenario in scenarios(folder):
            if scenario.name not in CHOSEN:
                continue
            for kib in range(FIRST, LAST + 1, STEP * n):
                mounted(disk, kib)
                try:
                    code = one_disk(scenario, disk, kib)
                    if code is None:
                        continue
                    tried += 1
                    codes[code] = codes.get(code, 0) + 1
                    stopped += code != 0
                except Failure as failure:
                    raise Failure(f"{scenario.name}, {kib} KiB: {failure}") from None
                finally:
                    subprocess.run(["umount", disk], check=True)
    return stopped, f"{tried} disks from {FIRST} to {LAST} KiB, {stopped} were full, exit codes {machine.told(codes)}"


def one_disk(scenario, disk, kib):
    db = os.path.join(disk, "t.db")
    try:
        if os.path.exists(scenario.base):
            copy(scenario.base, db)
    except OSError:
        return None  # too small for what was there
    # What is free is taken, but for none to 47 pages: where a command ends is somewhere among them.
    free = shutil.disk_usage(disk).free
    leave = 4096 * ((kib - FIRST) // STEP % 48)
    with open(os.path.join(disk, "ballast"), "wb") as file:
        if free > leave:
            os.posix_fallocate(file.fileno(), 0, free - leave)
    result = finish(start(db, *scenario.args))
    expect_documented(result)
    if result.code not in (0, 73, 74):
        raise Failure(f"exit code {result.code}: {result.err}")
    os.unlink(os.path.join(disk, "ballast"))
    # What is there is looked at where there is room.
    seen = scenario.fresh(os.path.dirname(disk), "seen.db")
    for end in machine.BESIDE:
        if os.path.exists(seen + end):
            os.unlink(seen + end)
    if os.path.exists(db):
        copy(db, seen)
    scenario.expect_whole(seen, result.code == 0)
    scenario.expect_repaired(seen)
    return result.code
