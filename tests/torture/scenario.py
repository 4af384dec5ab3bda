"""Commands that are hit by faults: where each begins, what it does, and what a database holds before and after it."""
import glob
import hashlib
import os
import random
import sqlite3

import machine
from check import SCHEMAS
from checkers import rich
from machine import Failure, copy, expect_healthy, run, wave

REPAIRED_IN = 2.0  # seconds that the next start may take, where there is a processor for it


def contents(db_path):
    """What a database holds, without what differs between two runs of the same: ids, clocks, run rows, checkpoints."""
    db = sqlite3.connect(db_path)
    held = {}

    def take(name, sql):
        try:
            held[name] = sorted(map(repr, db.execute(sql)))
        except sqlite3.OperationalError as error:
            if "no such" not in str(error):
                raise
            held[name] = []

    take("migrations", "SELECT number, sha256 FROM almanac_migration")
    take("datasets", "SELECT name, unit FROM almanac_dataset")
    for name in [row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'almanac_%' "
                                              "AND name NOT LIKE 'sqlite_%'")]:
        take(f"table {name}", f'SELECT * FROM "{name}"')
    take("models", "SELECT name FROM almanac_model")
    take("settings", "SELECT m.name, s.key, s.value FROM almanac_model_setting AS s JOIN almanac_model AS m ON m.id = s.model_id")
    take("champions", "SELECT m.name, v.number FROM almanac_model AS m JOIN almanac_version AS v ON v.id = m.champion_id")
    take("versions", "SELECT m.name, v.number, t.name, t.sha256 FROM almanac_version AS v JOIN almanac_model AS m "
                     "ON m.id = v.model_id LEFT JOIN almanac_tensor AS t ON t.version_id = v.id")
    take("optimizers", "SELECT m.name, v.number, o.sha256 FROM almanac_optimizer_state AS o JOIN almanac_version AS v "
                       "ON v.id = o.version_id JOIN almanac_model AS m ON m.id = v.model_id")
    take("promotions", "SELECT m.name, v.number, p.reason FROM almanac_promotion AS p JOIN almanac_model AS m ON m.id = p.model_id "
                       "JOIN almanac_version AS v ON v.id = p.version_id")
    take("forecasts", "SELECT m.name, v.number, f.series, f.channel, f.cutoff, p.step, p.time, p.value FROM almanac_forecast AS f "
                      "JOIN almanac_version AS v ON v.id = f.version_id JOIN almanac_model AS m ON m.id = v.model_id "
                      "LEFT JOIN almanac_forecast_point AS p ON p.forecast_id = f.id")
    db.close()
    return {name: hashlib.sha256("\n".join(rows).encode()).hexdigest() for name, rows in held.items() if rows}


CLOCKS = {"started", "ended", "duration_s", "pid", "created", "promoted", "applied", "pruned", "saved"}


def everything(db_path):
    """A SHA-256 of every row of every table and of the schema; of clocks and process ids whether they are there, and their sign."""
    db, digest = sqlite3.connect(db_path), hashlib.sha256()
    if db.execute("PRAGMA integrity_check").fetchall() != [("ok",)]:
        raise Failure("not sound")
    for name, sql in db.execute("SELECT name, sql FROM sqlite_master ORDER BY name").fetchall():
        digest.update(repr((name, sql)).encode())
        if not sql or not sql.startswith("CREATE TABLE"):
            continue
        rows = db.execute(f'SELECT * FROM "{name}"')
        clocks = [i for i, column in enumerate(rows.description) if column[0] in CLOCKS]
        for row in rows:
            row = list(row)
            for i in clocks:
                row[i] = row[i] if row[i] is None or isinstance(row[i], (str, bytes)) else row[i] >= 0
            digest.update(repr(row).encode())
    db.close()
    return digest.digest()


class Scenario:
    """A command on a database. `again` says whether a second time gives the same as the first."""

    def __init__(self, name, base, args, again=True):
        self.name, self.base, self.args, self.again = name, base, args, again
        self.healthy = set()  # what both checkers have looked at and found nothing in
        self.before = contents(base) if os.path.exists(base) else {}
        db = self.fresh(os.path.dirname(base), "reference.db")
        result = run(db, *args)
        self.seconds, self.after = result.seconds, contents(db)
        expect_healthy(db)

    def fresh(self, folder, name):
        """The database as it is before."""
        path = os.path.join(folder, name)
        for end in (*machine.BESIDE, "-almanac-lock"):
            if os.path.exists(path + end):
                os.unlink(path + end)
        if os.path.exists(self.base):
            copy(self.base, path)
        return path

    def expect_whole(self, db, acknowledged):
        """Everything that was acknowledged is there, and what was not is there as a whole or not at all."""
        now = contents(db) if os.path.exists(db) else {}
        if acknowledged and now != self.after:
            raise Failure(f"{self.name} was acknowledged, but {differing(now, self.after)} are not as after it")
        for what in now.keys() | self.before.keys() | self.after.keys():
            if what == "migrations":
                continue
            if now.get(what) not in (self.before.get(what), self.after.get(what)):
                raise Failure(f"{self.name} left {what} half done")

    def expect_repaired(self, db):
        """The next start mends what the fault left and succeeds."""
        result = run(db, *self.args)
        if result.seconds > REPAIRED_IN * max(1, os.getloadavg()[0] / os.cpu_count()):
            raise Failure(f"the next {self.name} took {result.seconds:.1f} s")
        if self.again and contents(db) != self.after:
            raise Failure(f"{self.name} again does not give what it gives: {differing(contents(db), self.after)}")
        state = everything(db)
        if state not in self.healthy:
            expect_healthy(db)
            self.healthy.add(state)
        return result.seconds


