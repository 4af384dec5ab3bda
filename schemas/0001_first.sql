-- Almanac's own tables. All times are milliseconds since 1970-01-01 UTC, all names are UTF-8; the views at the
-- end are made for people: one row a thing, times readable, nothing to join. No table is STRICT: an SQLite before
-- 3.37 in the application whose file this is could not open the file any more.

-- Which migrations this file has seen.
CREATE TABLE almanac_migration (
	number  INTEGER PRIMARY KEY,      -- 1, 2, ... the number in the file name of the migration
	name    TEXT NOT NULL,            -- its file name without .sql
	sha256  TEXT NOT NULL,            -- of its text, as lower-case hex
	applied INTEGER NOT NULL          -- when
);

-- Datasets. The data of each is in a table of its own with the dataset's name.
CREATE TABLE almanac_dataset (
	id      INTEGER PRIMARY KEY,      -- referred to by channels, models and runs
	name    TEXT NOT NULL COLLATE NOCASE UNIQUE, -- also the name of its table
	unit    TEXT NOT NULL CHECK (unit IN ('s', 'ms')), -- of the column `time` in that table
	created INTEGER NOT NULL          -- when
);

-- The numeric columns of a dataset, in the order of its table.
CREATE TABLE almanac_channel (
	dataset_id INTEGER NOT NULL REFERENCES almanac_dataset (id) ON DELETE CASCADE, -- whose
	position   INTEGER NOT NULL CHECK (position >= 0), -- 0, 1, ...
	name       TEXT NOT NULL COLLATE NOCASE, -- the column's name
	PRIMARY KEY (dataset_id, position),
	UNIQUE (dataset_id, name)
) WITHOUT ROWID;

-- Models: a named spec, and which of its versions forecasts.
CREATE TABLE almanac_model (
	id          INTEGER PRIMARY KEY,  -- referred to by versions and runs; also the byte that is locked
	name        TEXT NOT NULL COLLATE NOCASE UNIQUE, -- as given to `almanac train`
	dataset_id  INTEGER NOT NULL REFERENCES almanac_dataset (id), -- what it is trained on
	champion_id INTEGER REFERENCES almanac_version (id) DEFERRABLE INITIALLY DEFERRED, -- NULL until trained
	created     INTEGER NOT NULL      -- when
);

-- The spec of a model: every setting that `almanac train` knows.
CREATE TABLE almanac_model_setting (
	model_id INTEGER NOT NULL REFERENCES almanac_model (id) ON DELETE CASCADE, -- of which model
	key      TEXT NOT NULL,           -- the option of `almanac train` without its dashes
	value    TEXT NOT NULL,           -- as that option takes it
	PRIMARY KEY (model_id, key)
) WITHOUT ROWID;

-- Runs: every execution of a verb that writes.
CREATE TABLE almanac_run (
	id         INTEGER PRIMARY KEY,   -- referred to by versions, forecasts and scores
	kind       TEXT NOT NULL CHECK (kind IN ('ingest', 'train', 'backtest', 'forecast')), -- the verb
	dataset_id INTEGER REFERENCES almanac_dataset (id), -- which data, if any
	model_id   INTEGER REFERENCES almanac_model (id),   -- which model, if any
	status     TEXT NOT NULL CHECK (status IN ('running', 'ok', 'degraded', 'failed', 'aborted')), -- how it went
	started    INTEGER NOT NULL,      -- when, by the wall clock
	ended      INTEGER,               -- when; NULL while running
	duration_s REAL,                  -- by the monotonic clock; NULL while running
	host       TEXT NOT NULL,         -- where
	pid        INTEGER NOT NULL,      -- of the process
	program    TEXT NOT NULL,         -- version of Almanac
	exit_code  INTEGER,               -- of the process; NULL while running
	message    TEXT                   -- the error, or NULL
);

-- Figures of a run: epochs, losses, rows.
CREATE TABLE almanac_run_fact (
	run_id INTEGER NOT NULL REFERENCES almanac_run (id) ON DELETE CASCADE, -- of which run
	key    TEXT NOT NULL,             -- what
	value  TEXT NOT NULL,             -- how much
	PRIMARY KEY (run_id, key)
) WITHOUT ROWID;

-- Versions: the trained instances of a model.
CREATE TABLE almanac_version (
	id       INTEGER PRIMARY KEY,     -- referred to by tensors, forecasts and scores
	model_id INTEGER NOT NULL REFERENCES almanac_model (id), -- of which model
	number   INTEGER NOT NULL CHECK (number >= 1), -- 1, 2, ... within the model
	run_id   INTEGER NOT NULL REFERENCES almanac_run (id), -- the training that made it
	created  INTEGER NOT NULL,        -- when
	UNIQUE (model_id, number)
);

