import type { FoldSolver, PartResult, SolverPart, SolverPlan, SolveRequest } from "../core/estimator.ts";
import type { GroupWork, PlannedTrial, SavedWork, WorkRows } from "../core/evaluation.ts";
import type { Incident, SharedValue, Task, TaskResult } from "../core/executor.ts";
import type { EvaluationRecord, OutcomeRecord, PredictionRecord, SharedWorkRecord } from "../core/records.ts";
import { incidentOf } from "../workers/incident.ts";
import { foldName } from "./fold-plan.ts";
import { foldScore } from "./fold-score.ts";
import { noRows } from "./fold-work.ts";
import type { Judging } from "./judging.ts";
import { openPart, type PartEnvelope, sealPart } from "./part-envelope.ts";
import { type PartSchedule, partSchedule, type ScheduledPart, wantedParts } from "./part-schedule.ts";
import type { PartInput } from "./part-task.ts";
import { cpuRateOf, ownTime, sharedRow, withOwnOf } from "./part-times.ts";
import type { ArenaLease, SolverArenas } from "./solver-arenas.ts";
import { failedTrial, trialOutcome } from "./trial-outcome.ts";

export interface SharedSolveOptions {
  /** Of the folds of `repeat`. */
  readonly judging: Judging;
  readonly repeat: number;
  readonly objectives: readonly string[];
  readonly solver: FoldSolver;
  readonly plan: SolverPlan;
  readonly requests: readonly SolveRequest[];
  readonly group: number;
  /** Tells solves of one group apart; part of the stored keys. */
  readonly name: string;
  readonly shared: SharedValue;
  readonly arenas: SolverArenas;
  readonly timeoutSeconds: number | null;
  readonly keepPredictions: boolean;
  readonly now: () => string;
}

/**
 * Judges the trials of a group together, by the parts of one solver plan; `part-schedule` says what of it may run.
 * `trials[i]` is request i.
 */
