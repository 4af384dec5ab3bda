-- The time zone that a dataset's times were given in (`almanac ingest --tz`). The times in its table are instants, UTC.

CREATE TABLE almanac_dataset_zone (
	dataset_id INTEGER PRIMARY KEY REFERENCES almanac_dataset (id) ON DELETE CASCADE, -- of which dataset
	zone       TEXT NOT NULL          -- an IANA name, such as America/New_York
);
