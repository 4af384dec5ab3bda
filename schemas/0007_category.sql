-- Channels whose values are texts: categories. Their column in the dataset's table is TEXT, that of numbers REAL.

ALTER TABLE almanac_channel ADD COLUMN kind TEXT NOT NULL DEFAULT 'number' CHECK (kind IN ('number', 'category'));

DROP VIEW almanac_channels;
CREATE VIEW almanac_channels AS
SELECT d.name AS dataset, c.position, c.name AS channel, c.kind
FROM almanac_channel AS c JOIN almanac_dataset AS d ON d.id = c.dataset_id
ORDER BY d.name, c.position;

-- The words that a version knows of its categories: facts "word.<channel>.<place>". Code 0 is of every other word.
CREATE VIEW almanac_words AS
SELECT m.name AS model, v.number AS version, c.value AS channel,
	1 + CAST(substr(f.key, 6 + instr(substr(f.key, 6), '.')) AS INTEGER) AS code, f.value AS word
FROM almanac_version_fact AS f JOIN almanac_version AS v ON v.id = f.version_id
JOIN almanac_model AS m ON m.id = v.model_id
JOIN almanac_version_fact AS c ON c.version_id = f.version_id
	AND c.key = 'channel.' || substr(f.key, 6, instr(substr(f.key, 6), '.') - 1)
WHERE f.key GLOB 'word.*'
ORDER BY m.name, v.number, channel, code;
