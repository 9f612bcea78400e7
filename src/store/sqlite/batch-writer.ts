import type { Database } from "better-sqlite3";
import { canonicalJson } from "../../core/json.ts";
import type {
  AttemptRecord,
  EvaluationRecord,
  OutcomeRecord,
  PredictionRecord,
  SharedWorkRecord,
  TrialRecord,
} from "../../core/records.ts";
import type { Batch } from "../../core/store.ts";
import { packPrediction } from "../packed-prediction.ts";
import { rowExists, rowMissing } from "../store-failure.ts";
import { ascendingTrials } from "../study-picture.ts";
import { metricNumbers } from "./metric-numbers.ts";
import { runWriter } from "./run-writer.ts";
import { sqliteCode } from "./sqlite-failure.ts";
import { storedNumber } from "./stored-number.ts";
import { storedParent } from "./stored-parent.ts";

/** Inserts the rows of a batch, inside a transaction of the caller's. */
export type BatchWriter = (study: number, name: string, batch: Batch) => void;

/** Prepares every statement once. */
export function batchWriter(db: Database): BatchWriter {
  const insert = (table: string, columns: number) =>
    db.prepare<unknown[]>(`INSERT INTO ${table} VALUES (${Array.from({ length: columns }, () => "?").join(", ")})`);
  const trialRow = insert("trials", 11);
  const start = db.prepare("UPDATE trials SET started_at = coalesce(started_at, ?) WHERE study = ? AND trial = ?");
  const evaluationRow = insert("evaluations", 14);
  const scoreRow = insert("evaluation_scores", 7);
  const outcomeRow = insert("outcomes", 8);
  const valueRow = insert("outcome_values", 6);
  const stepRow = insert("steps", 4);
  const gradientRow = insert("gradients", 4);
  const foldGradientRow = insert("evaluation_gradients", 7);
  const rowSetRow = db.prepare("INSERT OR IGNORE INTO row_sets VALUES (?, ?, ?, ?, ?, ?)");
  const predictionRow = insert("predictions", 8);
  const sharedRow = insert("shared_work", 11);
  const occurrences = db.prepare("SELECT count(*) FROM shared_work WHERE study = ? AND plan_group = ? AND key = ?").pluck();
  const useRow = insert("shared_uses", 3);
  const bytesRow = insert("shared_bytes", 2);
  const dropOne = db.prepare(
    "DELETE FROM shared_bytes WHERE work IN (SELECT work FROM shared_work WHERE study = ? AND plan_group = ? AND key = ?)",
  );
  const dropBytes = db.prepare("DELETE FROM shared_bytes WHERE work IN (SELECT work FROM shared_work WHERE study = ? AND plan_group = ?)");
  const anyBytes = db.prepare("SELECT 1 FROM shared_bytes LIMIT 1");
  const attemptRow = insert("attempts", 11);
  const attemptTrialRow = insert("attempt_trials", 3);
  const count = db.prepare(
    "UPDATE studies SET trials = trials + ?, complete = complete + ?, pruned = pruned + ?, failed = failed + ?, estimate = NULL WHERE study = ?",
  );
  const estimateText = db.prepare("UPDATE studies SET estimate = ? WHERE study = ?");
  const dropModel = db.prepare("DELETE FROM models WHERE study = ?");
  const modelRow = insert("models", 3);
  const metrics = metricNumbers(db);
  const writeRun = runWriter(db);

  return (study, name, batch) => {
    /** Runs the inserts of one row; `what` is called only to tell of a failure. */
    const row = (what: () => string, work: () => void): void => {
      try {
        work();
      } catch (error) {
        const code = sqliteCode(error);
        if (code === "SQLITE_CONSTRAINT_PRIMARYKEY" || code === "SQLITE_CONSTRAINT_UNIQUE") throw rowExists(what(), name, error);
        if (code === "SQLITE_CONSTRAINT_FOREIGNKEY") throw rowMissing(what(), name, error);
        throw error;
      }
    };
    const metric = metrics(study);
    const startOf = firstStarts(batch);

    const trial = (one: TrialRecord): void => {
      const params = canonicalJson(one.params);
      const budget = storedNumber(one.budget);
      const started = startOf.get(one.number) ?? null;
      const parent = storedParent(one);
      trialRow.run(study, one.number, one.group, params, one.by, one.why, parent, budget, one.note, one.proposedAt, started);
    };
    const shared = (one: SharedWorkRecord): void => {
      // Work without bytes is repeated by each process: each time counts. Durable work is stored once.
      const occurrence = one.bytes === null ? occurrences.get(study, one.group, one.key) : 0;
      const counts = canonicalJson(one.counts);
      const { group, key, label, wallSeconds, cpuSeconds, endedAt } = one;
      const values = [study, group, key, occurrence, label, wallSeconds, cpuSeconds, counts, canonicalJson(one.warnings), endedAt];
      const work = sharedRow.run(null, ...values).lastInsertRowid;
      for (const user of ascendingTrials(one.trials)) useRow.run(study, work, user);
      if (one.bytes !== null) bytesRow.run(work, one.bytes);
    };
    const evaluation = (one: EvaluationRecord): void => {
      const { trial: number, repeat, fold, rung, time } = one;
      const seconds = [time.fitSeconds, time.predictSeconds, time.wallSeconds, time.cpuSeconds];
      const identical = one.identical ? 1 : 0;
      const { testRows, correct, startedAt, endedAt } = one;
      evaluationRow.run(study, number, repeat, fold, rung, testRows, correct, ...seconds, identical, startedAt, endedAt);
      for (const [key, value] of Object.entries(one.values)) {
        scoreRow.run(study, number, repeat, fold, rung, metric(key), storedNumber(value));
      }
      for (const [key, gradient] of Object.entries(one.gradients ?? {})) {
        foldGradientRow.run(study, number, repeat, fold, rung, metric(key), canonicalJson(gradient));
      }
    };
    const prediction = (one: PredictionRecord): void => {
      const packed = packPrediction(one);
      rowSetRow.run(study, packed.rowsSha256, packed.rowCount, packed.rows, packed.truthType, packed.truth);
      const key = [study, one.trial, one.repeat, one.fold];
      predictionRow.run(...key, packed.rowsSha256, packed.type, packed.predicted, packed.scores);
    };
    const outcome = (one: OutcomeRecord): void => {
      const { kind, message, code, stack } = one.incident ?? { kind: null, message: null, code: null, stack: null };
      outcomeRow.run(study, one.trial, one.state, kind, message, code, stack, one.endedAt);
      for (const [key, { value, standardError, pooled }] of Object.entries(one.values)) {
        valueRow.run(study, one.trial, metric(key), storedNumber(value), storedNumber(standardError), storedNumber(pooled));
      }
      for (const [key, gradient] of Object.entries(one.gradients ?? {})) {
        gradientRow.run(study, one.trial, metric(key), canonicalJson(gradient));
      }
      const { steps = [], values = [] } = one.reported ?? {};
      for (const [i, step] of steps.entries()) stepRow.run(study, one.trial, step, storedNumber(values[i] as number));
    };
    const attempt = (one: AttemptRecord): void => {
      const { kind, message, code, stack } = one.incident;
      const incident = [kind, message, code, stack];
      const id = attemptRow.run(
        null,
        study,
        one.task,
        one.attempt,
        ...incident,
        one.wallSeconds,
        one.codeHash,
        one.endedAt,
      ).lastInsertRowid;
      for (const number of ascendingTrials(one.trials)) attemptTrialRow.run(study, id, number);
    };

    for (const one of batch.trials ?? []) {
      row(
        () => `trial ${one.number}`,
        () => trial(one),
      );
    }
    for (const one of batch.started ?? []) {
      if (startOf.has(one.trial)) continue;
      if (start.run(one.at, study, one.trial).changes === 0) throw rowMissing(`start of trial ${one.trial}`, name);
    }
    for (const one of batch.shared ?? []) {
      row(
        () => `shared work ${one.key} of group ${one.group}`,
        () => shared(one),
      );
    }
    for (const one of batch.evaluations ?? []) {
      row(
        () => `evaluation of trial ${one.trial} (repeat ${one.repeat}, fold ${one.fold}, rung ${one.rung})`,
        () => evaluation(one),
      );
    }
    for (const one of batch.predictions ?? []) {
      row(
        () => `predictions of trial ${one.trial} (repeat ${one.repeat}, fold ${one.fold})`,
        () => prediction(one),
      );
    }
    const ended = { complete: 0, pruned: 0, failed: 0 };
    for (const one of batch.outcomes ?? []) {
      row(
        () => `outcome of trial ${one.trial}`,
        () => outcome(one),
      );
      ended[one.state]++;
    }
    for (const one of batch.attempts ?? []) {
      row(
        () => `attempt ${one.attempt} of ${one.task}`,
        () => attempt(one),
      );
    }
    const { model } = batch;
    if (model !== undefined) dropModel.run(study);
    if (model != null) {
      row(
        () => `model of trial ${model.trial}`,
        () => modelRow.run(study, model.trial, model.json),
      );
    }
    if (batch.run !== undefined) writeRun(study, batch.run);
    for (const { group, key } of batch.dropped ?? []) dropOne.run(study, group, key);
    // Most studies share no work.
    if ((batch.finishedGroups?.length ?? 0) > 0 && anyBytes.get() !== undefined) {
      for (const group of batch.finishedGroups ?? []) dropBytes.run(study, group);
    }
    const trials = batch.trials?.length ?? 0;
    if (trials + (batch.outcomes?.length ?? 0) > 0) count.run(trials, ended.complete, ended.pruned, ended.failed, study);
    if (batch.estimate !== undefined) estimateText.run(canonicalJson(batch.estimate), study);
  };
}

/** When each of the batch's new trials started, where it did. */
function firstStarts({ trials = [], started = [] }: Batch): ReadonlyMap<number, string> {
  const starts = new Map<number, string>();
  if (trials.length === 0 || started.length === 0) return starts;
  const added = new Set(trials.map(({ number }) => number));
  for (const { trial, at } of started) if (added.has(trial) && !starts.has(trial)) starts.set(trial, at);
  return starts;
}
