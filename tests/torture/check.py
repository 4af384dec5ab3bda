#!/usr/bin/env python3
"""A second checker of databases, which shares no code with `almanac check`: Python's standard library, its own SQL, its own
SHA-256 and floats. Both must find the same in every database; where they differ, one of them is wrong.

    check.py DATABASE        a line 'VIOLATION ID DETAIL' each; exit code 0 none, 65 some, 70 it failed itself
"""
import array
import calendar
import datetime
import errno
import fcntl
import glob
import hashlib
import math
import os
import re
import sqlite3
import struct
import sys

HERE = os.path.dirname(os.path.abspath(__file__))
SCHEMAS = os.path.join(HERE, "..", "..", "schemas")
RUN_BYTES = 1 << 62
STEP_MS = {"ms": 1, "s": 1000, "min": 60000, "h": 3600000, "d": 86400000, "w": 604800000}


class Checker:
    def __init__(self, path):
        self.path = path
        self.found = []
        self.db = sqlite3.connect(f"file:{path.replace('?', '%3f').replace('#', '%23')}?mode=ro", uri=True, isolation_level=None)
        self.db.text_factory = lambda raw: raw.decode("utf-8", "surrogateescape")
        self.db.execute("PRAGMA trusted_schema = OFF")
        self.db.execute("PRAGMA busy_timeout = 10000")

    def add(self, rule, detail):
        self.found.append((rule, detail))

    def rows(self, sql, *values):
        return self.db.execute(sql, values).fetchall()

    def check(self):
        try:
            self.db.execute("BEGIN")
            if self.structure():
                whole = self.schema()
                for part in (self.runs, self.versions, self.champions, self.forecasts, self.scores, self.datasets):
                    try:
                        part()
                    except sqlite3.OperationalError as error:
                        if whole or "no such" not in str(error):
                            raise
            self.db.execute("ROLLBACK")
            if self.number > 0:
                self.running()
        except sqlite3.DatabaseError as error:
            if "malformed" not in str(error):
                raise
            self.add("F1", str(error))
        return self.found

    # ---- the file

    def structure(self):
        self.number = 0
        for (line,) in self.rows("PRAGMA integrity_check"):
            if line != "ok":
                self.add("F1", line)
        if self.rows("SELECT 1 FROM sqlite_master WHERE name = 'almanac_migration'"):
            self.number = self.rows("SELECT max(number) FROM almanac_migration")[0][0] or 0
        return self.number > 0

    def schema(self):
        fresh = sqlite3.connect(":memory:")
        recorded = {number: (name, sha) for number, name, sha in
                    self.rows("SELECT number, name, sha256 FROM almanac_migration")}
        for file in sorted(glob.glob(os.path.join(SCHEMAS, "[0-9]*.sql"))):
            name = os.path.basename(file)[:-4]
            number = int(name[:4])
            if number > self.number:
                continue
            with open(file, "rb") as opened:
                text = opened.read()
            fresh.executescript(text.decode())
            if recorded.get(number) != (name, hashlib.sha256(text).hexdigest()):
                self.add("F3", f"migration {number} is recorded as {recorded.get(number)}")
        ours = "SELECT type, name, sql FROM sqlite_master WHERE name LIKE 'almanac\\_%' ESCAPE '\\' " \
               "OR tbl_name LIKE 'almanac\\_%' ESCAPE '\\'"

        def squeezed(connection):
            return {(kind, name): re.sub(r"\s+", " ", sql or "") for kind, name, sql in connection.execute(ours)}

        here, there = squeezed(self.db), squeezed(fresh)
        for key in sorted(here.keys() | there.keys()):
            if here.get(key) != there.get(key):
                self.add("F4", f"{key[0]} {key[1]} is {'missing' if key not in here else 'extra' if key not in there else 'another'}")
        self.tables = {name for kind, name in here if kind == "table"}
        whole = all(here.get(key) == there.get(key) for key in there if key[0] == "table")
        for table in sorted(self.tables):
            try:
                for row in self.rows(f'PRAGMA foreign_key_check("{table}")'):
                    self.add("F2", f"row {row[1]} of {table} refers to a missing row of {row[2]}")
            except sqlite3.OperationalError as error:
                if whole or "mismatch" not in str(error):
                    raise
        return whole

    # ---- runs

    def runs(self):
        trainings = {}
        for run, kind, model, status, started, ended, seconds, code, message, pid, program in self.rows(
                "SELECT id, kind, model_id, status, started, ended, duration_s, exit_code, message, pid, program "
                "FROM almanac_run"):
            if status == "running":
                if ended is not None or code is not None:
                    self.add("R2", f"run {run} is running and has ended")
                if kind in ("train", "retrain") and model is not None:
                    trainings[model] = trainings.get(model, 0) + 1
            else:
                if not isinstance(ended, int):
                    self.add("R2", f"run {run} has no end")
                fits = {"ok": code == 0, "skipped": code in (0, 1), "degraded": code == 10,
                        "failed": code is not None and code not in (0, 10, 130),
                        "aborted": code is None or code in (129, 130, 143)}
                if not fits.get(status, False):
                    self.add("R2", f"run {run} is {status} with exit code {code}")
                if status in ("failed", "aborted") and not message:
                    self.add("R2", f"run {run} does not say why")
                if status == "aborted" and code is None and not (message or "").startswith("owner-died"):
                    self.add("R6", f"run {run} was closed by another without a reason")
            if (seconds is None and code is not None) or (seconds is not None and not (
                    isinstance(seconds, float) and 0 <= seconds <= 1e12)):
                self.add("R3", f"run {run} lasted {seconds}")
            if not isinstance(pid, int) or pid < 1 or not program or not isinstance(started, int):
                self.add("R7", f"run {run} has no process or program")
        for model, n in trainings.items():
            if n > 1:
                self.add("R5", f"model {model} has {n} trainings")

    def held(self, byte):
        try:
            fd = os.open(self.path + "-almanac-lock", os.O_RDONLY)
        except OSError as error:
            if error.errno == errno.ENOENT:
                return False
            raise
        try:
            # struct flock: short type, short whence, (padding), off_t start, off_t len, pid_t pid
            asked = struct.pack("hhqqi", fcntl.F_WRLCK, os.SEEK_SET, byte, 1, 0)
            answer = struct.unpack("hhqqi", fcntl.fcntl(fd, 36, asked))  # F_OFD_GETLK
            return answer[0] != fcntl.F_UNLCK
        finally:
            os.close(fd)

    def running(self):
        still = "SELECT id FROM almanac_run WHERE status = 'running'"
        for (run,) in self.rows(still):
            if not self.held(RUN_BYTES + run) and (run,) in self.rows(still):
                self.add("R1", f"run {run} is running without a process")

    # ---- versions

    def versions(self):
        numbers = set()
        pruned = {row[1] for row in self.rows("PRAGMA table_info(almanac_version)")} & {"pruned"}
        runs = {row[0]: row[1:] for row in self.rows("SELECT id, kind, model_id, status FROM almanac_run")}
        for version, model, number, run in self.rows("SELECT id, model_id, number, run_id FROM almanac_version"):
            if (model, number) in numbers:
                self.add("M8", f"model {model} has two versions {number}")
            numbers.add((model, number))
            facts = dict(self.rows("SELECT key, value FROM almanac_version_fact WHERE version_id = ?", version))
            for key in ("cell", "cell_sha256", "cell_layout", "kernel", "channel.0"):
                if not facts.get(key):
                    self.add("M4", f"version {version} does not say its {key}")
            kind, of_model, status = runs.get(run, (None, None, None))
            if run in runs and status not in ("ok", "degraded"):
                self.add("M5", f"version {version} is of a run that is {status}")
            if run in runs and (kind not in ("train", "retrain") or of_model != model):
                self.add("M6", f"version {version} is of a run that is no training of its model")
            gone = bool(pruned) and self.rows("SELECT pruned FROM almanac_version WHERE id = ?", version)[0][0] is not None
            self.tensors(version, gone)
        if "almanac_checkpoint" in self.tables:
            self.checkpoints(runs)
        if "almanac_optimizer_state" in self.tables:
            for version, steps, payload, sha in self.rows(
                    "SELECT version_id, steps, payload, sha256 FROM almanac_optimizer_state"):
                self.optimizer_state(version, steps, payload, sha)

    def tensors(self, version, gone):
        rows = self.rows("SELECT position, name, shape, payload, sha256 FROM almanac_tensor WHERE version_id = ? "
                         "ORDER BY position", version)
        if not rows and not gone:
            self.add("M1", f"version {version} has no tensors")
        if [row[0] for row in rows] != list(range(len(rows))):
            self.add("M1", f"version {version} has tensors {[row[0] for row in rows]}")
        if len({row[1] for row in rows}) < len(rows):
            self.add("M2", f"version {version} has two tensors of one name")
        for position, name, shape, payload, sha in rows:
            where = f"version {version}, tensor {position}"
            sizes = re.fullmatch(r"\[(\d+(?:,\d+){0,2})\]", shape)
            n = math.prod(int(size) for size in sizes[1].split(",")) if sizes else 0
            if n < 1 or not isinstance(payload, bytes) or len(payload) != 4 * n or not 0 < len(name.encode()) < 64:
                self.add("M2", f"{where}: shape {shape}, {len(payload or '')} bytes")
                continue
            if hashlib.sha256(name.encode() + b"\0" + shape.encode() + b"\0" + payload).hexdigest() != sha:
                self.add("M1", f"{where}: SHA-256")
                continue
            if not self.finite(payload):
                self.add("M3", f"{where}: not finite")

    @staticmethod
    def finite(payload):
        values = array.array("f", payload)
        if sys.byteorder == "big":
            values.byteswap()
        return all(map(math.isfinite, values))

    def checkpoints(self, runs):
        for model, run, fingerprint, epoch, payload, sha in self.rows(
                "SELECT model_id, run_id, fingerprint, epoch, payload, sha256 FROM almanac_checkpoint"):
            kind, of_model, status = runs.get(run, (None, model, "running"))
            if status not in ("running", "aborted", "failed") or of_model != model or \
                    (run in runs and kind not in ("train", "retrain")):
                self.add("M7", f"the checkpoint of model {model} is of a run that is {status}")
            if not isinstance(epoch, int) or epoch < 1 or len(fingerprint) != 64 or not isinstance(payload, bytes):
                self.add("M7", f"the checkpoint of model {model} is after epoch {epoch}")
            elif hashlib.sha256(fingerprint.encode() + b"\0" + payload).hexdigest() != sha:
                self.add("M7", f"the checkpoint of model {model}: SHA-256")

    def optimizer_state(self, version, steps, payload, sha):
        if not isinstance(steps, int) or steps < 0 or not isinstance(payload, bytes) or len(payload) % 4:
            self.add("M9", f"the optimiser's state of version {version} has no size")
        elif hashlib.sha256(struct.pack("<q", steps) + payload).hexdigest() != sha:
            self.add("M9", f"the optimiser's state of version {version}: SHA-256")
        elif not self.finite(payload):
            self.add("M9", f"the optimiser's state of version {version} is not finite")

    # ---- champions

    def champions(self):
        owner = dict(self.rows("SELECT id, model_id FROM almanac_version"))
        last = {}
        for promotion, model, version, reason in self.rows(
                "SELECT id, model_id, version_id, reason FROM almanac_promotion ORDER BY id"):
            last[model] = version
            if version in owner and owner[version] != model:
                self.add("C4", f"promotion {promotion} is of another model's version")
            if not reason.strip():
                self.add("C5", f"promotion {promotion} has no reason")
        for model, champion in self.rows("SELECT id, champion_id FROM almanac_model"):
            if champion is None and model in last:
                self.add("C1", f"model {model} had champions and has none")
            if champion is not None and champion not in owner:
                self.add("C1", f"the champion of model {model} is no version")
            if champion in owner and owner[champion] != model:
                self.add("C2", f"the champion of model {model} is of model {owner[champion]}")
            if champion != last.get(model):
                self.add("C4", f"the champion of model {model} is {champion}, last promoted {last.get(model)}")

    # ---- forecasts

    @staticmethod
    def duration(text):
        parts = re.fullmatch(r"(\d+)(ms|s|min|h|d|w|mo|y|bd)?", text)
        if not parts:
            raise ValueError(f"'{text}' is no duration")
        return int(parts[1]), parts[2] or ""

    def steps(self, text, step):
        """A duration in steps of the grid."""
        count, unit = self.duration(text)
        size, grid = step
        if unit == "":
            return count
        if unit in ("mo", "y"):
            months = count * (12 if unit == "y" else 1)
            of = size * (12 if grid == "y" else 1)
            if grid not in ("mo", "y") or months % of:
                raise ValueError(f"{text} on a grid of {size}{grid}")
            return months // of
        if unit == "bd" or grid == "bd":
            if unit == grid:
                return count // size
            if unit == "w":
                return count * 5 // size
            if unit == "d" and count % 7 == 0:
                return count // 7 * 5 // size
            raise ValueError(f"{text} on a grid of {size}{grid}")
        return count * STEP_MS[unit] // (size * STEP_MS[grid])

    @staticmethod
    def season(step):
        size, grid = step
        if grid in ("mo", "y"):
            months = size * (12 if grid == "y" else 1)
            return 12 // months if months < 12 and 12 % months == 0 else 1
        if grid == "bd":
            return 5 if size == 1 else 1
        ms = size * STEP_MS[grid]
        if ms < STEP_MS["d"]:
            return STEP_MS["d"] // ms if STEP_MS["d"] % ms == 0 else 1
        return 7 if ms == STEP_MS["d"] else 1

    @staticmethod
    def on_grid(step, cutoff, rows, time):
        size, grid = step
        if grid in STEP_MS:
            return time == cutoff + rows * size * STEP_MS[grid]
        begin = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=cutoff)
        end = datetime.datetime(1970, 1, 1) + datetime.timedelta(milliseconds=time)
        if grid == "bd":
            day, left = begin, rows * size
            while left > 0:
                day += datetime.timedelta(days=1)
                left -= day.weekday() < 5
            return day == end
        months = rows * size * (12 if grid == "y" else 1)
        apart = (end.year - begin.year) * 12 + end.month - begin.month
        last = calendar.monthrange(end.year, end.month)[1]
        return apart == months and begin.time() == end.time() and (end.day == begin.day or end.day in (last,)
                or begin.day == calendar.monthrange(begin.year, begin.month)[1])

    def forecasts(self):
        versions = dict(self.rows("SELECT id, model_id FROM almanac_version"))
        runs = {row[0]: row[1:] for row in self.rows("SELECT id, model_id, status FROM almanac_run")}
        layouts, channels, keys = {}, {}, set()
        for version in versions:
            settings = dict(self.rows("SELECT key, value FROM almanac_version_setting WHERE version_id = ?", version))
            try:
                step = self.duration(settings.get("freq", ""))
                horizon = settings.get("horizon", "")
                layouts[version] = (step, self.steps(settings.get("delay", "0") or "0", step),
                                    self.steps(horizon, step) if horizon else self.season(step))
            except ValueError as error:
                self.add("M4", f"version {version}: {error}")
            channels[version] = {row[0] for row in self.rows(
                "SELECT value FROM almanac_version_fact WHERE version_id = ? AND key LIKE 'channel.%'", version)}
        for forecast, version, run, series, channel, cutoff in self.rows(
                "SELECT id, version_id, run_id, series, channel, cutoff FROM almanac_forecast"):
            if (version, series, channel, cutoff) in keys:
                self.add("P6", f"forecast {forecast} is there twice")
            keys.add((version, series, channel, cutoff))
            if version in versions and run in runs and runs[run][0] != versions[version]:
                self.add("P1", f"forecast {forecast} is of another model's run")
            if channel not in channels.get(version, {channel}):
                self.add("P1", f"forecast {forecast} is of an unknown channel")
            if run in runs and runs[run][1] not in ("ok", "degraded"):
                self.add("P2", f"forecast {forecast} is of a run that is {runs[run][1]}")
            self.points(forecast, cutoff, layouts.get(version))

    def points(self, forecast, cutoff, layout):
        points = self.rows("SELECT step, time, value FROM almanac_forecast_point WHERE forecast_id = ? ORDER BY step", forecast)
        if [step for step, _, _ in points] != list(range(1, len(points) + 1)) or not points:
            self.add("P2", f"forecast {forecast} has {len(points)} points, not 1 to that")
        for step, time, value in points:
            if not (isinstance(step, int) and isinstance(time, int) and isinstance(value, float) and math.isfinite(value)):
                self.add("P3", f"forecast {forecast}, step {step} is {value}")
        if layout and points:
            step, delay, horizon = layout
            if horizon is not None and max(row[0] for row in points) != horizon:
                self.add("P2", f"forecast {forecast} ends at {points[-1][0]}, horizon {horizon}")
            for number, time, _ in points:
                if isinstance(time, int) and not self.on_grid(step, cutoff, delay + number, time):
                    self.add("P4", f"forecast {forecast}, step {number} is at {time}, cutoff {cutoff}")
        if "almanac_forecast_quantile" in self.tables:
            quantiles = self.rows("SELECT step, level, value FROM almanac_forecast_quantile WHERE forecast_id = ?", forecast)
            levels = {level for _, level, _ in quantiles}
            if {step for step, _, _ in quantiles} - {row[0] for row in points}:
                self.add("Q1", f"forecast {forecast} has quantiles of steps that it has not")
            if len(quantiles) != len(levels) * len(points):
                self.add("Q1", f"forecast {forecast} has {len(quantiles)} quantiles")
            for step, level, value in quantiles:
                if not (isinstance(value, float) and math.isfinite(value) and isinstance(level, float) and 0 < level < 1):
                    self.add("Q2", f"forecast {forecast}, step {step}, level {level} is {value}")

    def scores(self):
        versions = dict(self.rows("SELECT id, model_id FROM almanac_version"))
        runs = {row[0]: row[1:] for row in self.rows("SELECT id, model_id, status FROM almanac_run")}
        for score, version, run, value, windows, points, first, last in self.rows(
                "SELECT id, version_id, run_id, value, n_windows, n_points, from_time, to_time FROM almanac_score"):
            if value is not None and not (isinstance(value, float) and math.isfinite(value)):
                self.add("S1", f"score {score} is {value}")
            if windows < 1 or points < 0 or first > last:
                self.add("S2", f"score {score} is over {windows} windows from {first} to {last}")
            if version in versions and run in runs and (
                    runs[run][0] != versions[version] or runs[run][1] not in ("ok", "degraded")):
                self.add("S3", f"score {score} is of another model's run")

    # ---- datasets

    def datasets(self):
        copied = {}
        if "almanac_source" in self.tables:
            copied = dict(self.rows("SELECT dataset_id, copied FROM almanac_source"))
            for dataset in copied:
                ids = [row[0] for row in self.rows(
                    "SELECT position FROM almanac_source_id WHERE dataset_id = ? ORDER BY position", dataset)]
                if ids != list(range(len(ids))):
                    self.add("I9", f"the source of dataset {dataset} has columns {ids}")
        for dataset, name, unit in self.rows("SELECT id, name, unit FROM almanac_dataset"):
            channels = self.rows("SELECT position, name, kind FROM almanac_channel WHERE dataset_id = ? ORDER BY position",
                                 dataset)
            if not channels or [row[0] for row in channels] != list(range(len(channels))):
                self.add("I8", f"dataset {name} has channels {[row[0] for row in channels]}")
            if channels and copied.get(dataset, 1):
                self.table(name, [row[1] for row in channels], [row[2] for row in channels], 1000 if unit == "ms" else 1)

    @staticmethod
    def is_value(value, kind):
        if value is None:
            return True
        if kind == "category":
            return isinstance(value, str) and 1 <= len(value.encode()) <= 128 and \
                not any(ord(letter) < 32 or ord(letter) == 127 for letter in value)
        return isinstance(value, (int, float)) and math.isfinite(value)

    def table(self, name, channels, kinds, scale):
        def quoted(text):
            return '"' + text.replace('"', '""') + '"'

        there = {row[1].lower() for row in self.rows(f"PRAGMA table_info({quoted(name)})")}
        if not {"series", "time", *(channel.lower() for channel in channels)} <= there:
            self.add("I7", f"dataset {name} has no table with its channels")
            return
        twice = self.rows(f"SELECT series, time FROM {quoted(name)} GROUP BY +series, +time HAVING count(*) > 1")
        for series, time in twice:
            self.add("I3", f"dataset {name}, series '{series}' has two rows at {time}")
        columns = ", ".join(map(quoted, channels))
        for row in self.db.execute(f"SELECT series, time, {columns} FROM {quoted(name)}"):
            if not isinstance(row[0], str) or not isinstance(row[1], int) or \
                    not -62135596800 * scale <= row[1] <= 253402300799 * scale:
                self.add("I4", f"dataset {name}: '{row[1]}' is no time")
            for value, kind in zip(row[2:], kinds):
                if not self.is_value(value, kind):
                    self.add("I4", f"dataset {name} at {row[1]}: {value!r}")


def main():
    if len(sys.argv) != 2:
        sys.exit("usage: check.py DATABASE")
    try:
        found = Checker(sys.argv[1]).check()
    except Exception as error:  # whatever it is, it is the checker that failed
        print(f"check.py: {sys.argv[1]}: {type(error).__name__}: {error}", file=sys.stderr)
        sys.exit(70)
    for rule, detail in found:
        print(f"VIOLATION {rule} {detail}")
    sys.exit(65 if found else 0)


if __name__ == "__main__":
    main()
