import { fileURLToPath } from "node:url";
import {
  accuracy,
  csv,
  defineStudy,
  float,
  type Metric,
  pipeline,
  type Pruner,
  random,
  type Sampler,
  type Splitter,
  type StudySpec,
  standardize,
  stratifiedKFold,
  type Transformer,
} from "hpo";
import { nearestCentroid } from "../../fixtures/nearest-centroid.ts";

const iris = fileURLToPath(new URL("../../../studies/data/iris.csv.gz", import.meta.url));

/** A study of parts of a user's own, one of which misbehaves in one way; "none": none. */
export function partsStudy(part: string, way: string): StudySpec {
  const misbehave = (): never => {
    throw new Error(`the ${part} broke`);
  };

  /** Calls `own` unless this part is to misbehave in one of these ways. */
  const instead = <T>(name: string, ways: Readonly<Record<string, () => unknown>>, own: () => T): T => {
    const other = part === name ? ways[way] : undefined;
    return other === undefined ? own() : (other() as T);
  };

  const judge: Metric = {
    ...accuracy(),
    name: "own",
    evaluate: (input) =>
      instead("metric", { throws: misbehave, nothing: () => undefined, text: () => "0.5", promise: () => Promise.resolve(1) }, () =>
        accuracy().evaluate(input),
      ),
  };

  const folds = stratifiedKFold({ folds: 3 });
  const splitter: Splitter = {
    ...folds,
    name: "own",
    split: (input, rng) =>
      instead(
        "splitter",
        {
          throws: misbehave,
          nothing: () => undefined,
          both: () => [0, 1, 2].map(() => ({ train: Uint32Array.of(0, 1, 2), test: Uint32Array.of(2, 3) })),
          outside: () => [0, 1, 2].map(() => ({ train: Uint32Array.of(0, 1), test: Uint32Array.of(900) })),
          few: () => [{ train: Uint32Array.of(0, 60, 110), test: Uint32Array.of(1) }],
        },
        () => folds.split(input, rng),
      ),
    count: (input) => (part === "splitter" && way === "counts" ? misbehave() : folds.count(input)),
  };

  const scale = standardize();
  const transformer: Transformer = {
    ...scale,
    name: "own",
    fit: (input, context) =>
      instead("transformer", { throws: misbehave, nothing: () => undefined, text: () => Promise.resolve("no transform") }, () =>
        scale.fit(input, context),
      ),
  };

  const uniform = random();
  const sampler: Sampler<unknown> = {
    name: "own",
    options: {},
    traits: { adaptive: true, usesClock: false },
    start: (context) => (part === "sampler" && way === "starts" ? misbehave() : uniform.start(context)),
    absorb: (state, trial) => (part === "sampler" && way === "absorbs" && trial.number === 2 ? misbehave() : state),
    propose: (state, number, pending, rng) =>
      number < 3
        ? uniform.propose(state as never, number, pending, rng)
        : instead(
            "sampler",
            {
              throws: misbehave,
              text: () => "a proposal",
              empty: () => ({}),
              nan: () => ({ params: { shrink: Number.NaN }, by: "own", why: "" }),
              outside: () => ({ params: { shrink: 7 }, by: "own", why: "" }),
              unknown: () => ({ params: { shrink: 0.5, other: 1 }, by: "own", why: "" }),
              missing: () => ({ params: {}, by: "own", why: "" }),
              promise: () => Promise.resolve({ params: { shrink: 0.5 }, by: "own", why: "" }),
              wordless: () => ({ params: { shrink: 0.5 } }),
            },
            () => uniform.propose(state as never, number, pending, rng),
          ),
    size: () => (part === "sampler" && way === "sizes" ? misbehave() : null),
  };

  const pruner: Pruner = {
    name: "own",
    options: {},
    verdict: () => instead("pruner", { throws: misbehave, number: () => 5 }, () => undefined),
  };

  const own = ({ shrink }: { readonly shrink: number }) => {
    const centroid = nearestCentroid({ shrink });
    return {
      ...centroid,
      name: "own",
      fit: (input: Parameters<typeof centroid.fit>[0], context: Parameters<typeof centroid.fit>[1]) =>
        instead("estimator", { throws: misbehave, nothing: () => undefined, text: () => "a model", bare: () => ({}) }, async () => {
          const model = await centroid.fit(input, context);
          const predict: typeof model.predict = (rows) => {
            const labels = model.predict(rows);
            return instead(
              "model",
              {
                throws: misbehave,
                nothing: () => undefined,
                short: () => labels.slice(1),
                nan: () => labels.map(() => Number.NaN),
                classes: () => labels.map(() => 17),
                halves: () => labels.map(() => 0.5),
                list: () => [...labels],
                text: () => "0".repeat(labels.length),
              },
              () => labels,
            );
          };
          return { ...model, predict, dispose: part === "model" && way === "disposes" ? misbehave : model.dispose };
        }),
    };
  };

  const judged = {
    data: csv(iris, { target: "y" }),
    space: { shrink: float(0, 0.9) },
    model: (params: { readonly shrink: number }) =>
      instead("factory", { throws: misbehave, nothing: () => undefined }, () => pipeline(transformer, own(params))),
    cv: splitter,
    metrics: { own: judge },
  };
  const told = {
    space: { shrink: float(0, 0.9) },
    pruner,
    objective: ({
      params,
      report,
    }: {
      readonly params: { readonly shrink: number };
      readonly report: (step: number, value: number) => boolean;
    }) => {
      report(0, params.shrink);
      return params.shrink;
    },
  };

  return defineStudy({
    name: "parts",
    ...(part === "pruner" ? told : judged),
    sampler,
    trials: 5,
    lookahead: 1,
  } as never);
}
