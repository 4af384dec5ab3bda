"""Databases that are wrong in one way each: (name, the rule that it violates, how, rules that follow from it).

How is SQL, run with foreign keys and checks off and the triggers of our tables taken away meanwhile, or a function of the
path. {m1} {m2} are ids of the models "a" and "b", {v1} {v2} of their champions, {f} of a forecast of "a".
"""
import hashlib
import sqlite3
import struct


def zero_page(path):
    """A page of a tensor's payload becomes zeros, as a disk may do."""
    db = sqlite3.connect(path)
    root, size = db.execute("SELECT rootpage FROM sqlite_master WHERE name = 'almanac_run_by_model'").fetchone()[0], \
        db.execute("PRAGMA page_size").fetchone()[0]
    db.close()
    with open(path, "r+b") as file:
        file.seek((root - 1) * size)
        file.write(bytes(size))


def lost_index_row(path):
    """A row is put in while the schema does not know of an index."""
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA writable_schema = ON")
    row = db.execute("SELECT * FROM sqlite_master WHERE name = 'almanac_score_by_version'").fetchone()
    db.execute("DELETE FROM sqlite_master WHERE name = 'almanac_score_by_version'")
    db.close()
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("INSERT INTO almanac_score SELECT id + 1000, version_id, run_id, forecaster, channel, metric, value, n_windows, "
               "n_points, from_time, to_time FROM almanac_score LIMIT 1")
    db.execute("PRAGMA writable_schema = ON")
    db.execute("INSERT INTO sqlite_master VALUES (?, ?, ?, ?, ?)", row)
    db.close()


def tensor(change):
    """A payload changed, with a hash that fits."""
    def corrupt(path):
        db = sqlite3.connect(path)
        version, position, name, shape, payload = db.execute(
            "SELECT version_id, position, name, shape, payload FROM almanac_tensor ORDER BY version_id, position LIMIT 1").fetchone()
        shape, payload = change(shape, payload)
        sha = hashlib.sha256(name.encode() + b"\0" + shape.encode() + b"\0" + payload).hexdigest()
        db.execute("UPDATE almanac_tensor SET shape = ?, payload = ?, sha256 = ? WHERE version_id = ? AND position = ?",
                   (shape, payload, sha, version, position))
        db.commit()
        db.close()
    return corrupt


