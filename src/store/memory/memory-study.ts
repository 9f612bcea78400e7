import type { StoredCheckpoint } from "../../core/checkpoint.ts";
import type { EarlierRecord } from "../../core/earlier-study.ts";
import { canonicalJson } from "../../core/json.ts";
import type { ReportedSteps } from "../../core/pruner.ts";
import type {
  AttemptRecord,
  EstimateRecord,
  EvaluationRecord,
  ModelRecord,
  OutcomeRecord,
  PredictionRecord,
  RunRecord,
  StudyHeader,
  TrialRecord,
} from "../../core/records.ts";
import type { LogRecord } from "../../core/task-log.ts";
import type { StudySnapshot, TrialSnapshot } from "../../core/snapshot.ts";
import type { Batch, SavedStudy } from "../../core/store.ts";
import type { ParamValue } from "../../core/space.ts";
import { checkpointAddress } from "../checkpoint-bytes.ts";
import type { Lease } from "../lease-rule.ts";
import { openAttempts } from "../open-attempts.ts";
import { packPrediction, unpackPrediction, unpackRowSet, type PackedPrediction, type RowSet } from "../packed-prediction.ts";
import { storedJson } from "../stored-json.ts";
import type { StandingRows } from "./batch-check.ts";
import { ascendingTrials, compareText, studyPicture, type SharedPiece, type TrialTotals } from "../study-picture.ts";

interface MemoryTrial {
  readonly record: TrialRecord;
  startedAt: string | null;
  outcome: OutcomeRecord | null;
  readonly evaluations: EvaluationRecord[];
  readonly predictions: { readonly repeat: number; readonly fold: number; readonly packed: PackedPrediction }[];
}

