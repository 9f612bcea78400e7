import type { TaskContext } from "../core/executor.ts";
import type { Params } from "../core/space.ts";
import { derivedParts } from "../data/derived-data.ts";
import { rng } from "../math/rng.ts";
import { chainKeys, fitStep } from "../pipelines/chain.ts";
import { type SharedStudy, studyInSlot } from "./shared-study.ts";
import { foldRows, type TransformedFold } from "./transformed-fold.ts";

export interface PrefixInput {
  /** Whose pipeline has the step; every trial of the same key has the same. */
  readonly params: Params;
  readonly repeat: number;
  readonly fold: number;
  /** Which step, from 0, and what the steps before it leave (null: the data set). */
  readonly step: number;
  readonly transformed: TransformedFold | null;
  /** Tells the step and those before it. */
  readonly key: string;
}

/** Runs in a slot: fits one transformer of a pipeline to a fold's training rows, and transforms them and the test rows. */
export async function prefixTask(input: PrefixInput, context: TaskContext): Promise<TransformedFold> {
  const { spec, judging } = await studyInSlot(context.shared as SharedStudy);
  if (spec.judge.kind !== "model") throw new Error("prefixTask: the study has no model.");
  const { transformers = [] } = spec.judge.model(input.params).steps ?? {};
  const transformer = transformers[input.step];
  if (transformer === undefined || chainKeys(transformers)[input.step] !== input.key) {
    throw new RangeError(`The model's step ${input.step + 1} must be the same each time; it was another for equal parameters.`);
  }
  const from = foldRows(judging, input.fold, input.transformed ?? undefined);
  // Of the step, not of the trial that happened to ask first.
  const stream = rng(spec.seed).fork("prefix", input.repeat, input.fold, input.key);
  const { transform, left } = await fitStep(transformer, from.train, { rng: stream, signal: context.signal });
  return { train: derivedParts(left.data), test: derivedParts(transform.apply(from.test)) };
}