def one_bit(path):
    db = sqlite3.connect(path)
    payload = bytearray(db.execute("SELECT payload FROM almanac_tensor WHERE version_id = 1 AND position = 0").fetchone()[0])
    payload[len(payload) // 2] ^= 1
    db.execute("UPDATE almanac_tensor SET payload = ? WHERE version_id = 1 AND position = 0", (bytes(payload),))
    db.commit()
    db.close()


def infinite(sql):
    """Infinity reaches SQL as 9e999."""
    return sql.replace("inf", "9e999")


CORRUPTIONS = [
    # ---- the file
    ("an index's page is zeros", "F1", zero_page, set()),
    ("an index has lost a row", "F1", lost_index_row, set()),
    ("a forecast of a version that is not there", "F2", "UPDATE almanac_forecast SET version_id = 999 WHERE id = {f}", {"P1"}),
    ("a tensor of a version that is not there", "F2", "INSERT INTO almanac_tensor SELECT 999, position, name, shape, payload, "
     "sha256 FROM almanac_tensor WHERE version_id = {v1}", set()),
    ("a run of a model that is not there", "F2", "UPDATE almanac_run SET model_id = 999 WHERE kind = 'forecast'", {"P1"}),
    ("a migration with another text", "F3", "UPDATE almanac_migration SET sha256 = replace(sha256, 'a', 'b') WHERE number = 2",
     set()),
    ("a migration that is not recorded", "F3", "DELETE FROM almanac_migration WHERE number = 3", set()),
    ("somebody's trigger on our table", "F4", "CREATE TRIGGER spy AFTER INSERT ON almanac_forecast BEGIN SELECT 1; END", set()),
    ("somebody's table of our name", "F4", "CREATE TABLE almanac_mine (x)", set()),
    ("a view is another", "F4", "DROP VIEW almanac_scores; CREATE VIEW almanac_scores AS SELECT 1 AS x", set()),
    ("an index is missing", "F4", "DROP INDEX almanac_run_by_model", set()),
    ("the guard of the history is gone", "F4", lambda path: _drop(path, "almanac_promotion_stays"), set()),
    ("a table has another column", "F4", "ALTER TABLE almanac_score ADD COLUMN mine TEXT", set()),
    # ---- datasets
    ("two rows of one time", "I3", "ALTER TABLE wave RENAME TO old; CREATE TABLE wave AS SELECT * FROM old; DROP TABLE old; "
     "INSERT INTO wave SELECT * FROM wave LIMIT 1", set()),
    ("a value is infinite", "I4", infinite("UPDATE wave SET load = inf WHERE time = (SELECT max(time) FROM wave)"), set()),
    ("a value is a text", "I4", "UPDATE wave SET load = 'n/a' WHERE time = (SELECT max(time) FROM wave)", set()),
    ("a value is a blob", "I4", "UPDATE wave SET load = x'00' WHERE time = (SELECT max(time) FROM wave)", set()),
    ("a time is a text", "I4", "UPDATE wave SET time = 'tomorrow' WHERE time = (SELECT max(time) FROM wave)", set()),
    ("a time is in no year", "I4", "UPDATE wave SET time = 300000000000000 WHERE time = (SELECT max(time) FROM wave)", set()),
    ("a dataset's table is gone", "I7", "DROP TABLE wave", set()),
    ("a channel's column is gone", "I7", "ALTER TABLE wave RENAME COLUMN load TO lo", set()),
    ("a dataset without channels", "I8", "DELETE FROM almanac_channel WHERE dataset_id = 1", set()),
    ("a channel out of order", "I8", "UPDATE almanac_channel SET position = 7 WHERE dataset_id = 1", set()),
    ("a source's column out of order", "I9", "UPDATE almanac_source_id SET position = 3", set()),
    # ---- runs
    ("a run that nobody runs", "R1", "UPDATE almanac_run SET status = 'running', ended = NULL, exit_code = NULL, "
     "duration_s = NULL WHERE kind = 'ingest'", set()),
    ("a run that ended without an end", "R2", "UPDATE almanac_run SET ended = NULL WHERE kind = 'ingest'", set()),
    ("a run that went well with another code", "R2", "UPDATE almanac_run SET exit_code = 74 WHERE kind = 'ingest'", set()),
    ("a failure without a reason", "R2", "UPDATE almanac_run SET status = 'failed', exit_code = 65, message = NULL "
     "WHERE kind = 'ingest'", set()),
    ("a run that lasted less than nothing", "R3", "UPDATE almanac_run SET duration_s = -1 WHERE kind = 'ingest'", set()),
    ("two trainings of one model at once", "R5", "UPDATE almanac_run SET status = 'running', ended = NULL, exit_code = NULL, "
     "duration_s = NULL WHERE kind = 'train' AND model_id = {m1}", {"R1", "M5"}),
    ("closed by another, nobody says why", "R6", "UPDATE almanac_run SET message = 'gone' WHERE status = 'aborted'", set()),
    ("a run of no process", "R7", "UPDATE almanac_run SET pid = 0 WHERE kind = 'ingest'", set()),
    # ---- versions
    ("a bit of a tensor is another", "M1", one_bit, set()),
    ("a tensor is missing", "M1", "DELETE FROM almanac_tensor WHERE version_id = {v1} AND position = 1", set()),
    ("a version without tensors", "M1", "DELETE FROM almanac_tensor WHERE version_id = {v1}", set()),
    ("tensors of two versions have changed places", "M1", "UPDATE almanac_tensor SET payload = (SELECT payload FROM "
     "almanac_tensor AS o WHERE o.version_id <> {v1} AND o.name = 'layer0.U') WHERE version_id = {v1} AND name = 'layer0.U'", set()),
    ("sizes whose product wraps", "M2", tensor(lambda shape, payload: ("[4194305,4194305,211106198978564]", payload)), set()),
    ("a payload that is cut off", "M2", tensor(lambda shape, payload: (shape, payload[:-4])), set()),
    ("two tensors of one name", "M2", "UPDATE almanac_tensor SET name = (SELECT name FROM almanac_tensor AS o WHERE "
     "o.version_id = {v1} AND o.position = 0) WHERE version_id = {v1} AND position = 1", {"M1"}),
    ("a weight that is no number", "M3", tensor(lambda shape, payload: (shape, struct.pack("<f", float("nan")) + payload[4:])),
     set()),
    ("a weight that is infinite", "M3", tensor(lambda shape, payload: (shape, struct.pack("<f", float("inf")) + payload[4:])),
     set()),
    ("nobody knows the cell", "M4", "DELETE FROM almanac_version_fact WHERE version_id = {v1} AND key = 'cell'", set()),
    ("settings that make no plan", "M4", "UPDATE almanac_version_setting SET value = 'soon' WHERE version_id = {v1} AND "
     "key = 'horizon'", set()),
    ("a version of a run that failed", "M5", "UPDATE almanac_run SET status = 'failed', exit_code = 70, message = 'x' WHERE id = "
     "(SELECT run_id FROM almanac_version WHERE id = {v1})", set()),
    ("a version of another model's run", "M6", "UPDATE almanac_version SET run_id = (SELECT run_id FROM almanac_version "
     "WHERE id = {v2}) WHERE id = {v1}", set()),
    ("a bit of a checkpoint is another", "M7", "UPDATE almanac_checkpoint SET payload = zeroblob(length(payload))", set()),
    ("a checkpoint of a run that went well", "M7", "UPDATE almanac_checkpoint SET run_id = (SELECT run_id FROM almanac_version "
     "WHERE id = {v1})", set()),
    ("two versions of one number", "M8", "CREATE TABLE anew AS SELECT * FROM almanac_version; DROP TABLE almanac_version; "
     "ALTER TABLE anew RENAME TO almanac_version; UPDATE almanac_version SET number = 1", {"F4", "F1", "F2"}),
    # ---- champions
    ("no champion", "C1", "UPDATE almanac_model SET champion_id = NULL WHERE id = {m1}", {"C4"}),
    ("a champion that is no version", "C1", "UPDATE almanac_model SET champion_id = 999 WHERE id = {m1}", {"C4", "F2"}),
    ("another model's champion", "C2", "UPDATE almanac_model SET champion_id = {v2} WHERE id = {m1}", {"C4"}),
    ("the last promotion is gone", "C4", "DELETE FROM almanac_promotion WHERE id = (SELECT max(id) FROM almanac_promotion WHERE "
     "model_id = {m1})", set()),
    ("a promotion of another model's version", "C4", "UPDATE almanac_promotion SET version_id = {v2} WHERE id = (SELECT min(id) "
     "FROM almanac_promotion WHERE model_id = {m1})", set()),
    ("a promotion without a reason", "C5", "UPDATE almanac_promotion SET reason = '' WHERE id = 1", set()),
    # ---- forecasts and scores
    ("a forecast of another model's run", "P1", "UPDATE almanac_forecast SET run_id = (SELECT run_id FROM almanac_version "
     "WHERE id = {v2}) WHERE id = {f}", set()),
    ("a forecast of a channel that is none", "P1", "UPDATE almanac_forecast SET channel = 'weight' WHERE id = {f}", set()),
    ("the last step is missing", "P2", "DELETE FROM almanac_forecast_point WHERE forecast_id = {f} AND step = 3", {"Q1"}),
    ("a step in the middle is missing", "P2", "DELETE FROM almanac_forecast_point WHERE forecast_id = {f} AND step = 2", {"Q1"}),
    ("a forecast without points", "P2", "DELETE FROM almanac_forecast_point WHERE forecast_id = {f}", {"Q1"}),
    ("a forecast that is infinite", "P3", infinite("UPDATE almanac_forecast_point SET value = inf WHERE forecast_id = {f} AND "
     "step = 2"), set()),
    ("a forecast that is a text", "P3", "UPDATE almanac_forecast_point SET value = 'much' WHERE forecast_id = {f} AND step = 2",
     set()),
    ("a time off the grid", "P4", "UPDATE almanac_forecast_point SET time = time + 1 WHERE forecast_id = {f} AND step = 2", set()),
    ("a cutoff after the first step", "P4", "UPDATE almanac_forecast SET cutoff = cutoff + 86400000 WHERE id = {f}", set()),
    ("a forecast twice", "P6", "CREATE TABLE anew AS SELECT * FROM almanac_forecast; DROP TABLE almanac_forecast; ALTER TABLE anew "
     "RENAME TO almanac_forecast; INSERT INTO almanac_forecast SELECT id + 1000, version_id, run_id, series, channel, cutoff FROM "
     "almanac_forecast WHERE id = {f}", {"F4", "F1", "F2", "P2", "Q1"}),
    ("a quantile of no step", "Q1", "INSERT INTO almanac_forecast_quantile SELECT forecast_id, step + 100, level, value FROM "
     "almanac_forecast_quantile WHERE forecast_id = {f}", set()),
    ("a quantile is missing", "Q1", "DELETE FROM almanac_forecast_quantile WHERE forecast_id = {f} AND step = 1 AND level < 0.3",
     set()),
    ("a quantile that is infinite", "Q2", infinite("UPDATE almanac_forecast_quantile SET value = inf WHERE forecast_id = {f}"),
     set()),
    ("a score that is infinite", "S1", infinite("UPDATE almanac_score SET value = inf WHERE id = 1"), set()),
    ("a score of no window", "S2", "UPDATE almanac_score SET n_windows = 0 WHERE id = 1", set()),
    ("a score of another model's run", "S3", "UPDATE almanac_score SET run_id = (SELECT run_id FROM almanac_version WHERE "
     "id = {v2}) WHERE id = 1", set()),
]


def _drop(path, trigger):
    db = sqlite3.connect(path)
    db.execute(f"DROP TRIGGER {trigger}")
    db.close()


def corrupt(path, how):
    if callable(how):
        how(path)
        return
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA foreign_keys = OFF")
    db.execute("PRAGMA ignore_check_constraints = ON")
    db.execute("PRAGMA legacy_alter_table = ON")
    one = lambda sql: db.execute(sql).fetchone()[0]
    names = {"m1": one("SELECT id FROM almanac_model WHERE name = 'a'"), "m2": one("SELECT id FROM almanac_model WHERE name = 'b'"),
             "v1": one("SELECT champion_id FROM almanac_model WHERE name = 'a'"),
             "v2": one("SELECT champion_id FROM almanac_model WHERE name = 'b'")}
    names["f"] = one(f"SELECT min(id) FROM almanac_forecast WHERE version_id = {names['v1']}")
    triggers = db.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'almanac_%'").fetchall()
    for name, _ in triggers:
        db.execute(f"DROP TRIGGER {name}")
    before = db.total_changes
    db.executescript(how.format(**names))
    if db.total_changes == before and not any(word in how for word in ("CREATE", "DROP", "ALTER")):
        raise AssertionError(f"nothing was changed by {how}")
    for _, sql in triggers:
        db.execute(sql)
    db.close()
