import type { Database } from "better-sqlite3";
import type { ReportedSteps } from "../../core/pruner.ts";
import { readNumber } from "./stored-number.ts";

/** Reads what one trial reported, inside a transaction of the caller's. */
export function trialSteps(db: Database): (study: number, trial: number) => ReportedSteps | null {
  const rows = db
    .prepare<[number, number], [number, number | string]>("SELECT step, value FROM steps WHERE study = ? AND trial = ? ORDER BY step")
    .raw();
  return (study, trial) => {
    const found = rows.all(study, trial);
    return found.length === 0 ? null : { steps: found.map(([step]) => step), values: found.map(([, value]) => readNumber(value)) };
  };
}
