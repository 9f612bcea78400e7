/**
 * What objectives reported on their way, one row a step up to where the trial ended or was stopped, stored with its outcome; and what
 * ended a run. It needs the tables of schema version 1 alone.
 */
export const stepsSchema = `
CREATE TABLE steps (
  study INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  step INTEGER NOT NULL,
  value ANY NOT NULL,
  PRIMARY KEY (study, trial, step),
  FOREIGN KEY (study, trial) REFERENCES outcomes ON DELETE CASCADE
) STRICT, WITHOUT ROWID;

ALTER TABLE runs ADD COLUMN end_by TEXT;
ALTER TABLE runs ADD COLUMN end_reason TEXT;
`;
