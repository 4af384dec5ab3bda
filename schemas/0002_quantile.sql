-- Quantiles that a forecast has beside its points, where the model's loss knows more than a point.

CREATE TABLE almanac_forecast_quantile (
	forecast_id INTEGER NOT NULL REFERENCES almanac_forecast (id) ON DELETE CASCADE, -- of which forecast
	step        INTEGER NOT NULL CHECK (step >= 1), -- as in almanac_forecast_point
	level       REAL NOT NULL CHECK (level > 0 AND level < 1), -- the share of outcomes that should lie below
	value       REAL NOT NULL CHECK (value BETWEEN -1.7976931348623157e308 AND 1.7976931348623157e308), -- in the data's units
	PRIMARY KEY (forecast_id, step, level)
) WITHOUT ROWID;

-- Every quantile of every forecast, as people read it.
CREATE VIEW almanac_quantiles AS
SELECT m.name AS model, v.number AS version, f.series, f.channel,
	datetime(f.cutoff / 1000, 'unixepoch') AS cutoff, p.step,
	datetime(p.time / 1000, 'unixepoch') AS time, q.level, q.value
FROM almanac_forecast AS f JOIN almanac_version AS v ON v.id = f.version_id
JOIN almanac_model AS m ON m.id = v.model_id
JOIN almanac_forecast_point AS p ON p.forecast_id = f.id
JOIN almanac_forecast_quantile AS q ON q.forecast_id = p.forecast_id AND q.step = p.step
ORDER BY m.name, v.number, f.series, f.channel, f.cutoff, p.step, q.level;

-- Those of the newest forecast of every model's champion, for each series and channel.
CREATE VIEW almanac_quantile_latest AS
SELECT m.name AS model, v.number AS version, f.series, f.channel,
	datetime(f.cutoff / 1000, 'unixepoch') AS cutoff, p.step,
	datetime(p.time / 1000, 'unixepoch') AS time, q.level, q.value
FROM almanac_model AS m JOIN almanac_version AS v ON v.id = m.champion_id
JOIN almanac_forecast AS f ON f.version_id = v.id
JOIN almanac_forecast_point AS p ON p.forecast_id = f.id
JOIN almanac_forecast_quantile AS q ON q.forecast_id = p.forecast_id AND q.step = p.step
WHERE f.cutoff = (SELECT max(g.cutoff) FROM almanac_forecast AS g
	WHERE g.version_id = f.version_id AND g.series = f.series AND g.channel = f.channel)
ORDER BY m.name, f.series, f.channel, p.step, q.level;
