import type { Estimator, EstimatorSteps, FitContext, FitInput } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import type { Transform, Transformer } from "../core/transformer.ts";
import { chainKeys, fitStep } from "./chain.ts";
import { type PipelineModel, pipelineModel } from "./pipeline-model.ts";

/** An estimator made of steps. */
export interface PipelineEstimator extends Estimator {
  readonly steps: EstimatorSteps;
  fit(input: FitInput, context: FitContext): Promise<PipelineModel>;
}

/** Transformers, then an estimator, each under a name of its own. */
export type NamedSteps = Readonly<Record<string, Transformer | Estimator>>;

/**
 * Transformers and an estimator as one estimator: `pipeline(standardize(), pca({ components: 5 }), svm({ … }))`, or with names
 * `pipeline({ scale: standardize(), svm: svm({ … }) })`. Every step is fitted to training rows alone, as those before it left them; rows that are judged pass
 * through the fitted transforms. Where several trials' first steps agree, by names and options, a study fits those once a fold. It takes missing
 * values and categories where a step removes them before another step meets them.
 * @throws HpoError OPTION_INVALID where the last step is no estimator or another is no transformer; MODEL_UNSUPPORTED where a step needs classes and the
 * estimator predicts numbers
 */
export function pipeline(...steps: [...transformers: Transformer[], estimator: Estimator]): PipelineEstimator;
export function pipeline(steps: NamedSteps): PipelineEstimator;
export function pipeline(...given: readonly unknown[]): PipelineEstimator {
  const steps = listed(given);
  const estimator = steps.at(-1);
  if (!isEstimator(estimator)) {
    throw new HpoError("OPTION_INVALID", `pipeline(): the last step must be an estimator such as svm({ … }); got ${showStep(estimator)}.`, {
      data: { where: "pipeline" },
    });
  }
  const transformers = steps.slice(0, -1).map((step) => {
    if (isTransformer(step)) return step;
    throw new HpoError(
      "OPTION_INVALID",
      `pipeline(): steps before the last must be transformers such as standardize(); got ${showStep(step)}.`,
      { data: { where: "pipeline" } },
    );
  });
  return piped([...transformers, ...(estimator.steps?.transformers ?? [])], estimator.steps?.estimator ?? estimator);
}

function piped(transformers: readonly Transformer[], estimator: Estimator): PipelineEstimator {
  const learner = transformers.find(({ traits }) => traits.classes);
  if (learner !== undefined && estimator.task !== "classification") {
    throw new HpoError(
      "MODEL_UNSUPPORTED",
      `pipeline(): ${learner.name}() learns from classes, and ${estimator.name}() predicts numbers; leave one of them out.`,
      { data: { step: learner.name, estimator: estimator.name } },
    );
  }
  const keys = chainKeys(transformers);
  return Object.freeze({
    name: "pipeline",
    task: estimator.task,
    traits: Object.freeze({
      gives: estimator.traits.gives,
      missing: takes("missing", transformers, estimator),
      categories: takes("categories", transformers, estimator),
      weights: estimator.traits.weights,
      ...(estimator.traits.mostClasses === undefined ? {} : { mostClasses: estimator.traits.mostClasses }),
    }),
    options: Object.freeze({
      steps: Object.freeze(transformers.map(({ name, options }) => Object.freeze({ name, options }))),
      estimator: Object.freeze({ name: estimator.name, options: estimator.options }),
    }),
    steps: Object.freeze({ transformers: Object.freeze([...transformers]), estimator }),
    async fit(input, context) {
      const transforms: Transform[] = [];
      let left = input;
      for (const [at, transformer] of transformers.entries()) {
        const rng = context.rng.fork("prefix", keys[at] as string);
        const step = await fitStep(transformer, left, { ...context, rng });
        transforms.push(step.transform);
        left = step.left;
      }
      return pipelineModel(transforms, await estimator.fit(left, context));
    },
  } satisfies PipelineEstimator);
}

/** Whether the first step that does not merely keep something takes it; the estimator where all keep it. */
function takes(what: "missing" | "categories", transformers: readonly Transformer[], estimator: Estimator): boolean {
  const first = transformers.find(({ traits }) => traits[what] !== "keeps");
  return first === undefined ? estimator.traits[what] : first.traits[what] === "removes";
}

function listed(given: readonly unknown[]): readonly unknown[] {
  const [named] = given;
  if (given.length !== 1 || typeof named !== "object" || named === null || isEstimator(named) || isTransformer(named)) return given;
  const steps = Object.entries(named);
  const numbered = steps.find(([name]) => /^\d+$/.test(name));
  if (numbered === undefined) return steps.map(([, step]) => step as unknown);
  // Such keys come first in an object, whatever their place in the source.
  throw new HpoError("OPTION_INVALID", `pipeline(): names of steps must not be numbers, which have no order; got ${numbered[0]}.`, {
    data: { where: "pipeline", step: numbered[0] },
  });
}

function isEstimator(value: unknown): value is Estimator {
  return isRecipe(value) && "task" in value;
}

function isTransformer(value: unknown): value is Transformer {
  return isRecipe(value) && !("task" in value);
}

function isRecipe(value: unknown): value is { readonly name: string; readonly traits: object } {
  const recipe = value as Partial<Estimator> | null;
  return typeof value === "object" && value !== null && typeof recipe?.fit === "function" && typeof recipe.traits === "object";
}

function showStep(step: unknown): string {
  return isRecipe(step) ? `${step.name}()` : showValue(step);
}
