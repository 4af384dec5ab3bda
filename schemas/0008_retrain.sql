-- Retraining that nobody watches: when a model is due, what a promotion rests on, and how forecasts fared.

-- The kinds of runs are the verbs, which grow with every release: the column has no list of them any more. A run may also have
-- been skipped, as there was nothing to do. (A CHECK cannot be changed in place: the table is made anew. Whoever migrates has
-- foreign keys off for this, and checks them before the commit.)
DROP VIEW almanac_runs;
DROP VIEW almanac_versions;
CREATE TABLE almanac_run_anew (
	id         INTEGER PRIMARY KEY,   -- referred to by versions, forecasts and scores
	kind       TEXT NOT NULL,         -- the verb
	dataset_id INTEGER REFERENCES almanac_dataset (id), -- which data, if any
	model_id   INTEGER REFERENCES almanac_model (id),   -- which model, if any
	status     TEXT NOT NULL CHECK (status IN ('running', 'ok', 'skipped', 'degraded', 'failed', 'aborted')), -- how it went
	started    INTEGER NOT NULL,      -- when, by the wall clock
	ended      INTEGER,               -- when; NULL while running
	duration_s REAL,                  -- by the monotonic clock; NULL while running
	host       TEXT NOT NULL,         -- where
	pid        INTEGER NOT NULL,      -- of the process
	program    TEXT NOT NULL,         -- version of Almanac
	exit_code  INTEGER,               -- of the process; NULL while running
	message    TEXT                   -- the error, what was done and why, or NULL
);
INSERT INTO almanac_run_anew SELECT id, kind, dataset_id, model_id, status, started, ended, duration_s, host, pid, program,
	exit_code, message FROM almanac_run;
DROP TABLE almanac_run;
ALTER TABLE almanac_run_anew RENAME TO almanac_run;
CREATE INDEX almanac_run_by_model ON almanac_run (model_id, kind, id);
CREATE INDEX almanac_run_open ON almanac_run (id) WHERE status = 'running'; -- those that whoever begins a run looks through

-- When a model is trained again and how: the options of `almanac retrain` that were given, without their dashes.
CREATE TABLE almanac_policy (
	model_id INTEGER NOT NULL REFERENCES almanac_model (id) ON DELETE CASCADE, -- of which model
	key      TEXT NOT NULL,           -- the option
	value    TEXT NOT NULL,           -- as that option takes it
	PRIMARY KEY (model_id, key)
) WITHOUT ROWID;

-- What a promotion rests on: errors of the champion before, of the version and of the best baseline, on the same windows.
ALTER TABLE almanac_promotion ADD COLUMN run_id INTEGER REFERENCES almanac_run (id); -- the run that decided; NULL before 0.3
ALTER TABLE almanac_promotion ADD COLUMN champion_error REAL;   -- of the champion before; NULL when there was none, or nobody asked
ALTER TABLE almanac_promotion ADD COLUMN challenger_error REAL; -- of the version
ALTER TABLE almanac_promotion ADD COLUMN baseline_error REAL;   -- of the best baseline

ALTER TABLE almanac_version ADD COLUMN parent_id INTEGER REFERENCES almanac_version (id); -- whose weights it began with; NULL = random ones
ALTER TABLE almanac_version ADD COLUMN data_to INTEGER; -- the last instant of the data it was made from; NULL before 0.3
ALTER TABLE almanac_version ADD COLUMN pruned INTEGER;  -- when its weights were dropped; NULL = they are there

-- The state of the optimiser that belongs to a version's weights: what a warm training begins with.
CREATE TABLE almanac_optimizer_state (
	version_id INTEGER PRIMARY KEY REFERENCES almanac_version (id) ON DELETE CASCADE, -- of which version
	steps      INTEGER NOT NULL CHECK (steps >= 0), -- how many it has taken
	payload    BLOB NOT NULL,         -- little-endian float32, slot after slot, each as long as all weights
	sha256     TEXT NOT NULL          -- over steps and payload
);

