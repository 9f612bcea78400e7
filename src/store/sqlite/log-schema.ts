/**
 * Schema version 9: what the tasks of trials wrote, cut to its first and its last characters, one row an attempt of a task. `kept` counts
 * UTF-16 units of both.
 */
export const logSchema = `
CREATE TABLE logs (
  id INTEGER PRIMARY KEY,
  study INTEGER NOT NULL REFERENCES studies ON DELETE CASCADE,
  task TEXT NOT NULL,
  attempt INTEGER NOT NULL,
  label TEXT NOT NULL,
  head TEXT NOT NULL,
  dropped INTEGER NOT NULL,
  tail TEXT NOT NULL,
  kept INTEGER NOT NULL,
  UNIQUE (study, task, attempt)
) STRICT;

CREATE TABLE log_trials (
  study INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  log_id INTEGER NOT NULL REFERENCES logs ON DELETE CASCADE,
  PRIMARY KEY (study, trial, log_id),
  FOREIGN KEY (study, trial) REFERENCES trials ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE INDEX log_trials_by_log ON log_trials (log_id);
`;
