import type { Estimator, SolverReference } from "../core/estimator.ts";
import type { Evaluation, GroupWork, PlannedTrial, SavedWork, WorkRows } from "../core/evaluation.ts";
import type { Incident } from "../core/executor.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { PredictionRecord } from "../core/records.ts";
import type { ModelJudge } from "../core/study-spec.ts";
import { showValue } from "../core/options.ts";
import { foldWork, noRows } from "./fold-work.ts";
import { checkEstimator, type Judging } from "./judging.ts";
import { type SharedSolver, solverInSlot } from "./part-task.ts";
import type { SharedStudy } from "./shared-study.ts";
import { sharedSolve } from "./shared-solve.ts";
import type { SolverArenas } from "./solver-arenas.ts";
import { failedTrial } from "./trial-outcome.ts";
import { unionWork } from "./union-work.ts";

export interface CrossValidationOptions {
  readonly judge: ModelJudge;
  readonly judging: Judging;
  readonly objectives: readonly string[];
  readonly shared: SharedStudy;
  readonly arenas: SolverArenas;
  readonly timeoutSeconds: number | null;
  readonly keepPredictions: boolean;
  readonly keepModel: boolean;
  readonly now: () => string;
  readonly savedPredictions: (trial: number) => readonly PredictionRecord[];
}

/**
 * Judges trials by k-fold cross-validation. Trials of a group whose estimators offer the same solver are solved
 * together, unless training rows were drawn with replacement, which solvers do not know; the others get one task a fold. How a trial is judged changes no bit of its answer.
 */
export function crossValidation(options: CrossValidationOptions): Evaluation {
  const { judging, objectives, timeoutSeconds, keepPredictions, now, savedPredictions } = options;
  const studyId = `study/${judging.data.fingerprint}`;
  const checked = new Set<string>();

  function estimatorOf(trial: PlannedTrial): Estimator | Incident {
    let estimator: Estimator;
    try {
      estimator = options.judge.model(trial.params);
    } catch (error) {
      const message = error instanceof Error ? error.message : showValue(error);
      return {
        kind: "error",
        message,
        code: error instanceof HpoError ? error.code : null,
        stack: error instanceof Error ? (error.stack ?? null) : null,
      };
    }
    if (typeof estimator?.fit !== "function" || typeof estimator.traits !== "object" || estimator.traits === null) {
      return {
        kind: "error",
        message: `model must return an estimator such as svm({ … }); got ${showValue(estimator)}.`,
        code: "MODEL_UNSUPPORTED",
        stack: null,
      };
    }
    // Options may change what a model can do: one of the same name is checked again where its traits differ.
    const kind = JSON.stringify([estimator.name, estimator.task, estimator.traits]);
    if (!checked.has(kind)) {
      checkEstimator(estimator, judging);
      checked.add(kind);
    }
    return estimator;
  }

  async function solve(
    reference: SolverReference,
    members: readonly (readonly [PlannedTrial, Estimator])[],
    group: number,
    saved: SavedWork,
  ): Promise<GroupWork> {
    const { data, target, plan, answer } = judging;
    const value: SharedSolver = { reference, data, target, plan, answer, models: options.keepModel };
    const solver = await solverInSlot(value);
    const requests = members.map(([, estimator], index) => ({ index, options: estimator.options }));
    const trials = members.map(([trial]) => trial);
    return sharedSolve(trials, saved, {
      judging,
      objectives,
      solver,
      plan: solver.plan(requests, options.arenas.limits),
      requests,
      group,
      name: reference.key,
      shared: { id: `solver/${reference.key}/${data.fingerprint}`, value },
      arenas: options.arenas,
      timeoutSeconds,
      keepPredictions,
      now,
    });
  }

  return {
    groupSize: 256,
    tasksPerTrial: judging.plan.folds.length,
    async begin(group, trials, saved) {
      const failed: WorkRows["outcomes"][number][] = [];
      const alone: PlannedTrial[] = [];
      const together = new Map<string, { readonly reference: SolverReference; readonly members: [PlannedTrial, Estimator][] }>();
      for (const trial of trials) {
        const estimator = estimatorOf(trial);
        if (!("fit" in estimator)) {
          if (!saved.finished.has(trial.number)) failed.push(failedTrial(trial.number, estimator, now()));
        } else if (estimator.solver === undefined || judging.plan.replacement === true) alone.push(trial);
        else {
          const entry = together.get(estimator.solver.key);
          if (entry === undefined) together.set(estimator.solver.key, { reference: estimator.solver, members: [[trial, estimator]] });
          else entry.members.push([trial, estimator]);
        }
      }
      const works: GroupWork[] = [];
      for (const { reference, members } of together.values()) works.push(await solve(reference, members, group, saved));
      if (alone.length > 0) {
        const shared = { id: studyId, value: options.shared };
        works.push(foldWork(alone, saved, { judging, objectives, shared, timeoutSeconds, keepPredictions, now, savedPredictions }));
      }
      return unionWork(works, { ...noRows, outcomes: failed });
    },
  };
}