export function sharedSolve(trials: readonly PlannedTrial[], saved: SavedWork, options: SharedSolveOptions): GroupWork {
  const { plan, requests, group, name, shared, judging, repeat, now } = options;
  const prefix = `solve/${group}/${name}/`;
  const parts = new Map(plan.stages.flatMap((stage) => stage.parts.map((part) => [part.key, part] as const)));
  const { done, damaged } = openedParts(saved, prefix, parts);
  const readers = readersOf(parts.values());
  const startedAt = now();
  const ended = new Set(trials.flatMap((trial, index) => (saved.finished.has(trial.number) ? [index] : [])));
  const left = partsLeft(parts.values(), requests, done);
  /** By the key of the part that failed. */
  const incidents = new Map<string, Incident>();
  /** Arena stages that an earlier group filled, until a row is stored that tells it. */
  let reused = 0;
  let begun: { readonly lease: ArenaLease; readonly schedule: PartSchedule } | undefined;
  let closed = false;

  /** undefined while another solve has the arena, and where nothing has to be run. */
  function begin(): typeof begun {
    const wanted = wantedParts(plan, { stored: done, ended, held: new Set() });
    if (wanted.size === 0) return undefined;
    const lease = options.arenas.take(plan, name);
    if (lease === undefined) return undefined;
    const held = plan.stages.filter(({ fills, parts: own }) => fills && lease.holds(fills) && own.some(({ key }) => wanted.has(key)));
    reused = held.length;
    return { lease, schedule: partSchedule(plan, { stored: done, ended, held: new Set(held.map((stage) => stage.name)) }) };
  }

  function ready(): readonly Task[] {
    if (closed) return [];
    begun ??= begin();
    if (begun === undefined) return [];
    const { lease, schedule } = begun;
    const taken = schedule.take();
    for (const { stage } of taken) if (stage.fills !== undefined) lease.filling(stage.fills);
    // Nothing is left that uses the arena: the next solve may have it.
    if (schedule.finished()) lease.release();
    return taken.map((one) => task(one, lease));
  }

  function task({ part, priority }: ScheduledPart, { sharedOffset, slotsOffset, slotBytes }: ArenaLease): Task {
    const read = new Map((part.reads ?? []).map((key) => [key, (done.get(key) as PartEnvelope).bytes]));
    const input: PartInput = { part, read, sharedOffset, slotsOffset, slotBytes };
    return {
      key: prefix + part.key,
      label: part.label,
      module: new URL("./part-task.js", import.meta.url).href,
      export: "partTask",
      input,
      shared,
      priority,
      timeoutSeconds: options.timeoutSeconds,
      inside: true,
    };
  }

  /** Outcomes and rows of the requests that the end of a part has made answerable, in request order. */
  function answered(part: SolverPart): Pick<WorkRows, "evaluations" | "predictions" | "outcomes"> {
    const evaluations: EvaluationRecord[] = [];
    const predictions: PredictionRecord[] = [];
    const outcomes: OutcomeRecord[] = [];
    for (const { index } of requests) {
      if (ended.has(index)) continue;
      const failure = begun?.schedule.failureOf(index);
      // The first incident in plan order is told, whichever came first.
      if (failure === undefined ? !part.requests.includes(index) || (left.get(index)?.size ?? 0) > 0 : !begun?.schedule.settled(index))
        continue;
      ended.add(index);
      const trial = (trials[index] as PlannedTrial).number;
      if (failure !== undefined) {
        outcomes.push(failedTrial(trial, incidents.get(failure) as Incident, now()));
        continue;
      }
      try {
        const answer = answerOf(trial, requests[index] as SolveRequest);
        // As for trials judged alone: predictions that are not kept are not pooled.
        const kept = options.keepPredictions ? answer.predictions : [];
        const outcome = trialOutcome(trial, answer.evaluations, {
          judging,
          predictions: kept,
          objectives: options.objectives,
          endedAt: now(),
        });
        evaluations.push(...answer.evaluations);
        predictions.push(...kept);
        outcomes.push(outcome);
      } catch (error) {
        // A metric of the study's own that throws fails this trial, as it does where trials are judged alone.
        outcomes.push(failedTrial(trial, incidentOf(error), now()));
      }
    }
    return { evaluations, predictions, outcomes };
  }

  function answerBytes(): ReadonlyMap<string, Uint8Array> {
    const answers = new Map<string, Uint8Array>();
    for (const [key, { bytes }] of done) if (parts.get(key)?.passing !== true) answers.set(key, bytes);
    return answers;
  }

  function answerOf(trial: number, request: SolveRequest): { evaluations: EvaluationRecord[]; predictions: PredictionRecord[] } {
    const began = performance.now();
    const folds = options.solver.combine(request, requests, answerBytes());
    const scored = folds.map((result) => {
      const rows = (judging.plan.folds[result.fold] as { test: Uint32Array }).test;
      return { result, rows, score: foldScore(judging, rows, result) };
    });
    // Voting and judging belong to the cell alone: an even part to each fold.
    const judgingSeconds = (performance.now() - began) / 1000 / Math.max(1, folds.length);
    const endedAt = now();
    const evaluations = scored.map(({ result, rows, score }) => ({
      trial,
      ...foldName(judging.plan, result.fold, repeat),
      rung: 0,
      values: score.values,
      testRows: rows.length,
      correct: score.correct,
      time: ownTime(done.values(), { request: request.index, fold: result.fold }, judgingSeconds),
      identical: result.identical,
      startedAt,
      endedAt,
    }));
    const predictions = scored.map(({ result, rows }) => {
      return {
        trial,
        ...foldName(judging.plan, result.fold, repeat),
        rows,
        predicted: result.predicted,
        truth: judging.truths[result.fold] as Float64Array,
        scores: result.scores,
      };
    });
    return { evaluations, predictions };
  }

  return {
    opening: noRows,
    notes: plan.note === undefined || ended.size === trials.length ? [] : [plan.note],
    ready,
    accept(finished, result: Extract<TaskResult, { ok: true }>) {
      const { part } = finished.input as PartInput;
      const users = part.requests.map((request) => (trials[request] as PlannedTrial).number);
      let row: SharedWorkRecord = sharedRow(finished, result, { group, trials: users, endedAt: now() });
      if (reused > 0) row = { ...row, counts: { ...row.counts, reused } };
      reused = 0;
      begun?.schedule.done(part.key);
      if (!part.durable) {
        const stage = plan.stages.find((one) => one.parts.some(({ key }) => key === part.key));
        if (stage?.fills !== undefined && begun?.schedule.complete(stage) === true) begun.lease.filled(stage.fills);
        return { ...answered(part), shared: [row] };
      }
      // Bytes that nobody waits for any more would outlive the group's.
      const kept = !damaged.has(part.key) && part.requests.some((request) => !ended.has(request));
      const { bytes, own } = result.value as PartResult;
      let envelope: PartEnvelope = { bytes, own, cpuRate: cpuRateOf(result) };
      const dropped = kept ? passedOn(part) : [];
      // Seconds stay: the last reader tells those of what it is the last to read.
      for (const key of dropped) envelope = withOwnOf(envelope, done.get(key) as PartEnvelope);
      done.set(part.key, envelope);
      for (const key of dropped) done.delete(key);
      for (const request of part.requests) left.get(request)?.delete(part.key);
      return {
        ...answered(part),
        shared: [kept ? { ...row, bytes: sealPart(envelope) } : row],
        dropped: dropped.map((key) => ({ group, key: prefix + key })),
      };
    },
    fail(finished, incident) {
      const { part } = finished.input as PartInput;
      incidents.set(part.key, incident);
      begun?.schedule.failed(part.key);
      return { ...answered(part), shared: [] };
    },
    trialsOf: (one) => (one.input as PartInput).part.requests.map((request) => (trials[request] as PlannedTrial).number),
    model(trial) {
      const request = requests[trials.findIndex(({ number }) => number === trial)];
      // A trial of an earlier run may have parts that were damaged since.
      if (request === undefined || (left.get(request.index)?.size ?? 0) > 0) return undefined;
      return options.solver.model?.(request, requests, answerBytes());
    },
    close() {
      closed = true;
      begun?.lease.release();
      done.clear();
    },
  };

  /** Passing parts that nobody else has to read once this one is stored. */
  function passedOn({ key: last, reads = [] }: SolverPart): string[] {
    return reads.filter(
      (key) => done.has(key) && parts.get(key)?.passing === true && readers.get(key)?.every((one) => one === last || done.has(one)),
    );
  }
}

