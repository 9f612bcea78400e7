import { callable, finite, flag, integer, listOf, oneOf, type OptionRule, optional, shaped, text } from "../core/options.ts";

const commonRules = {
  name: shapedName(),
  space: shaped("an object of parameters such as { C: float(1, 1000, { log: true }) }", () => true),
  sampler: optional(shaped("a sampler such as grid() or random()", (value) => "propose" in value && "absorb" in value)),
  objectives: optional(listOf(text(), 1)),
  seed: optional(integer(0)),
  lookahead: optional(integer(1, 100_000)),
  trials: optional(integer(1)),
  timeBudgetSeconds: optional(finite(0, Infinity, true)),
  timeoutSeconds: optional(finite(0, Infinity, true)),
  retries: optional(integer(0, 100)),
  target: optional(finite()),
};

const modelRules = {
  ...commonRules,
  data: shaped('data such as csv("data.csv.gz", { target: "y" })', (value) => "load" in value),
  model: callable('a function from parameters to an estimator, such as ({ C }) => svm({ kernel: "rbf", C })'),
  cv: shaped("a splitter such as stratifiedKFold({ folds: 10 })", (value) => "split" in value && "count" in value),
  metrics: shaped("an object of metrics such as { accuracy: accuracy() }", (value) => {
    const metrics = Object.values(value);
    return metrics.length > 0 && metrics.every((metric) => typeof metric === "object" && metric !== null && "evaluate" in metric);
  }),
  keepPredictions: optional(flag()),
  keepModel: optional(flag()),
};

const objectiveRules = {
  ...commonRules,
  objective: callable("a function from a trial to a number"),
  metrics: optional(
    shaped('an object of directions such as { loss: "minimize" }', (value) => {
      const directions = Object.values(value);
      return directions.length > 0 && directions.every((direction) => oneOf(["minimize", "maximize"]).accepts(direction));
    }),
  ),
};

/** How the options of a study must be: of one that judges a model, and of one that judges any function. */
export const studyRules: {
  readonly model: Readonly<Record<string, OptionRule>>;
  readonly objective: Readonly<Record<string, OptionRule>>;
} = Object.freeze({ model: modelRules, objective: objectiveRules });

function shapedName(): OptionRule {
  return {
    must: 'a text of 1 to 200 printing characters without "@"',
    optional: false,
    accepts: (value) => typeof value === "string" && value.trim() === value && /^[^@\p{C}]{1,200}$/u.test(value),
  };
}
