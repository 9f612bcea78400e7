/**
 * Gradients of outcomes and of folds by floats, as canonical JSON by float name, one row a metric that has one. It needs the tables of
 * schema version 1 alone.
 */
export const gradientsSchema = `
CREATE TABLE gradients (
  study INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  metric INTEGER NOT NULL,
  gradient TEXT NOT NULL,
  PRIMARY KEY (study, trial, metric),
  FOREIGN KEY (study, trial) REFERENCES outcomes ON DELETE CASCADE,
  FOREIGN KEY (study, metric) REFERENCES metrics ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

CREATE TABLE evaluation_gradients (
  study INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  repeat INTEGER NOT NULL,
  fold INTEGER NOT NULL,
  rung INTEGER NOT NULL,
  metric INTEGER NOT NULL,
  gradient TEXT NOT NULL,
  PRIMARY KEY (study, trial, repeat, fold, rung, metric),
  FOREIGN KEY (study, trial, repeat, fold, rung) REFERENCES evaluations ON DELETE CASCADE,
  FOREIGN KEY (study, metric) REFERENCES metrics ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
`;
