import type { Estimator } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { Params, Space } from "../core/space.ts";
import type { Transformer } from "../core/transformer.ts";
import type { ParamsOf } from "../space/params-of.ts";
import { type NamedSteps, pipeline, type PipelineEstimator } from "./pipeline.ts";
import { type StepSpace, stepSpace, type TunedStep } from "./tuned.ts";

/** Steps by name, in order, the last an estimator. */
export type TunedSteps = Readonly<Record<string, Transformer | Estimator | TunedStep>>;

/** The parameters of all steps, as "step.option". */
export type PipelineSpace<T> = Flat<
  Intersection<{ [K in keyof T & string]: T[K] extends TunedStep<infer S> ? StepSpace<K, S> : never }[keyof T & string]>
>;

type Intersection<U> = (U extends unknown ? (one: U) => void : never) extends (all: infer I) => void ? I : never;

type Flat<T> = { readonly [K in keyof T]: T[K] };

/** What a study takes of a pipeline that is searched over. */
export interface TunedPipeline<S extends Space> {
  readonly space: S;
  readonly model: (params: ParamsOf<S>) => PipelineEstimator;
}

/**
 * `space` and `model` of a study whose estimator is a pipeline, each step's search beside the step:
 *
 *     defineStudy({
 *       ...tunedPipeline({
 *         scale: standardize(),
 *         pca: tuned(pca, { components: int(2, 10) }),
 *         svm: tuned(svm, { kernel: "rbf", C: float(0.1, 1000, { log: true }), gamma: float(1e-3, 10, { log: true }) }),
 *       }),
 *       …
 *     })
 *
 * Parameters are named "pca.components", "svm.C", "svm.gamma" everywhere: in tables, in `forbid`, `limits` and `enqueue`, and typed there.
 * @throws HpoError OPTION_INVALID where no step is tuned, or a name holds "."
 */
export function tunedPipeline<const T extends TunedSteps>(steps: T): TunedPipeline<Extract<PipelineSpace<T>, Space>> {
  if (typeof steps !== "object" || steps === null) {
    throw new HpoError("OPTION_INVALID", `tunedPipeline(): steps must be an object of steps by name; got ${showValue(steps)}.`);
  }
  const entries = Object.entries(steps);
  const dotted = entries.find(([name]) => name.includes("."));
  if (dotted !== undefined) {
    throw new HpoError(
      "OPTION_INVALID",
      `tunedPipeline(): a step's name must not hold ".", which stands before an option; got ${showValue(dotted[0])}.`,
      {
        data: { step: dotted[0] },
      },
    );
  }
  const space = Object.assign({}, ...entries.map(([name, step]) => (isTuned(step) ? stepSpace(name, step.space) : {}))) as Space;
  if (Object.keys(space).length === 0) {
    throw new HpoError(
      "OPTION_INVALID",
      "tunedPipeline(): at least one step must be tuned, such as tuned(pca, { components: int(2, 10) }); got none. Take pipeline() for fixed steps.",
    );
  }
  const model = (params: Params): PipelineEstimator => {
    const made: NamedSteps = Object.fromEntries(
      entries.map(([name, step]) => [name, isTuned(step) ? step.make(ownOf(name, params)) : step]),
    );
    return pipeline(made);
  };
  return Object.freeze({ space, model }) as unknown as TunedPipeline<Extract<PipelineSpace<T>, Space>>;
}

function isTuned(step: TunedSteps[string]): step is TunedStep {
  return typeof step === "object" && step !== null && "kind" in step && step.kind === "tuned";
}

/** A step's own parameters, by the options' names. */
function ownOf(step: string, params: Params): Params {
  const prefix = `${step}.`;
  return Object.fromEntries(
    Object.entries(params).flatMap(([name, value]) => (name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [])),
  );
}
