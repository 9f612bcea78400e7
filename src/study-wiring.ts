import type { Estimator } from "./core/estimator.ts";
import type { Evaluation } from "./core/evaluation.ts";
import type { Executor } from "./core/executor.ts";
import { isoTimes } from "./core/iso-times.ts";
import { HpoError } from "./core/hpo-error.ts";
import { showValue } from "./core/options.ts";
import type { PredictionRecord } from "./core/records.ts";
import type { Store } from "./core/store.ts";
import type { StudySpec } from "./core/study-spec.ts";
import { checkedSampler } from "./study/checked-sampler.ts";
import { isolationOf } from "./study/isolation.ts";
import type { OutcomeOf } from "./study/known-outcome.ts";
import { Proposer } from "./study/proposer.ts";
import type { RunStudyOptions, StudyParts } from "./study/study-parts.ts";
import { crossValidation } from "./validation/cross-validation.ts";
import { honestEstimate } from "./validation/honest-estimate.ts";
import { checkEstimator, type Judging } from "./validation/judging.ts";
import type { RaceDeclaration } from "./validation/racing/race-declaration.ts";
import { racingOf } from "./validation/racing/racing.ts";
import { objectiveEvaluation } from "./validation/objective-evaluation.ts";
import type { SharedStudy, StudySource } from "./validation/shared-study.ts";
import { solverArenas } from "./validation/solver-arenas.ts";
import { fitWhole } from "./validation/whole-fit.ts";
import { availableSlots } from "./workers/available-slots.ts";
import { inlineExecutor } from "./workers/inline-executor.ts";
import { processExecutor } from "./workers/process-executor.ts";
import { threadExecutor } from "./workers/thread-executor.ts";

/** The slots that a run works on. */
export function executorOf(source: StudySource, options: RunStudyOptions): Executor {
  const { workers, trialMemory, onOutput } = options;
  checkRunOptions(options);
  const isolation = isolationOf(options, invalid) ?? "thread";
  if ("bundle" in source) {
    const common = { slots: workers ?? availableSlots(), ...(onOutput === undefined ? {} : { onOutput }) };
    return isolation === "thread"
      ? threadExecutor(common)
      : processExecutor({ ...common, ...(trialMemory === undefined ? {} : { taskBytes: trialMemory }) });
  }
  const cure = `Put the study into a file of its own and open that: openStudy("study.ts").`;
  if (workers !== undefined && workers > 1) {
    throw invalid(`workers must be 1 for a study made in this process, whose functions can't be sent to threads; got ${workers}. ${cure}`);
  }
  if (isolation === "process") {
    throw invalid(
      `isolation must be "thread" for a study made in this process, whose functions can't be sent to another one; got "process". ${cure}`,
    );
  }
  return inlineExecutor();
}

function checkRunOptions({ workers, memory, isolation, trialMemory }: RunStudyOptions): void {
  for (const [name, bytes] of Object.entries({ memory, trialMemory })) {
    if (bytes !== undefined && !(Number.isFinite(bytes) && bytes > 0)) {
      throw invalid(`${name} must be a number of bytes above 0, such as 2e9; got ${String(bytes)}.`);
    }
  }
  if (workers !== undefined && (!Number.isInteger(workers) || workers < 1 || workers > 1024)) {
    throw invalid(`workers must be an integer from 1 to 1024; got ${String(workers)}.`);
  }
  if (isolation !== undefined && isolation !== "thread" && isolation !== "process") {
    throw invalid(`isolation must be "thread" or "process"; got ${showValue(isolation)}.`);
  }
}

function invalid(sentence: string): HpoError {
  return new HpoError("OPTION_INVALID", `study.run(): ${sentence}`);
}

/**
 * What a study can't do is told before it is stored, so that the mended file is no change of a study that never ran. It is
 * the first trial's model that is asked, and given; those of other kinds are checked when their turn comes.
 */
export function checkFirstModel(spec: StudySpec, judged: Judging): Estimator | undefined {
  if (spec.judge.kind !== "model") return undefined;
  const proposal = new Proposer({ ...spec, sampler: checkedSampler(spec.sampler, spec.space) }, () => undefined).propose();
  if (proposal === undefined) return undefined;
  let estimator: Estimator;
  try {
    estimator = spec.judge.model(proposal.params);
  } catch {
    // What a model function throws for one configuration costs that trial, which tells it.
    return undefined;
  }
  if (typeof estimator?.fit !== "function" || typeof estimator.traits !== "object" || estimator.traits === null) return undefined;
  checkEstimator(estimator, judged);
  return estimator;
}

/** How a trial's model is fitted to all rows; null where there is no model. */
export function fitOf({ judge, seed }: StudySpec, judged: Judging | null): StudyParts["fit"] {
  if (judge.kind !== "model" || judged === null) return null;
  return (trial, signal) => fitWhole(trial, { judge, judging: judged, seed, signal });
}

interface EvaluationParts {
  readonly judged: Judging | null;
  readonly executor: Executor;
  readonly store: Store;
  /** Bytes for shared solves; undefined = half of what is free, in a control group with a limit half of what that leaves. */
  readonly memory: number | undefined;
  readonly outcomeOf: OutcomeOf;
  readonly race: RaceDeclaration | null;
}

/** How trials are judged. */
export function evaluationOf(spec: StudySpec, shared: SharedStudy, parts: EvaluationParts): Evaluation {
  const { judged, executor, store, memory, outcomeOf, race } = parts;
  const isoTime = isoTimes();
  const now = (): string => isoTime(Date.now());
  const { timeoutSeconds, judge } = spec;
  if (judge.kind === "objective" || judged === null) {
    const pruning = spec.pruner === null ? {} : { pruning: { outcomeOf, lookahead: spec.lookahead, objectives: spec.objectives } };
    const continuing =
      spec.sampler.traits.continues === undefined ? {} : { checkpointOf: (trial: number) => store.checkpoint(spec.name, trial) };
    return objectiveEvaluation({ shared: { id: `study/${spec.name}`, value: shared }, timeoutSeconds, now, ...pruning, ...continuing });
  }
  const predictions = (trial: number): readonly PredictionRecord[] => store.predictions(spec.name, trial);
  return crossValidation({
    judge,
    judging: judged,
    objectives: spec.objectives.map((objective) => objective.metric),
    shared,
    arenas: solverArenas(judged.data, executor.slots, memory ?? process.availableMemory() / 2),
    timeoutSeconds,
    keepPredictions: spec.keepPredictions,
    keepModel: spec.keepModel,
    now,
    racing: race === null ? null : racingOf(race, { spec, judging: judged, store, outcomeOf }),
    savedPredictions: predictions,
    estimate: (outcomes, firstOf) =>
      honestEstimate(outcomes, {
        firstOf,
        judging: judged,
        objectives: spec.objectives,
        constraints: spec.constraints,
        ordered: judge.cv.ordered === true,
        placed: judge.cv.needs.includes("coordinates"),
        keepPredictions: spec.keepPredictions,
        adaptive: spec.sampler.traits.adaptive,
        selects: spec.selection !== null,
        seed: spec.seed,
        predictions,
      }),
  });
}
