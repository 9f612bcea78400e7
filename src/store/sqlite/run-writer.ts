import { createHash } from "node:crypto";
import type { Database } from "better-sqlite3";
import { canonicalJson } from "../../core/json.ts";
import type { RunRecord } from "../../core/records.ts";

/** Creates or updates a run's row. Its start and its environment stay as they were first; equal environments are kept once. */
export function runWriter(db: Database): (study: number, run: RunRecord) => void {
  const update = db.prepare(
    "UPDATE runs SET ended_at = ?, state = ?, wall_seconds = ?, workers = ?, code_hash = ?, notes = ?, end_by = ?, end_reason = ? WHERE study = ? AND id = ?",
  );
  const addEnvironment = db.prepare("INSERT OR IGNORE INTO environments (sha256, content) VALUES (?, ?)");
  const environment = db.prepare("SELECT environment FROM environments WHERE sha256 = ?").pluck();
  const create = db.prepare("INSERT INTO runs VALUES (NULL, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)");
  return (study, run) => {
    const { id, startedAt, endedAt, state, wallSeconds, workers, codeHash } = run;
    const end = [run.end?.by ?? null, run.end?.reason ?? null];
    const notes = canonicalJson(run.notes);
    if (update.run(endedAt, state, wallSeconds, workers, codeHash, notes, ...end, study, id).changes > 0) return;
    const content = canonicalJson(run.environment);
    const sha256 = createHash("sha256").update(content).digest();
    addEnvironment.run(sha256, content);
    create.run(study, id, startedAt, endedAt, state, wallSeconds, workers, codeHash, environment.get(sha256), notes, ...end);
  };
}
