"""
Power is lost: from the log of what a command wrote and synced, images of the files as a disk may hold them then. What was
synced is there; of everything else, each sector may be there, or not, or in part, whatever was written after it.
"""
import os
import random
import sqlite3

import machine
from faults import DISK, shimmed
from machine import Failure, Folder
from scenario import scenarios

SECTOR = 512


class Disk:
    """Files with what is durable of them, and what is not yet. A deletion may be undone until the folder is synced, which
    SQLite does when it is told to at the deletion, and when it syncs a journal that it has just made."""

    def __init__(self, durable=()):
        self.durable = {path: bytearray(content) for path, content in dict(durable).items()}
        self.waiting = {path: [] for path in self.durable}  # of each file that is there, in order
        self.deleted = {}                                   # path: files of that name before, (durable, waiting)

    def apply(self, event):
        kind, offset, path, data = event
        if kind == "O":
            self.waiting.setdefault(path, [])
        elif kind == "S":
            if path not in self.durable and path.endswith(("-journal", "-wal")):
                self.deleted = {}
            self.durable[path] = settle(self.durable.get(path, b""), pieces(self.waiting[path]))
            self.waiting[path] = []
        elif kind == "D":
            if path in self.waiting:
                self.deleted.setdefault(path, []).append((self.durable.pop(path, None), self.waiting.pop(path)))
            if offset:
                self.deleted = {}
        else:
            self.waiting[path].append(event)

    def unsynced(self):
        return any(self.waiting.values()) or bool(self.deleted)

    def write(self, rng, to):
        """One image of all files, at `to` of each path."""
        share = rng.choice([0.0, 0.2, 0.5, 0.8, 1.0])
        for path in sorted(self.waiting.keys() | self.deleted.keys()):
            there = [*self.deleted.get(path, []), (self.durable.get(path), self.waiting.get(path))]
            durable, waiting = there[rng.randrange(len(there))]
            if waiting is None or (durable is None and rng.random() > share):
                continue
            kept = [torn(piece, rng) for piece in pieces(waiting) if rng.random() < share]
            with open(to(path), "wb") as file:
                file.write(settle(durable or b"", kept))


def pieces(waiting):
    """Writes sector by sector, and truncations."""
    for kind, offset, _, data in waiting:
        at = offset
        while kind == "W" and at < offset + len(data):
            end = min(at - at % SECTOR + SECTOR, offset + len(data))
            yield "W", at, data[at - offset:end - offset]
            at = end
        if kind == "T":
            yield "T", offset, b""


def torn(piece, rng):
    """One in five is there in part, or as zeros."""
    kind, offset, data = piece
    if kind == "W" and rng.random() < 0.2:
        data = data[:rng.randrange(len(data))] if rng.random() < 0.5 else bytes(len(data))
    return kind, offset, data


def settle(durable, chosen):
    image = bytearray(durable)
    for kind, offset, data in chosen:
        if kind == "T":
            del image[offset:]
        else:
            image.extend(bytes(max(0, offset + len(data) - len(image))))
            image[offset:offset + len(data)] = data
    return image


def read_log(path):
    events = []
    with open(path, "rb") as file:
        while True:
            line = file.readline()
            if not line:
                return events
            kind, offset, n, name = line.decode().rstrip("\n").split(" ", 3)
            events.append((kind, int(offset), name, file.read(int(n)) if kind == "W" else b""))


def boundaries(events):
    """Just before a sync or a delete, and at the end: there most is at stake. (Between two of them every subset is drawn.)"""
    return [at for at, event in enumerate(events) if event[0] in "SD"] + [len(events)]


def lose_power(seed, n):
    """n images over all commands: each opens, is sound, and holds what was acknowledged."""
    fired, unsynced = 0, 0
    with Folder() as folder:
        chosen = scenarios(folder)
        logs = []
        for scenario in chosen:
            db, log = scenario.fresh(folder, "t.db"), os.path.join(folder, "log")
            before = {}
            for end in machine.BESIDE:
                if os.path.exists(db + end):
                    with open(db + end, "rb") as file:
                        before[db + end] = file.read()
            if os.path.exists(log):
                os.unlink(log)
            result, _, _ = shimmed(db, scenario.args, DISK, log=log)
            if result.code != 0:
                raise Failure(f"{scenario.name}: {result.err}")
            logs.append((scenario, db, before, read_log(log)))
        for case in range(seed, seed + n):
            rng = random.Random(case)
            scenario, db, before, events = logs[case % len(logs)]
            cuts = boundaries(events)
            cut = len(events) if rng.random() < 0.1 else rng.choice(cuts)
            disk = Disk(before)
            for event in events[:cut]:
                disk.apply(event)
            unsynced += disk.unsynced()
            image = scenario.fresh(folder, "image.db")
            for end in machine.BESIDE:
                if os.path.exists(image + end):
                    os.unlink(image + end)
            disk.write(rng, lambda path: image + path[len(db):])
            fired += 1
            try:
                look_at(scenario, image, acknowledged=cut == len(events))
            except Failure as failure:
                raise Failure(f"seed {case}, {scenario.name}, cut at {cut} of {len(events)}: {failure}") from None
    return unsynced, f"{fired} images, {unsynced} of them with writes that were not synced; every one opens, none lost or torn anything"


def look_at(scenario, image, acknowledged):
    if os.path.exists(image):
        opened = sqlite3.connect(image)
        found = opened.execute("PRAGMA integrity_check").fetchall()
        opened.close()
        if found != [("ok",)]:
            raise Failure(f"not sound: {found[:3]}")
    scenario.expect_whole(image, acknowledged)
    scenario.expect_repaired(image)