def differing(a, b):
    return sorted(what for what in a.keys() | b.keys() if a.get(what) != b.get(what))


def make_old(source, path, schema):
    """The rows of a database in a file with the schema of an earlier release."""
    db = sqlite3.connect(path, isolation_level=None)
    for number, file in enumerate(sorted(glob.glob(os.path.join(SCHEMAS, "[0-9]*.sql")))[:schema], 1):
        with open(file, "rb") as opened:
            text = opened.read()
        db.executescript(text.decode())
        db.execute("INSERT INTO almanac_migration VALUES (?, ?, ?, 0)",
                   (number, os.path.basename(file)[:-4], hashlib.sha256(text).hexdigest()))
    db.execute("ATTACH ? AS there", (source,))
    for name, sql in db.execute("SELECT name, sql FROM there.sqlite_master WHERE type = 'table' AND name NOT LIKE 'almanac_%' "
                                "AND name NOT LIKE 'sqlite_%'").fetchall():
        db.execute(sql)
        db.execute(f'INSERT INTO main."{name}" SELECT * FROM there."{name}"')
    for (name,) in db.execute("SELECT name FROM main.sqlite_master WHERE type = 'table' AND name LIKE 'almanac_%' AND "
                              "name <> 'almanac_migration'").fetchall():
        columns = ", ".join(row[1] for row in db.execute(f"PRAGMA main.table_info({name})"))
        db.execute(f"INSERT INTO main.{name} ({columns}) SELECT {columns} FROM there.{name}")
    db.close()


def scenarios(folder):
    """One of each command, on databases with both kinds of journal."""
    base = rich(folder)
    # The training that was killed is over, and its checkpoint used: what comes is the same every time.
    run(base, "train", "b", "--epochs", 2, "--fresh", "--quiet")
    wal = os.path.join(folder, "wal.db")
    copy(base, wal)
    db = sqlite3.connect(wal)
    db.execute("PRAGMA journal_mode = WAL")
    db.close()
    wave(os.path.join(folder, "more.csv"), random.Random(2), rows=500)
    ingest = ("ingest", os.path.join(folder, "more.csv"), "--dataset", "wave", "--json")
    train = ("train", "b", "--checkpoint-every", "0s", "--json")
    forecast = ("forecast", "a", "--cutoff", "2020-01-10T00:00:00", "--json")
    found = [Scenario("first ingest", os.path.join(folder, "none.db"), ingest), Scenario("ingest", base, ingest),
             Scenario("ingest (WAL)", wal, ingest), Scenario("train", base, train, again=False),
             Scenario("train (WAL)", wal, train, again=False), Scenario("forecast", base, forecast),
             Scenario("backtest", base, ("backtest", "a", "--json"))]
    # A champion and the two before it keep their weights, and a second rollback needs a champion to go to, too.
    many, many_wal = os.path.join(folder, "many.db"), os.path.join(folder, "many wal.db")
    for source, path in ((base, many), (wal, many_wal)):
        copy(source, path)
        for seed in (3, 4, 5):
            run(path, "train", "a", "--seed", seed, "--quiet")
    promote, rollback, prune = ("promote", "a", "1"), ("rollback", "a"), ("prune", "a", "--keep", 1)
    found += [Scenario("promote", base, (*promote, "--quiet"), again=False),
              Scenario("promote (WAL)", wal, (*promote, "--quiet"), again=False),
              Scenario("rollback", many, (*rollback, "--quiet"), again=False),
              Scenario("rollback (WAL)", many_wal, (*rollback, "--quiet"), again=False),
              Scenario("prune", many, (*prune, "--quiet")), Scenario("prune (WAL)", many_wal, (*prune, "--quiet")),
              Scenario("retrain", base, ("retrain", "a", "--always", "--quiet"), again=False)]
    for schema in range(1, len(glob.glob(os.path.join(SCHEMAS, "[0-9]*.sql")))):
        old = os.path.join(folder, f"old{schema}.db")
        make_old(base, old, schema)
        found.append(Scenario(f"migrate {schema}", old, ingest))
    return [scenario for scenario in found if not machine.CHOSEN or scenario.name in machine.CHOSEN]
