import { callable, either, finite, flag, integer, listOf, oneOf, type OptionRule, optional, shaped, text } from "../core/options.ts";
import { dataRule, metricRule, prunerRule, samplerRule, splitterRule } from "../core/part-rules.ts";

const commonRules = {
  name: shapedName(),
  space: shaped("an object of parameters such as { C: float(1, 1000, { log: true }) }", () => true),
  // What these hold is checked against the space.
  forbid: optional(listOf(shaped('a combination such as { kernel: "poly", C: 100 }', () => true))),
  limits: optional(listOf(shaped("a limit such as { sum: { a: 1, b: 2 }, max: 10 }", () => true))),
  enqueue: optional(listOf(shaped("a configuration such as { gamma: 0.1, C: 1 }", () => true))),
  warmStart: optional(shaped('an object such as { from: [fromStudy("landsat-svm")] }', () => true)),
  sampler: optional(samplerRule),
  objectives: optional(listOf(text(), 1)),
  constraints: optional(shaped("an object of bounds such as { latency: { max: 0.2 } }", () => true)),
  seed: optional(integer(0)),
  lookahead: optional(integer(1, 100_000)),
  trials: optional(integer(1)),
  timeBudgetSeconds: optional(finite(0, Infinity, true)),
  timeoutSeconds: optional(finite(0, Infinity, true)),
  retries: optional(integer(0, 100)),
  target: optional(finite()),
  stopAtTarget: optional(flag()),
  staleTrials: optional(integer(1)),
  stopAtNoise: optional(
    either(
      flag(),
      shaped("an object such as { minTrials: 30 }", () => true),
    ),
  ),
  cpuBudgetSeconds: optional(finite(0, Infinity, true)),
  isolation: optional(oneOf(["thread", "process"])),
  trialMemory: optional(finite(0, Infinity, true)),
};

const modelRules = {
  ...commonRules,
  data: dataRule,
  model: callable('a function from parameters to an estimator, such as ({ C }) => svm({ kernel: "rbf", C })'),
  cv: splitterRule(10),
  metrics: shaped('an object of metrics such as { accuracy: accuracy() }, none of them called "__proto__"', (value) => {
    const metrics = Object.values(value);
    return metrics.length > 0 && Object.keys(value).every(isMetricName) && metrics.every((metric) => metricRule.accepts(metric));
  }),
  select: optional(oneOf(["best", "simplest-within-one-se"])),
  // What it holds is checked against the space.
  simplicity: optional(listOf(shaped('a rule such as { parameter: "C", simpler: "smaller" }', () => true))),
  keepPredictions: optional(flag()),
  keepModel: optional(flag()),
  // What it holds is checked with the rest of the declaration.
  nested: optional(shaped("an object such as { outer: stratifiedKFold({ folds: 5 }) }", () => true)),
  race: optional(oneOf([true, false, "exact"])),
};

const objectiveRules = {
  ...commonRules,
  objective: callable("a function from a trial to a number"),
  checkpointBytes: optional(integer(1, 2 ** 32)),
  pruner: optional(prunerRule),
  metrics: optional(
    shaped('an object of directions such as { loss: "minimize" }, none of them called "__proto__"', (value) => {
      const directions = Object.values(value);
      return (
        directions.length > 0 &&
        Object.keys(value).every(isMetricName) &&
        directions.every((direction) => oneOf(["minimize", "maximize"]).accepts(direction))
      );
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

/** "__proto__" can't be told from an object's prototype, and UTF-8 can't write half a character (a lone surrogate), so that the store would not know the name again. */
function isMetricName(name: string): boolean {
  return name !== "__proto__" && !/\p{Cs}/u.test(name);
}
