/**
 * The tables of schema version 1. Released schemas never change: a new version is a new migration.
 *
 * - Everything of a study hangs on its number and goes with it (ON DELETE CASCADE).
 * - Columns of type ANY hold numbers whose every bit counts: a REAL column would turn -0 into 0 and NaN into NULL.
 *   There NaN is the text 'NaN', and NULL means that there is no number.
 * - `studies` counts its trials, so that a list of studies reads one row a study.
 * - `rows_sha256` and `environments` keep equal contents once.
 */
export const schemaVersion1 = `
CREATE TABLE studies (
  study INTEGER PRIMARY KEY,
  name TEXT NOT NULL UNIQUE,
  created_at TEXT NOT NULL,
  declaration TEXT NOT NULL,
  description TEXT NOT NULL,
  code_hash TEXT NOT NULL,
  trials INTEGER NOT NULL DEFAULT 0,
  complete INTEGER NOT NULL DEFAULT 0,
  pruned INTEGER NOT NULL DEFAULT 0,
  failed INTEGER NOT NULL DEFAULT 0
) STRICT;

CREATE TABLE leases (
  study INTEGER PRIMARY KEY REFERENCES studies ON DELETE CASCADE,
  holder TEXT NOT NULL,
  pid INTEGER NOT NULL,
  host TEXT NOT NULL,
  process TEXT,
  since TEXT NOT NULL,
  renewed_at INTEGER NOT NULL
) STRICT;

CREATE TABLE metrics (
  study INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
  metric INTEGER NOT NULL,
  name TEXT NOT NULL,
  PRIMARY KEY (study, metric),
  UNIQUE (study, name)
) STRICT, WITHOUT ROWID;

CREATE TABLE trials (
  study INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
  trial INTEGER NOT NULL,
  plan_group INTEGER NOT NULL,
  params TEXT NOT NULL,
  proposer TEXT NOT NULL,
  reason TEXT NOT NULL,
  parent INTEGER,
  budget ANY,
  note TEXT,
  proposed_at TEXT NOT NULL,
  started_at TEXT,
  PRIMARY KEY (study, trial)
) STRICT, WITHOUT ROWID;

CREATE TABLE outcomes (
  study INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('complete', 'pruned', 'failed')),
  incident_kind TEXT,
  incident_message TEXT,
  incident_code TEXT,
  incident_stack TEXT,
  ended_at TEXT NOT NULL,
  PRIMARY KEY (study, trial),
  FOREIGN KEY (study, trial) REFERENCES trials ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE outcome_values (
  study INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  metric INTEGER NOT NULL,
  value ANY NOT NULL,
  standard_error ANY,
  pooled ANY,
  PRIMARY KEY (study, trial, metric),
  FOREIGN KEY (study, trial) REFERENCES outcomes ON DELETE CASCADE,
  FOREIGN KEY (study, metric) REFERENCES metrics ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE evaluations (
  study INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  repeat INTEGER NOT NULL,
  fold INTEGER NOT NULL,
  rung INTEGER NOT NULL,
  test_rows INTEGER NOT NULL,
  correct INTEGER,
  fit_seconds REAL NOT NULL,
  predict_seconds REAL NOT NULL,
  wall_seconds REAL NOT NULL,
  cpu_seconds REAL,
  identical INTEGER NOT NULL CHECK (identical IN (0, 1)),
  started_at TEXT NOT NULL,
  ended_at TEXT NOT NULL,
  PRIMARY KEY (study, trial, repeat, fold, rung),
  FOREIGN KEY (study, trial) REFERENCES trials ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE evaluation_scores (
  study INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  repeat INTEGER NOT NULL,
  fold INTEGER NOT NULL,
  rung INTEGER NOT NULL,
  metric INTEGER NOT NULL,
  value ANY NOT NULL,
  PRIMARY KEY (study, trial, repeat, fold, rung, metric),
  FOREIGN KEY (study, trial, repeat, fold, rung) REFERENCES evaluations ON DELETE CASCADE,
  FOREIGN KEY (study, metric) REFERENCES metrics ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE row_sets (
  study INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
  rows_sha256 BLOB NOT NULL,
  row_count INTEGER NOT NULL,
  packed BLOB NOT NULL,
  truth_type TEXT NOT NULL CHECK (truth_type IN ('u8', 'u16', 'f32', 'f64')),
  truth BLOB NOT NULL,
  PRIMARY KEY (study, rows_sha256)
) STRICT;

CREATE TABLE predictions (
  study INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  repeat INTEGER NOT NULL,
  fold INTEGER NOT NULL,
  rows_sha256 BLOB NOT NULL,
  predicted_type TEXT NOT NULL CHECK (predicted_type IN ('u8', 'u16', 'f32')),
  predicted BLOB NOT NULL,
  scores BLOB,
  PRIMARY KEY (study, trial, repeat, fold),
  FOREIGN KEY (study, trial) REFERENCES trials ON DELETE CASCADE,
  FOREIGN KEY (study, rows_sha256) REFERENCES row_sets (study, rows_sha256) ON DELETE CASCADE
) STRICT;

CREATE TABLE shared_work (
  work INTEGER PRIMARY KEY,
  study INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
  plan_group INTEGER NOT NULL,
  key TEXT NOT NULL,
  occurrence INTEGER NOT NULL,
  label TEXT NOT NULL,
  wall_seconds REAL NOT NULL,
  cpu_seconds REAL,
  counts TEXT NOT NULL,
  warnings TEXT NOT NULL,
  ended_at TEXT NOT NULL,
  UNIQUE (study, plan_group, key, occurrence)
) STRICT;

CREATE TABLE shared_uses (
  study INTEGER NOT NULL,
  work INTEGER NOT NULL REFERENCES shared_work ON DELETE CASCADE,
  trial INTEGER NOT NULL,
  PRIMARY KEY (study, work, trial),
  FOREIGN KEY (study, trial) REFERENCES trials ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE shared_bytes (
  work INTEGER PRIMARY KEY REFERENCES shared_work ON DELETE CASCADE,
  bytes BLOB NOT NULL
) STRICT;

CREATE TABLE attempts (
  id INTEGER PRIMARY KEY,
  study INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
  task TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  incident_kind TEXT NOT NULL,
  incident_message TEXT NOT NULL,
  incident_code TEXT,
  incident_stack TEXT,
  wall_seconds REAL NOT NULL,
  code_hash TEXT NOT NULL,
  ended_at TEXT NOT NULL,
  UNIQUE (study, task, attempt)
) STRICT;

CREATE TABLE attempt_trials (
  study INTEGER NOT NULL,
  attempt_id INTEGER NOT NULL REFERENCES attempts ON DELETE CASCADE,
  trial INTEGER NOT NULL,
  PRIMARY KEY (study, attempt_id, trial),
  FOREIGN KEY (study, trial) REFERENCES trials ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE environments (
  environment INTEGER PRIMARY KEY,
  sha256 BLOB NOT NULL UNIQUE,
  content TEXT NOT NULL
) STRICT;

CREATE TABLE runs (
  run INTEGER PRIMARY KEY,
  study INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
  id TEXT NOT NULL,
  started_at TEXT NOT NULL,
  ended_at TEXT,
  state TEXT CHECK (state IN ('complete', 'stopped', 'failed')),
  wall_seconds REAL NOT NULL,
  workers INTEGER NOT NULL,
  code_hash TEXT NOT NULL,
  environment INTEGER NOT NULL REFERENCES environments,
  UNIQUE (study, id)
) STRICT;
`;

/** Schema version 2: what the plans of a run told people, as a JSON list of texts. */
export const schemaVersion2 = `
ALTER TABLE runs ADD COLUMN notes TEXT NOT NULL DEFAULT '[]';
`;

/** Schema version 3: the one model that a study keeps, as JSON. */
export const schemaVersion3 = `
CREATE TABLE models (
  study INTEGER PRIMARY KEY REFERENCES studies ON DELETE CASCADE,
  trial INTEGER NOT NULL,
  json TEXT NOT NULL,
  FOREIGN KEY (study, trial) REFERENCES trials ON DELETE CASCADE
) STRICT;
`;
