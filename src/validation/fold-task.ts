import type { TaskContext } from "../core/executor.ts";
import type { Answer, FitContext } from "../core/estimator.ts";
import type { EvaluationRecord } from "../core/records.ts";
import type { Params } from "../core/space.ts";
import { type Rng, rng } from "../math/rng.ts";
import { nowMs } from "../workers/clock.ts";
import { foldGradients } from "./fold-gradient.ts";
import { foldScore } from "./fold-score.ts";
import { modelAnswers } from "./model-answers.ts";
import { type SharedStudy, studyInSlot } from "./shared-study.ts";
import { foldRows, type TransformedFold } from "./transformed-fold.ts";

export interface FoldInput {
  readonly trial: number;
  /** Whose folds `shared` holds. */
  readonly repeat: number;
  readonly fold: number;
  readonly params: Params;
  /** What the model's transformers left of the fold's rows, to which its last step is fitted; left out where it has none. */
  readonly transformed?: TransformedFold;
}

export interface FoldOutput extends Pick<EvaluationRecord, "values" | "gradients"> {
  readonly correct: number | null;
  readonly predicted: Float64Array;
  readonly scores: Float64Array | null;
  readonly fitSeconds: number;
  readonly predictSeconds: number;
  readonly wallSeconds: number;
}

/** Runs in a slot: fits a trial's model on the fold's training rows, predicts its test rows, judges them. */
export async function foldTask(input: FoldInput, context: TaskContext): Promise<FoldOutput> {
  const study = studyInSlot(context.shared as SharedStudy);
  const { spec, judging } = study instanceof Promise ? await study : study;
  if (spec.judge.kind !== "model") throw new Error("foldTask: the study has no model.");
  const { target, answer } = judging;
  const { train, test } = foldRows(judging, input.fold, input.transformed);
  const start = nowMs();
  const whole = spec.judge.model(input.params);
  const estimator = input.transformed === undefined ? whole : (whole.steps?.estimator ?? whole);
  const model = await estimator.fit(train, new FoldContext(answer, { context, seed: spec.seed, input }));
  const fitted = nowMs();
  try {
    const { predicted, scores } = modelAnswers(model, test, { answer, target, name: estimator.name });
    const rows = (judging.plan.folds[input.fold] as { test: Uint32Array }).test;
    const answers = { predicted, scores, truth: judging.truths[input.fold] };
    const score = foldScore(judging, rows, answers);
    // Steps before the estimator may hang on parameters that its slopes know nothing of.
    const sloped = whole.steps === undefined && model.predictSlopes !== undefined;
    const known = { rows, answers, model, name: estimator.name };
    const gradients = sloped ? foldGradients(judging, known, { space: spec.space, params: input.params }) : undefined;
    const predictedAt = nowMs();
    const output: FoldOutput = {
      values: score.values,
      correct: score.correct,
      predicted,
      scores,
      fitSeconds: (fitted - start) / 1000,
      predictSeconds: (predictedAt - fitted) / 1000,
      wallSeconds: (predictedAt - start) / 1000,
    };
    return gradients === undefined ? output : { ...output, ...gradients };
  } finally {
    if (typeof model?.dispose === "function") model.dispose();
  }
}

/**
 * Stream and signal are made when they are asked for: that takes longer than a small fit does. They are the object's own and enumerable, since a model may spread its
 * context; all contexts have the same two functions behind them, since new ones for each take longer still.
 */
class FoldContext implements FitContext {
  declare readonly rng: Rng;
  declare readonly signal: AbortSignal;
  readonly answer: Answer;
  readonly #task: { readonly context: TaskContext; readonly seed: number; readonly input: FoldInput };
  #rng: Rng | undefined;

  constructor(answer: Answer, task: { readonly context: TaskContext; readonly seed: number; readonly input: FoldInput }) {
    this.answer = answer;
    this.#task = task;
    Object.defineProperty(this, "rng", FoldContext.#rngMember);
    Object.defineProperty(this, "signal", FoldContext.#signalMember);
  }

  static readonly #rngMember = Object.freeze({
    enumerable: true,
    get(this: FoldContext): Rng {
      const { seed, input } = this.#task;
      return (this.#rng ??= rng(seed).fork("fit", input.trial, input.repeat, input.fold));
    },
  });
  static readonly #signalMember = Object.freeze({
    enumerable: true,
    get(this: FoldContext): AbortSignal {
      return this.#task.context.signal;
    },
  });
}
