-- Datasets over data that the application keeps: where their rows are, and how they are read.

CREATE TABLE almanac_source (
	dataset_id  INTEGER PRIMARY KEY REFERENCES almanac_dataset (id) ON DELETE CASCADE, -- of which dataset
	location    TEXT,                 -- absolute path of another SQLite file, or a URL without password; NULL = this file
	relation    TEXT,                 -- table or view, or
	query       TEXT,                 -- one SELECT
	time        TEXT NOT NULL,        -- the column of times
	time_format TEXT NOT NULL,        -- as --time-format takes it: iso, s, ms, us, julian or a strptime format
	copied      INTEGER NOT NULL CHECK (copied IN (0, 1)), -- 0 = read in place; 1 = in a table of its own, see refresh
	CHECK ((relation IS NULL) <> (query IS NULL))
);

-- The columns that tell the series apart, in the order in which they make its name.
CREATE TABLE almanac_source_id (
	dataset_id INTEGER NOT NULL REFERENCES almanac_source (dataset_id) ON DELETE CASCADE, -- of which dataset
	position   INTEGER NOT NULL CHECK (position >= 0), -- 0, 1, ...
	name       TEXT NOT NULL,         -- the column's name
	PRIMARY KEY (dataset_id, position)
) WITHOUT ROWID;

CREATE VIEW almanac_sources AS
SELECT d.name AS dataset, s.location AS file, s.relation AS "table", s.query, s.time, s.time_format,
	(SELECT group_concat(name, ',') FROM
		(SELECT i.name FROM almanac_source_id AS i WHERE i.dataset_id = d.id ORDER BY i.position)) AS series,
	CASE s.copied WHEN 1 THEN 'copied' ELSE 'in place' END AS rows
FROM almanac_source AS s JOIN almanac_dataset AS d ON d.id = s.dataset_id
ORDER BY d.name;