-- The spec that a version was trained by: the model's settings then, with grid step and split filled in.
CREATE TABLE almanac_version_setting (
	version_id INTEGER NOT NULL REFERENCES almanac_version (id) ON DELETE CASCADE, -- of which version
	key        TEXT NOT NULL,         -- the option of `almanac train` without its dashes
	value      TEXT NOT NULL,         -- as that option takes it
	PRIMARY KEY (version_id, key)
) WITHOUT ROWID;

-- What else its weights depend on: the cell with its layout and the hash of its file, the kernel, the channels.
CREATE TABLE almanac_version_fact (
	version_id INTEGER NOT NULL REFERENCES almanac_version (id) ON DELETE CASCADE, -- of which version
	key        TEXT NOT NULL,         -- "cell", "kernel", "channel.0"
	value      TEXT NOT NULL,         -- of it
	PRIMARY KEY (version_id, key)
) WITHOUT ROWID;

-- The parameters and the scaler of a version, as little-endian float32 arrays.
CREATE TABLE almanac_tensor (
	version_id INTEGER NOT NULL REFERENCES almanac_version (id) ON DELETE CASCADE, -- of which version
	position   INTEGER NOT NULL CHECK (position >= 0), -- order within it
	name       TEXT NOT NULL,         -- "layer0.W", "head.b", "scaler.scale"
	shape      TEXT NOT NULL,         -- sizes as "[24,4,64]", row-major
	payload    BLOB NOT NULL,         -- the values
	sha256     TEXT NOT NULL,         -- over name, shape and payload
	PRIMARY KEY (version_id, position)
) WITHOUT ROWID;

-- Every change of a champion, for ever.
CREATE TABLE almanac_promotion (
	id         INTEGER PRIMARY KEY,   -- in the order it happened
	model_id   INTEGER NOT NULL REFERENCES almanac_model (id),   -- which model
	version_id INTEGER NOT NULL REFERENCES almanac_version (id), -- its new champion
	reason     TEXT NOT NULL,         -- why, in a word: "trained"
	promoted   INTEGER NOT NULL       -- when
);

CREATE TRIGGER almanac_promotion_stays BEFORE UPDATE ON almanac_promotion
BEGIN
	SELECT raise(ABORT, 'the history of promotions is only appended to');
END;

CREATE TRIGGER almanac_promotion_remains BEFORE DELETE ON almanac_promotion
BEGIN
	SELECT raise(ABORT, 'the history of promotions is only appended to');
END;

-- Forecasts: one of a version for a series and channel at a cutoff.
CREATE TABLE almanac_forecast (
	id         INTEGER PRIMARY KEY,   -- referred to by its points
	version_id INTEGER NOT NULL REFERENCES almanac_version (id), -- what made it
	run_id     INTEGER NOT NULL REFERENCES almanac_run (id), -- when and where it was made
	series     TEXT NOT NULL,         -- '' when the dataset has one series without a name
	channel    TEXT NOT NULL,         -- the target
	cutoff     INTEGER NOT NULL,      -- the last instant it could look at
	UNIQUE (version_id, series, channel, cutoff)
);

-- The values of a forecast.
CREATE TABLE almanac_forecast_point (
	forecast_id INTEGER NOT NULL REFERENCES almanac_forecast (id) ON DELETE CASCADE, -- of which forecast
	step        INTEGER NOT NULL CHECK (step >= 1), -- 1 = the first of the horizon
	time        INTEGER NOT NULL,     -- the instant it is for
	value       REAL NOT NULL CHECK (value BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308), -- in the data's units
	PRIMARY KEY (forecast_id, step)
) WITHOUT ROWID;

-- Scores of backtests: a metric of a forecaster over windows.
CREATE TABLE almanac_score (
	id         INTEGER PRIMARY KEY,   -- in the order they were made
	version_id INTEGER NOT NULL REFERENCES almanac_version (id), -- the version that was tested
	run_id     INTEGER NOT NULL REFERENCES almanac_run (id), -- the backtest
	forecaster TEXT NOT NULL,         -- 'model' or the name of a baseline
	channel    TEXT NOT NULL,         -- '' = over all targets
	metric     TEXT NOT NULL,         -- 'mae', 'rmse', 'mape', 'mase'
	value      REAL CHECK (value IS NULL OR value BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308), -- NULL = undefined
	n_windows  INTEGER NOT NULL,      -- how many windows
	n_points   INTEGER NOT NULL,      -- how many observed targets in them
	from_time  INTEGER NOT NULL,      -- first target
	to_time    INTEGER NOT NULL       -- last target
);

CREATE INDEX almanac_run_by_model ON almanac_run (model_id, status);
CREATE INDEX almanac_score_by_version ON almanac_score (version_id);

CREATE VIEW almanac_datasets AS
SELECT d.name AS dataset,
	(SELECT count(*) FROM almanac_channel AS c WHERE c.dataset_id = d.id) AS channels,
	d.unit AS time_unit,
	datetime(d.created / 1000, 'unixepoch') AS created
FROM almanac_dataset AS d
ORDER BY d.name;

