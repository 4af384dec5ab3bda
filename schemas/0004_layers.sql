-- A model's layers may be a list of their own, "lstm:128;gru:64,dropout=0.2": then it stands where the cell stands, and units are
-- those of no one layer (NULL).

DROP VIEW almanac_models;
CREATE VIEW almanac_models AS
SELECT m.name AS model, d.name AS dataset,
	coalesce(
		(SELECT nullif(s.value, '') FROM almanac_model_setting AS s WHERE s.model_id = m.id AND s.key = 'layer'),
		(SELECT s.value FROM almanac_model_setting AS s WHERE s.model_id = m.id AND s.key = 'cell')) AS cell,
	(SELECT s.value FROM almanac_model_setting AS s WHERE s.model_id = m.id AND s.key = 'lookback') AS lookback,
	(SELECT s.value FROM almanac_model_setting AS s WHERE s.model_id = m.id AND s.key = 'horizon') AS horizon,
	v.number AS champion,
	(SELECT count(*) FROM almanac_version AS a WHERE a.model_id = m.id) AS versions,
	datetime(v.created / 1000, 'unixepoch') AS trained
FROM almanac_model AS m JOIN almanac_dataset AS d ON d.id = m.dataset_id
LEFT JOIN almanac_version AS v ON v.id = m.champion_id
ORDER BY m.name;

DROP VIEW almanac_versions;
CREATE VIEW almanac_versions AS
SELECT m.name AS model, v.number AS version, v.id = m.champion_id AS champion,
	coalesce(
		(SELECT nullif(s.value, '') FROM almanac_version_setting AS s WHERE s.version_id = v.id AND s.key = 'layer'),
		(SELECT f.value FROM almanac_version_fact AS f WHERE f.version_id = v.id AND f.key = 'cell')) AS cell,
	CASE WHEN NOT EXISTS (SELECT 1 FROM almanac_version_setting AS s
			WHERE s.version_id = v.id AND s.key = 'layer' AND s.value <> '')
		THEN CAST((SELECT s.value FROM almanac_version_setting AS s WHERE s.version_id = v.id AND s.key = 'units') AS INTEGER)
		END AS units,
	CAST((SELECT f.value FROM almanac_run_fact AS f WHERE f.run_id = r.id AND f.key = 'epochs') AS INTEGER) AS epochs,
	CAST((SELECT f.value FROM almanac_run_fact AS f WHERE f.run_id = r.id AND f.key = 'train_loss') AS REAL) AS train_loss,
	CAST((SELECT f.value FROM almanac_run_fact AS f WHERE f.run_id = r.id AND f.key = 'valid_loss') AS REAL) AS valid_loss,
	CAST((SELECT f.value FROM almanac_run_fact AS f WHERE f.run_id = r.id AND f.key = 'train_seconds') AS REAL) AS seconds,
	datetime(v.created / 1000, 'unixepoch') AS created
FROM almanac_version AS v JOIN almanac_model AS m ON m.id = v.model_id
JOIN almanac_run AS r ON r.id = v.run_id
ORDER BY m.name, v.number;
