-- A model may have a network for each series (--per-series): checkpoints and states of optimisers are each of one network. (A
-- primary key cannot be changed in place: the tables are made anew.)

CREATE TABLE almanac_checkpoint_anew (
	model_id    INTEGER NOT NULL REFERENCES almanac_model (id) ON DELETE CASCADE, -- of which model
	series      TEXT NOT NULL,        -- whose network; '' = the one of all series
	run_id      INTEGER NOT NULL REFERENCES almanac_run (id), -- the training that wrote it
	fingerprint TEXT NOT NULL,        -- SHA-256 over settings, data, cells and kernel: another training does not go on from it
	epoch       INTEGER NOT NULL CHECK (epoch >= 1), -- how many had been completed
	saved       INTEGER NOT NULL,     -- when
	payload     BLOB NOT NULL,        -- counters, weights, the optimiser's state, and the best of both unless the network is finished; of this machine's byte order
	sha256      TEXT NOT NULL,        -- over fingerprint and payload
	PRIMARY KEY (model_id, series)
);
INSERT INTO almanac_checkpoint_anew SELECT model_id, '', run_id, fingerprint, epoch, saved, payload, sha256 FROM almanac_checkpoint;
DROP TABLE almanac_checkpoint;
ALTER TABLE almanac_checkpoint_anew RENAME TO almanac_checkpoint;

CREATE TABLE almanac_optimizer_state_anew (
	version_id INTEGER NOT NULL REFERENCES almanac_version (id) ON DELETE CASCADE, -- of which version
	series     TEXT NOT NULL,         -- whose network; '' = the one of all series
	steps      INTEGER NOT NULL CHECK (steps >= 0), -- how many it has taken
	payload    BLOB NOT NULL,         -- little-endian float32, slot after slot, each as long as all weights of the network
	sha256     TEXT NOT NULL,         -- over steps and payload
	PRIMARY KEY (version_id, series)
);
INSERT INTO almanac_optimizer_state_anew SELECT version_id, '', steps, payload, sha256 FROM almanac_optimizer_state;
DROP TABLE almanac_optimizer_state;
ALTER TABLE almanac_optimizer_state_anew RENAME TO almanac_optimizer_state;
