import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { Database } from "better-sqlite3";
import type { EarlierRecord } from "../../core/earlier-study.ts";
import { canonicalJson } from "../../core/json.ts";
import type { EstimateRecord, RunRecord, StudyHeader } from "../../core/records.ts";
import type { StudySummary } from "../../core/snapshot.ts";
import { checkStudyName, nameTaken, studyNotFound } from "../store-failure.ts";
import { storedHeader } from "../stored-header.ts";
import { storedEarlier, storedEstimate } from "../stored-shapes.ts";
import { pictureState } from "../study-picture.ts";

/** The studies of a database; each call inside a transaction of the caller's. */
interface StudyCatalog {
  /** The number of a study; throws STUDY_NOT_FOUND. */
  find(name: string): number;
  /** By age. `held` says whether a study is being run. */
  list(held: (study: number) => boolean): StudySummary[];
  header(name: string): StudyHeader | undefined;
  /** The number and the header of a study; throws STUDY_NOT_FOUND. */
  open(name: string): { readonly id: number; readonly header: StudyHeader };
  create(header: StudyHeader, earlier: readonly EarlierRecord[]): void;
  /** What its best trial is likely to be worth. */
  estimate(study: number): EstimateRecord | null;
  /** Trials of other studies that a study learns from. */
  earlier(study: number): readonly EarlierRecord[];
  acceptCode(study: number, codeHash: string): void;
  rename(study: number, name: string): void;
  remove(study: number): void;
}

/** Tables whose rows begin with a study's number, children first: no delete has to look for rows that refer to it. */
const tables = [
  "evaluation_scores",
  "evaluations",
  "outcome_values",
  "steps",
  "checkpoints",
  "outcomes",
  "predictions",
  "row_sets",
  "shared_uses",
  "shared_work",
  "attempt_trials",
  "attempts",
  "runs",
  "models",
  "trials",
  "earlier_studies",
  "metrics",
  "leases",
  "studies",
];

/** A stranger's database may hold what inflates without end. */
const mostEarlierBytes = 2 ** 28;

/** Prepares every statement once. */
export function studyCatalog(db: Database, location: string): StudyCatalog {
  const number = db.prepare<[string], number>("SELECT study FROM studies WHERE name = ?").pluck();
  const names = db.prepare<[], string>("SELECT name FROM studies ORDER BY study").pluck();
  const rows = db
    .prepare<[], [number, string, string, number, number, number, number, RunRecord["state"]]>(
      `SELECT study, name, created_at, trials, complete, failed, (SELECT count(*) FROM runs r WHERE r.study = s.study),
         (SELECT state FROM runs r WHERE r.study = s.study ORDER BY run DESC LIMIT 1)
       FROM studies s ORDER BY study`,
    )
    .raw();
  const one = db
    .prepare<[string], [string, string, string, string]>(
      "SELECT created_at, declaration, description, code_hash FROM studies WHERE name = ?",
    )
    .raw();
  const insert = db.prepare("INSERT INTO studies (name, created_at, declaration, description, code_hash) VALUES (?, ?, ?, ?, ?)");
  const insertMetric = db.prepare("INSERT INTO metrics VALUES (?, ?, ?)");
  const insertEarlier = db.prepare("INSERT INTO earlier_studies VALUES (?, ?)");
  const earlierContent = db.prepare<[number], Buffer>("SELECT content FROM earlier_studies WHERE study = ?").pluck();
  const estimateOf = db.prepare<[number], string | null>("SELECT estimate FROM studies WHERE study = ?").pluck();
  const setCode = db.prepare("UPDATE studies SET code_hash = ? WHERE study = ?");
  const setName = db.prepare("UPDATE studies SET name = ? WHERE study = ?");
  const dropBytes = db.prepare("DELETE FROM shared_bytes WHERE work IN (SELECT work FROM shared_work WHERE study = ?)");
  const drops = tables.map((table) => db.prepare<[number]>(`DELETE FROM ${table} WHERE study = ?`));
  const dropEnvironments = db.prepare("DELETE FROM environments WHERE environment NOT IN (SELECT environment FROM runs)");

  function find(name: string): number {
    const study = number.get(name);
    if (study === undefined) throw studyNotFound(name, location, names.all());
    return study;
  }

  function header(name: string): StudyHeader | undefined {
    const row = one.get(name);
    if (row === undefined) return undefined;
    const [createdAt, declaration, description, codeHash] = row;
    return { name, createdAt, codeHash, ...storedHeader(location, name, { declaration, description }) };
  }

  return {
    find,
    header,
    open(name) {
      const found = header(name);
      if (found === undefined) throw studyNotFound(name, location, names.all());
      return { id: find(name), header: found };
    },
    list: (held) =>
      rows.all().map(([study, name, createdAt, trials, complete, failed, runs, state]) => ({
        name,
        createdAt,
        state: pictureState(held(study), runs, state),
        trials,
        complete,
        failed,
      })),
    create({ name, createdAt, declaration, codeHash, description }, earlier) {
      checkStudyName(name);
      if (number.get(name) !== undefined) throw nameTaken(name, location);
      const study = Number(insert.run(name, createdAt, canonicalJson(declaration), canonicalJson(description), codeHash).lastInsertRowid);
      [...new Set(description.metrics.map((each) => each.name))].forEach((metric, index) => insertMetric.run(study, index, metric));
      if (earlier.length > 0) insertEarlier.run(study, deflateRawSync(canonicalJson(earlier)));
    },
    earlier(study) {
      const content = earlierContent.get(study);
      return content === undefined ? [] : storedEarlier(inflateRawSync(content, { maxOutputLength: mostEarlierBytes }).toString());
    },
    estimate(study) {
      const text = estimateOf.get(study);
      return text == null ? null : storedEstimate(text);
    },
    acceptCode(study, codeHash) {
      setCode.run(codeHash, study);
    },
    rename(study, name) {
      checkStudyName(name);
      if (number.get(name) === study) return;
      if (number.get(name) !== undefined) throw nameTaken(name, location);
      setName.run(name, study);
    },
    remove(study) {
      dropBytes.run(study);
      for (const drop of drops) drop.run(study);
      dropEnvironments.run();
    },
  };
}