-- How a forecast fared, once there were observations to compare it with.
CREATE TABLE almanac_forecast_score (
	forecast_id    INTEGER PRIMARY KEY REFERENCES almanac_forecast (id) ON DELETE CASCADE, -- of which forecast
	run_id         INTEGER NOT NULL REFERENCES almanac_run (id), -- when it was last scored, and by whom
	n_points       INTEGER NOT NULL CHECK (n_points >= 1), -- observed values it was compared with; scored again while fewer than its steps
	mae            REAL NOT NULL CHECK (mae BETWEEN 0 AND 1.7976931348623157e308),  -- mean absolute error, in the data's units
	rmse           REAL NOT NULL CHECK (rmse BETWEEN 0 AND 1.7976931348623157e308), -- root of the mean squared error
	bias           REAL NOT NULL CHECK (bias BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308), -- mean of forecast less observation
	baseline       TEXT NOT NULL,     -- the baseline beside it
	baseline_mae   REAL               -- its error on the same values; NULL when it had nothing to go by
);

CREATE VIEW almanac_runs AS
SELECT r.id AS run, r.kind, d.name AS dataset, m.name AS model, r.status,
	datetime(r.started / 1000, 'unixepoch') AS started, round(r.duration_s, 3) AS seconds, r.exit_code,
	r.host, r.pid, r.message
FROM almanac_run AS r LEFT JOIN almanac_dataset AS d ON d.id = r.dataset_id
LEFT JOIN almanac_model AS m ON m.id = r.model_id
ORDER BY r.id;

CREATE VIEW almanac_versions AS
SELECT m.name AS model, v.number AS version, v.id = m.champion_id AS champion,
	coalesce(
		(SELECT nullif(s.value, '') FROM almanac_version_setting AS s WHERE s.version_id = v.id AND s.key = 'layer'),
		(SELECT f.value FROM almanac_version_fact AS f WHERE f.version_id = v.id AND f.key = 'cell')) AS cell,
	CASE WHEN NOT EXISTS (SELECT 1 FROM almanac_version_setting AS s
			WHERE s.version_id = v.id AND s.key = 'layer' AND s.value <> '')
		THEN CAST((SELECT s.value FROM almanac_version_setting AS s WHERE s.version_id = v.id AND s.key = 'units') AS INTEGER)
		END AS units,
	(SELECT p.number FROM almanac_version AS p WHERE p.id = v.parent_id) AS warm_from,
	CAST((SELECT f.value FROM almanac_run_fact AS f WHERE f.run_id = r.id AND f.key = 'epochs') AS INTEGER) AS epochs,
	CAST((SELECT f.value FROM almanac_run_fact AS f WHERE f.run_id = r.id AND f.key = 'train_loss') AS REAL) AS train_loss,
	CAST((SELECT f.value FROM almanac_run_fact AS f WHERE f.run_id = r.id AND f.key = 'valid_loss') AS REAL) AS valid_loss,
	CAST((SELECT f.value FROM almanac_run_fact AS f WHERE f.run_id = r.id AND f.key = 'train_seconds') AS REAL) AS seconds,
	datetime(v.data_to / 1000, 'unixepoch') AS data_to,
	datetime(v.created / 1000, 'unixepoch') AS created,
	datetime(v.pruned / 1000, 'unixepoch') AS pruned
FROM almanac_version AS v JOIN almanac_model AS m ON m.id = v.model_id
JOIN almanac_run AS r ON r.id = v.run_id
ORDER BY m.name, v.number;

-- Every change of a champion, with what it rests on.
CREATE VIEW almanac_promotions AS
SELECT m.name AS model, v.number AS version, p.reason, p.champion_error, p.challenger_error, p.baseline_error,
	p.run_id AS run, datetime(p.promoted / 1000, 'unixepoch') AS promoted
FROM almanac_promotion AS p JOIN almanac_model AS m ON m.id = p.model_id
JOIN almanac_version AS v ON v.id = p.version_id
ORDER BY p.id;

-- The error of forecasts as they came true, by cutoff, beside the baseline.
CREATE VIEW almanac_live_scores AS
SELECT m.name AS model, v.number AS version, f.series, f.channel,
	datetime(f.cutoff / 1000, 'unixepoch') AS cutoff, s.n_points, s.mae, s.rmse, s.bias, s.baseline, s.baseline_mae
FROM almanac_forecast_score AS s JOIN almanac_forecast AS f ON f.id = s.forecast_id
JOIN almanac_version AS v ON v.id = f.version_id
JOIN almanac_model AS m ON m.id = v.model_id
ORDER BY m.name, f.cutoff, f.series, f.channel, v.number;

CREATE VIEW almanac_policies AS
SELECT m.name AS model, p.key AS option, p.value
FROM almanac_policy AS p JOIN almanac_model AS m ON m.id = p.model_id
ORDER BY m.name, p.key;
