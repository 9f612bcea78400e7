import type { Estimator, EstimatorSteps, SolverReference } from "../core/estimator.ts";
import type { Evaluation, GroupWork, PlannedTrial, SavedWork, WorkRows } from "../core/evaluation.ts";
import type { Incident, SharedValue } from "../core/executor.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { PredictionRecord } from "../core/records.ts";
import type { ModelJudge } from "../core/study-spec.ts";
import { showValue } from "../core/options.ts";
import { foldPlan } from "./fold-plan.ts";
import { foldWork, noRows } from "./fold-work.ts";
import { checkEstimator, type Judging, withFolds } from "./judging.ts";
import { type SharedSolver, solverInSlot } from "./part-task.ts";
import { prefixShelf } from "./prefix-shelf.ts";
import { raceWork } from "./racing/race-work.ts";
import type { Racing } from "./racing/racing.ts";
import type { SharedStudy } from "./shared-study.ts";
import { sharedSolve } from "./shared-solve.ts";
import type { SolverArenas } from "./solver-arenas.ts";
import { stepsWork } from "./steps-work.ts";
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
  readonly estimate: NonNullable<Evaluation["estimate"]>;
  readonly savedPredictions: (trial: number) => readonly PredictionRecord[];
  /** How trials are raced; null = all their folds run. */
  readonly racing: Racing | null;
}

/** What the trials of one repeat have in common. */
interface RepeatJudging {
  readonly repeat: number;
  readonly judging: Judging;
  /** Behind names that tell repeats apart; empty for the first. */
  readonly suffix: string;
  readonly study: SharedValue;
}

interface SolveMembers {
  readonly reference: SolverReference;
  readonly own: RepeatJudging;
  readonly members: [PlannedTrial, Estimator][];
}

/**
 * Judges trials by k-fold cross-validation. Trials of a group whose estimators offer the same solver are solved
 * together; the others get one task a fold. How a trial is judged changes no bit of its answer. A repeat of a configuration has folds of its own,
 * the splitter's under the stream ("split", repeat).
 */
export function crossValidation(options: CrossValidationOptions): Evaluation {
  const { judging, objectives, timeoutSeconds, keepPredictions, now, savedPredictions, racing } = options;
  const checked = new Set<string>();
  const shelf = prefixShelf(Math.min(mostShelfBytes, options.arenas.limits.memoryBytes / 4));

  const repeats = new Map<number, RepeatJudging>();

  function repeatOf(trial: PlannedTrial): RepeatJudging {
    const repeat = trial.repeat ?? 0;
    const known = repeats.get(repeat);
    if (known !== undefined) return known;
    const folds = repeat === 0 ? judging : withFolds(judging, foldPlan(judging.data, options.judge.cv, options.shared.seed, repeat));
    const suffix = repeat === 0 ? "" : `#${repeat}`;
    const made: RepeatJudging = {
      repeat,
      judging: folds,
      suffix,
      study: { id: `study/${judging.data.fingerprint}${suffix}`, value: { ...options.shared, plan: folds.plan } satisfies SharedStudy },
    };
    repeats.set(repeat, made);
    return made;
  }

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
    { reference, own: { judging: folds, repeat, suffix }, members }: SolveMembers,
    { group, saved }: { readonly group: number; readonly saved: SavedWork },
  ): Promise<GroupWork> {
    const { data, target, plan, answer } = folds;
    const value: SharedSolver = { reference, data, target, plan, answer, models: options.keepModel };
    const solver = await solverInSlot(value);
    const requests = members.map(([, estimator], index) => ({ index, options: estimator.options }));
    const trials = members.map(([trial]) => trial);
    return sharedSolve(trials, saved, {
      judging: folds,
      repeat,
      objectives,
      solver,
      plan: solver.plan(requests, options.arenas.limits),
      requests,
      group,
      name: `${reference.key}${suffix}`,
      shared: { id: `solver/${reference.key}/${data.fingerprint}${suffix}`, value },
      arenas: options.arenas,
      timeoutSeconds,
      keepPredictions,
      now,
    });
  }

  return {
    groupSize: 256,
    estimate: options.estimate,
    tasksPerTrial: judging.plan.folds.length,
    async begin(group, trials, saved) {
      const failed: WorkRows["outcomes"][number][] = [];
      const alone = new Map<RepeatJudging, PlannedTrial[]>();
      const steps = new Map<number, EstimatorSteps>();
      const together = new Map<string, SolveMembers>();
      for (const trial of trials) {
        const estimator = estimatorOf(trial);
        if (!("fit" in estimator)) {
          if (!saved.finished.has(trial.number)) failed.push(failedTrial(trial.number, estimator, now()));
          continue;
        }
        const own = repeatOf(trial);
        if (estimator.solver === undefined || racing?.solvers === "raced") {
          const members = alone.get(own) ?? [];
          alone.set(own, members);
          members.push(trial);
          if (hasSteps(estimator)) steps.set(trial.number, estimator.steps);
        } else {
          const key = `${estimator.solver.key}${own.suffix}`;
          const entry = together.get(key) ?? { reference: estimator.solver, own, members: [] };
          together.set(key, entry);
          entry.members.push([trial, estimator]);
        }
      }
      const works: GroupWork[] = [];
      for (const members of together.values()) works.push(await solve(members, { group, saved }));
      for (const [{ judging: folds, repeat, study }, members] of alone) {
        const details = { judging: folds, repeat, objectives, shared: study, timeoutSeconds, keepPredictions, now, savedPredictions };
        const open = members.filter(({ number }) => steps.has(number) && !saved.finished.has(number));
        // A repeat has folds of its own, on which there is nothing to compare it with.
        const raced = racing !== null && repeat === 0;
        const work = raced ? raceWork(members, saved, { ...details, racing }) : foldWork(members, saved, details);
        const chains = new Map(open.map(({ number }) => [number, steps.get(number) as EstimatorSteps]));
        works.push(chains.size === 0 ? work : stepsWork(work, { group, steps: chains, shelf, shared: study, timeoutSeconds, now }));
      }
      return unionWork(works, { ...noRows, outcomes: failed });
    },
  };
}

/** What transformed folds may take; more would seldom be used again. */
const mostShelfBytes = 2 ** 30;

function hasSteps(estimator: Estimator): estimator is Estimator & { readonly steps: EstimatorSteps } {
  return estimator.steps !== undefined && estimator.steps.transformers.length > 0;
}
