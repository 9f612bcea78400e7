import type { FoldResult, FoldSolver, PartResult, SolverPart, SolverPlan, SolveRequest } from "../core/estimator.ts";
import type { GroupWork, PlannedTrial, SavedWork, WorkRows } from "../core/evaluation.ts";
import type { Incident, SharedValue, Task, TaskResult } from "../core/executor.ts";
import type { EvaluationRecord, OutcomeRecord, PredictionRecord, SharedWorkRecord } from "../core/records.ts";
import type { ArenaLease, SolverArenas } from "./solver-arenas.ts";
import { incidentOf } from "../workers/incident.ts";
import { foldScore, truthOf } from "./fold-score.ts";
import { noRows } from "./fold-work.ts";
import type { Judging } from "./judging.ts";
import { openPart, type PartEnvelope, sealPart } from "./part-envelope.ts";
import type { PartInput } from "./part-task.ts";
import { failedTrial, trialOutcome } from "./trial-outcome.ts";

export interface SharedSolveOptions {
  readonly judging: Judging;
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
 * Judges the trials of a group together, by the parts of one solver plan. Stages run in order; a stage that only fills
 * the arena is run where a part that still has to be computed needs it. `trials[i]` is request i.
 */
export function sharedSolve(trials: readonly PlannedTrial[], saved: SavedWork, options: SharedSolveOptions): GroupWork {
  const { plan, requests, group, name, shared, judging, now } = options;
  const prefix = `solve/${group}/${name}/`;
  const done = new Map<string, PartEnvelope>();
  /** Parts whose stored bytes are not whole: computed again, and not stored a second time under a key that stands. */
  const damaged = new Set<string>();
  for (const part of saved.parts) {
    if (!part.key.startsWith(prefix)) continue;
    const key = part.key.slice(prefix.length);
    const envelope = openPart(part.bytes);
    if (envelope === undefined) damaged.add(key);
    else done.set(key, envelope);
  }
  const startedAt = now();
  const ended = new Set(trials.flatMap((trial, index) => (saved.finished.has(trial.number) ? [index] : [])));
  const stages = neededStages(plan, done, ended);
  const incidents = new Map<number, { readonly order: number; readonly incident: Incident }>();
  const left = partsLeft(plan, requests, done);
  let stage = -1;
  let open = 0;
  let lease: ArenaLease | undefined;
  let closed = false;

  function ready(): readonly Task[] {
    if (closed || open > 0 || stage >= stages.length) return [];
    lease ??= options.arenas.take(plan);
    if (lease === undefined) return [];
    for (stage++; stage < stages.length; stage++) {
      const parts = stages[stage]?.filter((part) => part.requests.some((request) => !incidents.has(request) && !ended.has(request))) ?? [];
      if (parts.length === 0) continue;
      open = parts.length;
      return parts.map((part) => task(part, lease as ArenaLease));
    }
    // Nothing is left that reads the arena: the next solve may have it.
    lease.release();
    return [];
  }

  function task(part: SolverPart, { sharedOffset, slotsOffset, slotBytes }: ArenaLease): Task {
    const input: PartInput = { part, read: new Map(), sharedOffset, slotsOffset, slotBytes };
    return {
      key: prefix + part.key,
      label: part.label,
      module: new URL("./part-task.js", import.meta.url).href,
      export: "partTask",
      input,
      shared,
      priority: part.cost,
      timeoutSeconds: options.timeoutSeconds,
    };
  }

  /** Outcomes and rows of the requests that have just become answerable, in request order. */
  function answered(candidates: readonly number[]): WorkRows {
    const evaluations: EvaluationRecord[] = [];
    const predictions: PredictionRecord[] = [];
    const outcomes: OutcomeRecord[] = [];
    for (const index of candidates) {
      const failure = incidents.get(index);
      // A failed request ends with its stage, so that the first incident in plan order is told, whichever came first.
      const waits = failure === undefined ? (left.get(index)?.size ?? 0) > 0 : open > 0;
      if (waits || ended.has(index)) continue;
      ended.add(index);
      const trial = (trials[index] as PlannedTrial).number;
      if (failure !== undefined) {
        outcomes.push(failedTrial(trial, failure.incident, now()));
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
    return { shared: [], evaluations, predictions, outcomes };
  }

  function answerOf(trial: number, request: SolveRequest): { evaluations: EvaluationRecord[]; predictions: PredictionRecord[] } {
    const began = performance.now();
    const answers = new Map([...done].map(([key, envelope]) => [key, envelope.bytes]));
    const folds = options.solver.combine(request, requests, answers);
    const scored = folds.map((result) => {
      const rows = (judging.plan.folds[result.fold] as { test: Uint32Array }).test;
      return { result, rows, score: foldScore(judging, rows, result) };
    });
    // Voting and judging belong to the cell alone: an even part to each fold.
    const judgingSeconds = (performance.now() - began) / 1000 / Math.max(1, folds.length);
    const endedAt = now();
    const evaluations = scored.map(({ result, rows, score }) => ({
      trial,
      repeat: 0,
      fold: result.fold,
      rung: 0,
      values: score.values,
      testRows: rows.length,
      correct: score.correct,
      time: ownTime(done.values(), request.index, result, judgingSeconds),
      identical: result.identical,
      startedAt,
      endedAt,
    }));
    const predictions = scored.map(({ result, rows }) => {
      return {
        trial,
        repeat: 0,
        fold: result.fold,
        rows,
        predicted: result.predicted,
        truth: truthOf(judging.target, rows),
        scores: result.scores,
      };
    });
    return { evaluations, predictions };
  }

  return {
    opening: noRows,
    ready,
    accept(finished, result: Extract<TaskResult, { ok: true }>) {
      open--;
      const { part } = finished.input as PartInput;
      const value = result.value as PartResult;
      const row = sharedRow(finished, result, { group, trials, endedAt: now() });
      if (!part.durable) return { ...answered(candidates(part)), shared: [row] };
      const cpuRate = cpuRateOf(result);
      const envelope = { bytes: value.bytes, own: value.own, cpuRate };
      done.set(part.key, envelope);
      for (const request of part.requests) left.get(request)?.delete(part.key);
      return { ...answered(candidates(part)), shared: [damaged.has(part.key) ? row : { ...row, bytes: sealPart(envelope) }] };
    },
    fail(finished, incident) {
      open--;
      const { part } = finished.input as PartInput;
      const order = plan.stages.flatMap((one) => one.parts).findIndex((one) => one.key === part.key);
      for (const request of part.requests) {
        const before = incidents.get(request);
        if (before === undefined || before.order > order) incidents.set(request, { order, incident });
      }
      return answered(candidates(part));
    },
    trialsOf: (one) => (one.input as PartInput).part.requests.map((request) => (trials[request] as PlannedTrial).number),
    close() {
      closed = true;
      lease?.release();
      done.clear();
    },
  };

  /** Requests that may have become answerable: those of the part, and at the end of a stage the failed ones. */
  function candidates(part: SolverPart): readonly number[] {
    return open === 0 ? requests.map((request) => request.index) : part.requests;
  }
}

/** Own seconds of one request and fold over all parts, with a CPU time at each part's own rate. */
function ownTime(parts: Iterable<PartEnvelope>, request: number, { fold }: FoldResult, judgingSeconds: number): EvaluationRecord["time"] {
  let fitSeconds = 0;
  let predictSeconds = judgingSeconds;
  let cpuSeconds: number | null = judgingSeconds;
  for (const part of parts) {
    for (const own of part.own) {
      if (own.request !== request || own.fold !== fold) continue;
      fitSeconds += own.fitSeconds;
      predictSeconds += own.predictSeconds;
      cpuSeconds = cpuSeconds === null || part.cpuRate === null ? null : cpuSeconds + (own.fitSeconds + own.predictSeconds) * part.cpuRate;
    }
  }
  return { fitSeconds, predictSeconds, wallSeconds: fitSeconds + predictSeconds, cpuSeconds };
}

/** CPU seconds a wall second; null where CPU time could not be measured. */
function cpuRateOf({ wallSeconds, cpuSeconds }: Extract<TaskResult, { ok: true }>): number | null {
  if (cpuSeconds === null) return null;
  return wallSeconds === 0 ? 1 : cpuSeconds / wallSeconds;
}

/** The part's time less what belongs to single requests. */
function sharedRow(
  task: Task,
  result: Extract<TaskResult, { ok: true }>,
  details: { readonly group: number; readonly trials: readonly PlannedTrial[]; readonly endedAt: string },
): SharedWorkRecord {
  const { part } = task.input as PartInput;
  const value = result.value as PartResult;
  const own = value.own.reduce((sum, one) => sum + one.fitSeconds + one.predictSeconds, 0);
  const wallSeconds = Math.max(0, result.wallSeconds - own);
  const rate = cpuRateOf(result);
  const cpuSeconds = rate === null ? null : wallSeconds * rate;
  return {
    group: details.group,
    key: task.key,
    label: part.label,
    wallSeconds,
    cpuSeconds,
    counts: value.counts,
    warnings: value.warnings,
    trials: part.requests.map((request) => (details.trials[request] as PlannedTrial).number),
    bytes: null,
    endedAt: details.endedAt,
  };
}

/**
 * Parts to run, by stage: durable ones that are not stored and that a request without an outcome waits for, and arena
 * stages that those need, directly or through others.
 */
function neededStages(
  plan: SolverPlan,
  done: ReadonlyMap<string, unknown>,
  ended: ReadonlySet<number>,
): readonly (readonly SolverPart[])[] {
  const needed = new Set<string>();
  const kept: SolverPart[][] = [];
  for (const stage of [...plan.stages].reverse()) {
    const parts = stage.parts.filter((part) => {
      if (part.requests.every((request) => ended.has(request))) return false;
      return part.durable ? !done.has(part.key) : needed.has(stage.name);
    });
    if (parts.length > 0) for (const name of stage.needs) needed.add(name);
    kept.unshift(parts);
  }
  return kept;
}

/** Durable parts that each request still waits for. */
function partsLeft(plan: SolverPlan, requests: readonly SolveRequest[], done: ReadonlyMap<string, unknown>): Map<number, Set<string>> {
  const left = new Map(requests.map((request) => [request.index, new Set<string>()]));
  for (const stage of plan.stages) {
    for (const part of stage.parts) {
      if (!part.durable || done.has(part.key)) continue;
      for (const request of part.requests) left.get(request)?.add(part.key);
    }
  }
  return left;
}
