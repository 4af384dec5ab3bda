-- Where a training stands that has not ended: what `almanac train` goes on from after its process was killed.

CREATE TABLE almanac_checkpoint (
	model_id    INTEGER PRIMARY KEY REFERENCES almanac_model (id) ON DELETE CASCADE, -- of which model; one at a time
	run_id      INTEGER NOT NULL REFERENCES almanac_run (id), -- the training that wrote it
	fingerprint TEXT NOT NULL,        -- SHA-256 over settings, data, cells and kernel: another training does not go on from it
	epoch       INTEGER NOT NULL CHECK (epoch >= 1), -- how many had been completed
	saved       INTEGER NOT NULL,     -- when
	payload     BLOB NOT NULL,        -- counters, weights, the optimiser's state, the best weights; of this machine's byte order
	sha256      TEXT NOT NULL         -- over fingerprint and payload
);
