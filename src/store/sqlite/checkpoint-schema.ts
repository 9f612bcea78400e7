/** Schema version 7: checkpoints that are kept; their bytes lie in files beside the database (`checkpoint-files.ts`). */
export const checkpointSchema = `
CREATE TABLE checkpoints (
  study INTEGER NOT NULL,
  trial INTEGER NOT NULL,
  sha256 TEXT NOT NULL,
  size INTEGER NOT NULL,
  PRIMARY KEY (study, trial),
  FOREIGN KEY (study, trial) REFERENCES outcomes ON DELETE CASCADE
) STRICT, WITHOUT ROWID;
`;