CREATE VIEW almanac_channels AS
SELECT d.name AS dataset, c.position, c.name AS channel
FROM almanac_channel AS c JOIN almanac_dataset AS d ON d.id = c.dataset_id
ORDER BY d.name, c.position;

CREATE VIEW almanac_models AS
SELECT m.name AS model, d.name AS dataset,
	(SELECT s.value FROM almanac_model_setting AS s WHERE s.model_id = m.id AND s.key = 'cell') AS cell,
	(SELECT s.value FROM almanac_model_setting AS s WHERE s.model_id = m.id AND s.key = 'lookback') AS lookback,
	(SELECT s.value FROM almanac_model_setting AS s WHERE s.model_id = m.id AND s.key = 'horizon') AS horizon,
	v.number AS champion,
	(SELECT count(*) FROM almanac_version AS a WHERE a.model_id = m.id) AS versions,
	datetime(v.created / 1000, 'unixepoch') AS trained
FROM almanac_model AS m JOIN almanac_dataset AS d ON d.id = m.dataset_id
LEFT JOIN almanac_version AS v ON v.id = m.champion_id
ORDER BY m.name;

CREATE VIEW almanac_versions AS
SELECT m.name AS model, v.number AS version, v.id = m.champion_id AS champion,
	(SELECT f.value FROM almanac_version_fact AS f WHERE f.version_id = v.id AND f.key = 'cell') AS cell,
	CAST((SELECT s.value FROM almanac_version_setting AS s WHERE s.version_id = v.id AND s.key = 'units') AS INTEGER) AS units,
	CAST((SELECT f.value FROM almanac_run_fact AS f WHERE f.run_id = r.id AND f.key = 'epochs') AS INTEGER) AS epochs,
	CAST((SELECT f.value FROM almanac_run_fact AS f WHERE f.run_id = r.id AND f.key = 'train_loss') AS REAL) AS train_loss,
	CAST((SELECT f.value FROM almanac_run_fact AS f WHERE f.run_id = r.id AND f.key = 'valid_loss') AS REAL) AS valid_loss,
	CAST((SELECT f.value FROM almanac_run_fact AS f WHERE f.run_id = r.id AND f.key = 'train_seconds') AS REAL) AS seconds,
	datetime(v.created / 1000, 'unixepoch') AS created
FROM almanac_version AS v JOIN almanac_model AS m ON m.id = v.model_id
JOIN almanac_run AS r ON r.id = v.run_id
ORDER BY m.name, v.number;

CREATE VIEW almanac_runs AS
SELECT r.id AS run, r.kind, d.name AS dataset, m.name AS model, r.status,
	datetime(r.started / 1000, 'unixepoch') AS started, round(r.duration_s, 3) AS seconds, r.exit_code,
	r.host, r.pid, r.message
FROM almanac_run AS r LEFT JOIN almanac_dataset AS d ON d.id = r.dataset_id
LEFT JOIN almanac_model AS m ON m.id = r.model_id
ORDER BY r.id;

CREATE VIEW almanac_forecasts AS
SELECT m.name AS model, v.number AS version, f.series, f.channel,
	datetime(f.cutoff / 1000, 'unixepoch') AS cutoff, p.step,
	datetime(p.time / 1000, 'unixepoch') AS time, p.value
FROM almanac_forecast AS f JOIN almanac_version AS v ON v.id = f.version_id
JOIN almanac_model AS m ON m.id = v.model_id
JOIN almanac_forecast_point AS p ON p.forecast_id = f.id
ORDER BY m.name, v.number, f.series, f.channel, f.cutoff, p.step;

-- The newest forecast of every model's champion, for each series and channel.
CREATE VIEW almanac_forecast_latest AS
SELECT m.name AS model, v.number AS version, f.series, f.channel,
	datetime(f.cutoff / 1000, 'unixepoch') AS cutoff, p.step,
	datetime(p.time / 1000, 'unixepoch') AS time, p.value
FROM almanac_model AS m JOIN almanac_version AS v ON v.id = m.champion_id
JOIN almanac_forecast AS f ON f.version_id = v.id
JOIN almanac_forecast_point AS p ON p.forecast_id = f.id
WHERE f.cutoff = (SELECT max(g.cutoff) FROM almanac_forecast AS g
	WHERE g.version_id = f.version_id AND g.series = f.series AND g.channel = f.channel)
ORDER BY m.name, f.series, f.channel, p.step;

CREATE VIEW almanac_scores AS
SELECT m.name AS model, v.number AS version, s.forecaster, s.channel, s.metric, s.value, s.n_windows, s.n_points,
	datetime(s.from_time / 1000, 'unixepoch') AS from_time,
	datetime(s.to_time / 1000, 'unixepoch') AS to_time, s.run_id AS run
FROM almanac_score AS s JOIN almanac_version AS v ON v.id = s.version_id
JOIN almanac_model AS m ON m.id = v.model_id
ORDER BY s.id;