/** One study in memory. What comes in and goes out is copied, so that no caller can change what is stored. */
export class MemoryStudy {
  header: StudyHeader;
  lease: Lease | undefined;
  model: ModelRecord | undefined;
  #estimate: EstimateRecord | null = null;
  readonly standing: StandingRows = {
    trial: (number) => this.#trials.has(number),
    outcome: (trial) => (this.#trials.get(trial)?.outcome ?? null) !== null,
    checkpoint: (trial) => this.#checkpoints.has(trial),
    evaluation: ({ trial, repeat, fold, rung }) =>
      this.#trials.get(trial)?.evaluations.some((one) => one.repeat === repeat && one.fold === fold && one.rung === rung) ?? false,
    prediction: ({ trial, repeat, fold }) =>
      this.#trials.get(trial)?.predictions.some((one) => one.repeat === repeat && one.fold === fold) ?? false,
    part: (group, key) => this.#durableWork.has(`${group}/${key}`),
    attempt: (task, attempt) => this.#attemptKeys.has(`${attempt}/${task}`),
  };
  readonly runs: Map<string, RunRecord> = new Map();
  readonly #trials: Map<number, MemoryTrial> = new Map();
  readonly #shared: SharedPiece[] = [];
  readonly #parts: Map<number, Map<string, Uint8Array>> = new Map();
  /** Keys of shared work that had bytes, which may be dropped by now. */
  readonly #durableWork: Set<string> = new Set();
  readonly #attempts: AttemptRecord[] = [];
  readonly #attemptKeys: Set<string> = new Set();
  /** By attempt and task. */
  readonly #logs: Map<string, LogRecord> = new Map();

  /** By packed rows, which the trials of a study share. */
  readonly #rowSets: WeakMap<Uint8Array, RowSet> = new WeakMap();
  readonly #checkpoints: Map<number, StoredCheckpoint> = new Map();
  readonly #earlier: readonly EarlierRecord[];

  constructor(header: StudyHeader, earlier: readonly EarlierRecord[]) {
    this.header = storedJson(canonicalJson(header));
    this.#earlier = storedJson(canonicalJson(earlier));
  }

  /** Takes a batch that was checked; can't fail. */
  accept(batch: Batch): void {
    for (const trial of batch.trials ?? []) {
      const record = { ...trial, params: copiedParams(trial.params) };
      this.#trials.set(trial.number, { record, startedAt: null, outcome: null, evaluations: [], predictions: [] });
    }
    for (const { trial, at } of batch.started ?? []) this.#trial(trial).startedAt ??= at;
    for (const { bytes, endedAt: _, ...work } of batch.shared ?? []) {
      const occurrence = this.#shared.filter(({ group, key }) => group === work.group && key === work.key).length;
      this.#shared.push(structuredClone({ ...work, occurrence, trials: ascendingTrials(work.trials) }));
      if (bytes === null) continue;
      this.#durableWork.add(`${work.group}/${work.key}`);
      const parts = this.#parts.get(work.group) ?? new Map<string, Uint8Array>();
      this.#parts.set(work.group, parts.set(work.key, new Uint8Array(bytes)));
    }
    for (const evaluation of batch.evaluations ?? []) this.#trial(evaluation.trial).evaluations.push(copiedEvaluation(evaluation));
    for (const one of batch.predictions ?? []) {
      this.#trial(one.trial).predictions.push({ repeat: one.repeat, fold: one.fold, packed: packPrediction(one) });
    }
    for (const outcome of batch.outcomes ?? []) this.#trial(outcome.trial).outcome = copiedOutcome(outcome);
    for (const { trial, bytes } of batch.checkpoints ?? []) {
      // In shared memory, so that slots read it without a copy.
      const content = new Uint8Array(new SharedArrayBuffer(bytes.length));
      content.set(bytes);
      this.#checkpoints.set(trial, Object.freeze({ trial, sha256: checkpointAddress(bytes), size: bytes.length, content }));
    }
    for (const trial of batch.droppedCheckpoints ?? []) this.#checkpoints.delete(trial);
    for (const attempt of batch.attempts ?? []) {
      this.#attemptKeys.add(`${attempt.attempt}/${attempt.task}`);
      this.#attempts.push(structuredClone({ ...attempt, trials: ascendingTrials(attempt.trials) }));
    }
    for (const log of batch.logs ?? []) {
      this.#logs.set(`${log.attempt}/${log.task}`, structuredClone({ ...log, trials: ascendingTrials(log.trials) }));
    }
    if (batch.estimate !== undefined || (batch.trials?.length ?? 0) + (batch.outcomes?.length ?? 0) > 0)
      this.#estimate = batch.estimate ?? null;
    if (batch.model !== undefined) this.model = batch.model === null ? undefined : Object.freeze({ ...batch.model });
    if (batch.run !== undefined) {
      const { id } = batch.run;
      const known = this.runs.get(id);
      const environment = known?.environment ?? storedJson<RunRecord["environment"]>(canonicalJson(batch.run.environment));
      this.runs.set(id, { ...batch.run, startedAt: (known ?? batch.run).startedAt, environment, notes: [...batch.run.notes] });
    }
    for (const { group, key } of batch.dropped ?? []) this.#parts.get(group)?.delete(key);
    for (const group of batch.finishedGroups ?? []) this.#parts.delete(group);
  }

  load(): SavedStudy {
    const trials = this.#byNumber();
    const open = trials.filter(({ outcome }) => outcome === null);
    const attempts = openAttempts(this.#attempts, new Set(open.map(({ record }) => record.number)));
    const parts = [...this.#parts].flatMap(([group, byKey]) => [...byKey].map(([key, bytes]) => ({ group, key, bytes })));
    return structuredClone({
      header: this.header,
      earlier: this.#earlier,
      estimate: this.#estimate,
      trials: trials.map(({ record, outcome }) => ({ ...record, outcome })),
      evaluations: open.flatMap(({ record }) => this.evaluations(record.number)),
      checkpoints: [...this.#checkpoints.keys()].sort((a, b) => a - b),
      parts: parts.sort((a, b) => a.group - b.group || compareText(a.key, b.key)),
      attempts,
      logLengths: this.#logLengths(),
    });
  }

  snapshot(held: boolean, database: string): StudySnapshot {
    const trials = this.#byNumber();
    const totals = new Map<number, TrialTotals>();
    for (const { record, evaluations } of trials) {
      if (evaluations.length > 0) totals.set(record.number, totalsOf(evaluations));
    }
    const runs = [...this.runs.values()];
    const picture = studyPicture({
      header: this.header,
      held,
      trials,
      totals,
      shared: this.#shared,
      runs,
      attempts: this.#attempts,
      estimate: this.#estimate,
      database,
    });
    return { ...structuredClone({ ...picture, trials: [] }), trials: picture.trials.map(copiedPicture) };
  }

  evaluations(trial: number): EvaluationRecord[] {
    const found = this.#trials.get(trial)?.evaluations ?? [];
    return structuredClone(found.toSorted((a, b) => a.repeat - b.repeat || a.fold - b.fold || a.rung - b.rung));
  }

  predictions(trial: number): PredictionRecord[] {
    const found = this.#trials.get(trial)?.predictions ?? [];
    return found
      .toSorted((a, b) => a.repeat - b.repeat || a.fold - b.fold)
      .map(({ repeat, fold, packed }) => unpackPrediction({ trial, repeat, fold }, packed, this.#rowSet(packed)));
  }

  #rowSet(packed: PackedPrediction): RowSet {
    const known = this.#rowSets.get(packed.rows);
    if (known !== undefined) return known;
    const made = unpackRowSet(packed);
    this.#rowSets.set(packed.rows, made);
    return made;
  }

  steps(trial: number): ReportedSteps | null {
    return structuredClone(this.#trials.get(trial)?.outcome?.reported ?? null);
  }

  logs(trial: number): LogRecord[] {
    return structuredClone([...this.#logs.values()].filter(({ trials }) => trials.includes(trial)));
  }

  checkpoint(trial: number): StoredCheckpoint | undefined {
    return this.#checkpoints.get(trial);
  }

  #logLengths(): Map<number, number> {
    const lengths = new Map<number, number>();
    for (const { trials, head, tail } of this.#logs.values()) {
      const [first] = trials;
      if (first === undefined || this.standing.outcome(first)) continue;
      lengths.set(first, (lengths.get(first) ?? 0) + head.length + tail.length);
    }
    return new Map([...lengths].sort(([a], [b]) => a - b));
  }

  counts(): { trials: number; complete: number; failed: number } {
    const states = [...this.#trials.values()].map(({ outcome }) => outcome?.state);
    const count = (wanted: string): number => states.filter((state) => state === wanted).length;
    return { trials: states.length, complete: count("complete"), failed: count("failed") };
  }

  #byNumber(): MemoryTrial[] {
    return [...this.#trials.values()].sort((a, b) => a.record.number - b.record.number);
  }

  #trial(number: number): MemoryTrial {
    const trial = this.#trials.get(number);
    if (trial === undefined) throw new Error("an unchecked batch");
    return trial;
  }
}

/** As canonical JSON would give them back: names in order, -0 as 0. */
function copiedParams(params: TrialRecord["params"]): TrialRecord["params"] {
  const names = Object.keys(params).sort();
  return Object.fromEntries(names.map((name) => [name, params[name] === 0 ? 0 : (params[name] as ParamValue)]));
}

/** Such copies are made for each trial, field by field: `structuredClone` takes ten times as long. */
function copiedEvaluation(one: EvaluationRecord): EvaluationRecord {
  return { ...one, values: { ...one.values }, time: { ...one.time }, ...copiedGradients(one) };
}

function copiedValues(values: OutcomeRecord["values"]): OutcomeRecord["values"] {
  const copy = { ...values };
  for (const metric of Object.keys(copy)) copy[metric] = { ...(values[metric] as OutcomeRecord["values"][string]) };
  return copy;
}

/** A trial of a picture that was made for its reader, without what is stored. */
function copiedPicture(one: TrialSnapshot): TrialSnapshot {
  return { ...one, params: { ...one.params }, values: copiedValues(one.values) };
}

function copiedOutcome(one: OutcomeRecord): OutcomeRecord {
  return {
    ...one,
    values: copiedValues(one.values),
    incident: one.incident === null ? null : { ...one.incident },
    ...copiedGradients(one),
  };
}

/** As canonical JSON gives them back. */
function copiedGradients({ gradients }: Pick<OutcomeRecord, "gradients">): Pick<OutcomeRecord, "gradients"> {
  return gradients === undefined ? {} : { gradients: storedJson(canonicalJson(gradients)) };
}

function totalsOf(evaluations: readonly EvaluationRecord[]): TrialTotals {
  const sum = (value: (one: EvaluationRecord) => number): number => evaluations.reduce((total, one) => total + value(one), 0);
  const known = (value: (one: EvaluationRecord) => number | null): number | null =>
    evaluations.some((one) => value(one) === null) ? null : sum((one) => value(one) ?? 0);
  return {
    folds: evaluations.length,
    testRows: sum((one) => one.testRows),
    correct: known((one) => one.correct),
    wallSeconds: sum((one) => one.time.wallSeconds),
    cpuSeconds: known((one) => one.time.cpuSeconds),
    identical: sum((one) => (one.identical ? 1 : 0)),
  };
}
