-- Drift: what a version was trained on, in numbers that the newest rows and live errors are compared with, and what came of it.

-- One channel as it was in the training part, in the units that the version's scaler makes. docs/drift.md says what each is for.
CREATE TABLE almanac_drift_reference (
	version_id   INTEGER NOT NULL REFERENCES almanac_version (id) ON DELETE CASCADE, -- of which version
	channel      TEXT NOT NULL,           -- which
	window_ms    INTEGER NOT NULL CHECK (window_ms > 0), -- length of the windows that are compared
	n_windows    INTEGER NOT NULL CHECK (n_windows >= 0), -- how often that fits into the training part
	n_values     INTEGER NOT NULL CHECK (n_values >= 0),  -- observed values
	missing_most REAL NOT NULL CHECK (missing_most BETWEEN 0 AND 1), -- largest share of missing rows in a window
	low          REAL NOT NULL CHECK (low BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308),  -- smallest value
	high         REAL NOT NULL CHECK (high BETWEEN low AND 1.7976931348623157e308), -- largest value
	psi_most     REAL NOT NULL CHECK (psi_most BETWEEN 0 AND 1.7976931348623157e308), -- largest stability index of a window
	psi_high     REAL NOT NULL CHECK (psi_high BETWEEN 0 AND psi_most), -- one window in ten has a larger one
	psi_excess   REAL NOT NULL CHECK (psi_excess BETWEEN 0 AND psi_most), -- by so much in the mean
	baseline_mae REAL CHECK (baseline_mae BETWEEN 0 AND 1.7976931348623157e308), -- of a target: error of seasonal naive where it was tested
	hours        TEXT NOT NULL,           -- JSON: the usual value in each hour of the week, from Thursday 00:00 UTC on
	year         TEXT NOT NULL,           -- JSON: on top of it a constant and the waves of a year, cosine and sine of each
	edges        TEXT NOT NULL,           -- JSON: what parts the bins of what is left
	counts       TEXT NOT NULL,           -- JSON: how many values each bin has
	PRIMARY KEY (version_id, channel)
) WITHOUT ROWID;

-- How far a version was off on rows that it had not been fitted to, one night after the other, in logarithms; docs/drift.md has the formula.
CREATE TABLE almanac_drift_error (
	version_id INTEGER PRIMARY KEY REFERENCES almanac_version (id) ON DELETE CASCADE, -- of which version
	n_nights   INTEGER NOT NULL CHECK (n_nights >= 0), -- forecasts that were compared, no two of the same rows
	error      REAL NOT NULL CHECK (error BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308), -- mean of its own errors
	ratio      REAL NOT NULL CHECK (ratio BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308), -- mean of these by those of seasonal naive
	mean       REAL NOT NULL CHECK (mean BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308), -- of the smaller of what both exceed their mean by
	deviation  REAL NOT NULL CHECK (deviation BETWEEN 0 AND 1.7976931348623157e308) -- of the same
);

-- How a version's data and errors looked when they were last compared. Runs keep what was said each time.
CREATE TABLE almanac_drift (
	version_id INTEGER NOT NULL REFERENCES almanac_version (id) ON DELETE CASCADE, -- of which version
	kind       TEXT NOT NULL CHECK (kind IN ('psi', 'missing', 'range', 'error')), -- what was compared
	channel    TEXT NOT NULL,             -- of which channel; '' = of all, for errors
	run_id     INTEGER NOT NULL REFERENCES almanac_run (id), -- by whom
	until      INTEGER NOT NULL,          -- the newest row that was looked at
	value      REAL NOT NULL CHECK (value BETWEEN 0 AND 1.7976931348623157e308), -- what came out
	most       REAL NOT NULL CHECK (most BETWEEN 0 AND 1.7976931348623157e308),  -- above this it is drift
	drifted    INTEGER NOT NULL CHECK (drifted IN (0, 1)), -- it is
	since      INTEGER CHECK ((since IS NULL) = (drifted = 0)), -- the newest row when that was first found without a break
	PRIMARY KEY (version_id, kind, channel)
) WITHOUT ROWID;

-- What drifts first, in digits for people.
CREATE VIEW almanac_drifts AS
SELECT m.name AS model, v.number AS version, d.kind, nullif(d.channel, '') AS channel, round(d.value, 4) AS value,
	round(d.most, 4) AS most, d.drifted,
	datetime(d.since / 1000, 'unixepoch') AS since, datetime(d.until / 1000, 'unixepoch') AS until, d.run_id AS run
FROM almanac_drift AS d JOIN almanac_version AS v ON v.id = d.version_id
JOIN almanac_model AS m ON m.id = v.model_id
ORDER BY m.name, v.number, d.drifted DESC, d.kind, d.channel;
