import type { FitContext, FitInput } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import { canonicalJson } from "../core/json.ts";
import { showValue } from "../core/options.ts";
import type { Transform, Transformer } from "../core/transformer.ts";
import { fitInput, withOrigins } from "../data/derived-data.ts";

/** For each transformer, what tells it and those before it from all others: names and options, in order. */
export function chainKeys(transformers: readonly Transformer[]): readonly string[] {
  return transformers.map((_, last) => canonicalJson(transformers.slice(0, last + 1).map(({ name, options }) => [name, options])));
}

/** A transformer's fit, and what it leaves of the rows that it was fitted to. */
export interface FittedStep {
  readonly transform: Transform;
  /** For the next step: all rows of a data set of its own. */
  readonly left: FitInput;
}

export async function fitStep(transformer: Transformer, input: FitInput, context: FitContext): Promise<FittedStep> {
  const transform = await transformer.fit(input, context);
  if (typeof transform?.apply !== "function") {
    throw new HpoError(
      "MODEL_UNSUPPORTED",
      `${transformer.name}(): fit must give a transform with columns, apply and toJSON; got ${showValue(transform)}.`,
    );
  }
  if (transform.resample !== undefined) return { transform, left: transform.resample(input) };
  const origins = Uint32Array.from(input.rows, (_, at) => at);
  return { transform, left: fitInput(withOrigins(transform.apply(input), input, origins)) };
}