/** What is stored of a plan. `damaged`: parts that are computed again and can't be stored a second time, since their key stands. */
function openedParts(
  saved: SavedWork,
  prefix: string,
  parts: ReadonlyMap<string, SolverPart>,
): { readonly done: Map<string, PartEnvelope>; readonly damaged: ReadonlySet<string> } {
  const done = new Map<string, PartEnvelope>();
  const damaged = new Set<string>();
  for (const part of saved.parts) {
    if (!part.key.startsWith(prefix)) continue;
    const key = part.key.slice(prefix.length);
    const envelope = openPart(part.bytes);
    // A study that keeps no model any more, or does now, has other parts.
    if (!parts.has(key)) continue;
    if (envelope !== undefined) done.set(key, envelope);
    else damage(key);
  }
  /** What it read may have been dropped, with a row that stands. */
  function damage(key: string): void {
    damaged.add(key);
    for (const read of parts.get(key)?.reads ?? []) damage(read);
  }
  return { done, damaged };
}

/** Keys of the parts that read each part. */
function readersOf(parts: Iterable<SolverPart>): ReadonlyMap<string, readonly string[]> {
  const readers = new Map<string, string[]>();
  for (const { key, reads = [] } of parts) for (const one of reads) readers.set(one, [...(readers.get(one) ?? []), key]);
  return readers;
}

/** Durable parts that `combine` needs and each request still waits for. */
function partsLeft(
  parts: Iterable<SolverPart>,
  requests: readonly SolveRequest[],
  done: ReadonlyMap<string, unknown>,
): Map<number, Set<string>> {
  const left = new Map(requests.map((request) => [request.index, new Set<string>()]));
  for (const part of parts) {
    if (!part.durable || part.passing === true || done.has(part.key)) continue;
    for (const request of part.requests) left.get(request)?.add(part.key);
  }
  return left;
}
