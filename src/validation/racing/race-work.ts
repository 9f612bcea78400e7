import type { GroupWork, PlannedTrial, SavedWork, WorkRows } from "../../core/evaluation.ts";
import type { Incident, Task } from "../../core/executor.ts";
import type { EvaluationRecord, OutcomeRecord, PredictionRecord } from "../../core/records.ts";
import { isoStarts } from "../../core/iso-times.ts";
import { ownMember } from "../../core/own-member.ts";
import { foldKey, foldRecords, foldTaskOf } from "../fold-records.ts";
import type { FoldInput } from "../fold-task.ts";
import { type FoldWorkOptions, noRows } from "../fold-work.ts";
import { failedTrial, trialOutcome } from "../trial-outcome.ts";
import type { RaceCourse, RaceStop } from "./race.ts";
import type { Racing } from "./racing.ts";

export interface RaceWorkOptions extends FoldWorkOptions {
  readonly racing: Racing;
}

interface RacedTrial {
  readonly trial: PlannedTrial;
  /** null without an incumbent: all folds run. */
  readonly course: RaceCourse | null;
  readonly evaluations: (EvaluationRecord | undefined)[];
  readonly predictions: (PredictionRecord | undefined)[];
  readonly incidents: (Incident | undefined)[];
  /** Handed out, or to be. */
  readonly open: Set<number>;
  /** Folds of the order that have been judged. */
  judged: number;
  ended: boolean;
}

/**
 * Judges each trial by one task a fold, against its incumbent, until it is stopped or all folds are there. Folds are judged in the order of the race alone,
 * whatever finished first, so that a stop is the same for any number of slots. What finishes past a stop is stored and judged by nobody.
 */
export function raceWork(trials: readonly PlannedTrial[], saved: SavedWork, options: RaceWorkOptions): GroupWork {
  const { judging, repeat, shared, timeoutSeconds, objectives, now } = options;
  const { race, incumbentOf, note } = options.racing;
  const metric = objectives[0] as string;
  const folds = judging.plan.folds.length;
  const startOf = isoStarts();
  const states = new Map<number, RacedTrial>();
  const waiting: Task[] = [];
  const opening: OutcomeRecord[] = [];

  for (const trial of trials) {
    if (saved.finished.has(trial.number)) continue;
    const incumbent = incumbentOf(trial.number);
    const course = incumbent === undefined ? null : race.against(incumbent);
    const state: RacedTrial = {
      trial,
      course,
      evaluations: [],
      predictions: [],
      incidents: [],
      open: new Set(race.order),
      judged: 0,
      ended: false,
    };
    for (const evaluation of saved.evaluations) {
      if (evaluation.trial !== trial.number) continue;
      state.evaluations[evaluation.fold] = evaluation;
      state.open.delete(evaluation.fold);
    }
    for (const prediction of state.open.size < folds ? options.savedPredictions(trial.number) : []) {
      state.predictions[prediction.fold] = prediction;
    }
    states.set(trial.number, state);
    opening.push(...advance(state));
    // Early folds of all trials come before later ones of any: these may never be needed.
    for (const [position, fold] of race.order.entries()) {
      if (state.open.has(fold) && !state.ended) {
        waiting.push({ ...foldTaskOf(trial, { repeat, fold }, { folds, shared, timeoutSeconds, priority: -position }), optional: true });
      }
    }
  }

  /** Judges what has come in the order of the race; the outcome, if that is the end. */
  function advance(state: RacedTrial): OutcomeRecord[] {
    const outcome = end(state);
    if (outcome === undefined) return [];
    state.ended = true;
    return [outcome];
  }

  function end(state: RacedTrial): OutcomeRecord | undefined {
    const { trial, course, evaluations, predictions, incidents } = state;
    for (; state.judged < folds; state.judged++) {
      const fold = race.order[state.judged] as number;
      const incident = incidents[fold];
      if (incident !== undefined) return failedTrial(trial.number, incident, now());
      const [evaluation, prediction] = [evaluations[fold], predictions[fold]];
      if (evaluation === undefined || prediction === undefined) return undefined;
      const { predicted, scores } = prediction;
      const stop = course?.take({ value: ownMember(evaluation.values, metric) ?? Number.NaN, predicted, scores });
      if (stop !== undefined) return stoppedTrial(trial.number, metric, stop, now());
    }
    return trialOutcome(trial.number, evaluations as EvaluationRecord[], {
      judging,
      predictions: predictions as PredictionRecord[],
      objectives,
      endedAt: now(),
    });
  }

  function stateOf(task: Task): { readonly state: RacedTrial; readonly fold: number } {
    const { trial, fold } = task.input as FoldInput;
    const state = states.get(trial);
    if (state === undefined) throw new RangeError(`raceWork: trial ${trial} is not open.`);
    state.open.delete(fold);
    return { state, fold };
  }

  /** What a trial's next fold leads to; what it still waits for when it ends need not start. */
  function rowsOf(state: RacedTrial, rows: Pick<WorkRows, "evaluations" | "predictions">): WorkRows {
    if (state.ended) return { ...noRows, ...rows };
    const outcomes = advance(state);
    const withdrawn = state.ended ? [...state.open].map((fold) => foldKey({ trial: state.trial.number, repeat, fold })) : [];
    return { shared: [], ...rows, outcomes, withdrawn };
  }

  return {
    opening: { ...noRows, outcomes: opening },
    notes: [note],
    ready: () => waiting.splice(0),
    accept(done, result) {
      const { state, fold } = stateOf(done);
      const at = { trial: state.trial.number, repeat, fold };
      const { evaluation, prediction } = foldRecords(at, result, { judging, endedAt: now(), startOf });
      state.evaluations[fold] = evaluation;
      state.predictions[fold] = prediction;
      return rowsOf(state, { evaluations: [evaluation], predictions: [prediction] });
    },
    fail(done, incident) {
      const { state, fold } = stateOf(done);
      state.incidents[fold] = incident;
      return rowsOf(state, noRows);
    },
    trialsOf: (one) => [(one.input as FoldInput).trial],
    close() {
      waiting.length = 0;
      states.clear();
    },
  };
}

function stoppedTrial(trial: number, metric: string, stop: RaceStop, endedAt: string): OutcomeRecord {
  const { value, standardError, reason, folds, values } = stop;
  return {
    trial,
    state: "pruned",
    values: { [metric]: { value, standardError, pooled: null } },
    incident: { kind: "pruned", message: reason, code: null, stack: null },
    reported: { steps: folds, values },
    endedAt,
  };
}
