import type { Database } from "better-sqlite3";
import type { PredictionRecord } from "../../core/records.ts";
import { damaged } from "../stored-shapes.ts";
import { type PackedPrediction, type RowSet, unpackPrediction, unpackRowSet } from "../packed-prediction.ts";

/** Tested rows that are kept unpacked, for all trials together. */
const mostKeptRows = 4e6;

/** Reads a trial's out-of-fold predictions, by repeat and fold. Row sets, which the trials of a study share, are read once. */
export function predictionReader(db: Database): (study: number, trial: number) => PredictionRecord[] {
  const predictions = db
    .prepare<[number, number], [number, number, Buffer, PackedPrediction["type"], Buffer, Buffer | null]>(
      `SELECT repeat, fold, rows_sha256, predicted_type, predicted, scores
       FROM predictions WHERE study = ? AND trial = ? ORDER BY repeat, fold`,
    )
    .raw();
  const rowSet = db
    .prepare<[number, Buffer], [Buffer, PackedPrediction["truthType"], Buffer]>(
      "SELECT packed, truth_type, truth FROM row_sets WHERE study = ? AND rows_sha256 = ?",
    )
    .raw();
  /** By study and hash, under which nothing ever changes. */
  let kept = new Map<string, RowSet>();
  let keptRows = 0;

  function rowSetOf(study: number, sha256: Buffer): RowSet {
    const key = `${study}/${sha256.toString("latin1")}`;
    const known = kept.get(key);
    if (known !== undefined) return known;
    const row = rowSet.get(study, sha256);
    // A foreign key refuses that.
    if (row === undefined) throw damaged("the rows of predictions");
    const [rows, truthType, truth] = row;
    const made = unpackRowSet({ rows, truthType, truth });
    keptRows += made.rows.length;
    if (keptRows > mostKeptRows) {
      kept = new Map();
      keptRows = made.rows.length;
    }
    kept.set(key, made);
    return made;
  }

  return (study, trial) =>
    predictions.all(study, trial).map(([repeat, fold, sha256, type, predicted, scores]) => {
      const packed = { type, predicted, scores };
      return unpackPrediction({ trial, repeat, fold }, packed, rowSetOf(study, sha256));
    });
}
