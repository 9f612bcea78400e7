// A study whose truth is known: two Gaussian classes, and classifiers of which the search picks one.
import {
  accuracy,
  type DataRecipe,
  defineStudy,
  type Estimator,
  float,
  inMemory,
  int,
  kFold,
  loadModel,
  openStudy,
  random,
  type Sampler,
  type StudySpec,
  svm,
  tpe,
} from "hpo";
import type { Json } from "#hpo/core/json";
import type { NestedEstimate } from "#hpo/core/nested-record";
import { type Rng, rng } from "#hpo/math/rng";
import { normalCdf } from "#hpo/math/normal-distribution";

export interface NoiseStudy {
  /** How far each of the first five features' means lie from 0, to the side of the class; 0 = nothing can be learnt. */
  readonly signal: number;
  readonly rows: number;
  readonly trials: number;
  readonly sampler: "random" | "tpe";
  /**
   * "svm": γ and C of a support vector machine, whose rows are predicted nearly independently of each other. "line": the features that a linear
   * classifier looks at, the hard case: a feature that separates the classes by chance does so on all rows at once, drawn or not.
   */
  readonly model: "svm" | "line";
  /** Outer folds of a nested cross-validation; left out: none. */
  readonly outer?: number;
}

/** What the study says of itself, and what its best configuration's model, fitted to all rows, is worth on all the rows there could be. */
export interface NoiseResult {
  readonly best: number;
  readonly fair: number;
  readonly low: number;
  readonly high: number;
  readonly truth: number;
  readonly nested: NestedEstimate | null;
}

const width = 20;
const informative = 5;

/** One study on data of its own. About 0.1 s. */
export async function noiseRun({ signal, rows, trials, sampler, model, outer }: NoiseStudy, seed: number): Promise<NoiseResult> {
  const stream = rng(seed).fork("noise-study");
  const { features, target } = drawn(rows, signal, stream);
  const nested = outer === undefined ? {} : { nested: { outer: kFold({ folds: outer, shuffle: true }) } };
  const common = { ...commonOf({ sampler, trials, seed, data: inMemory({ name: "noise", features, target }) }), ...nested };
  const study = await openStudy(model === "svm" ? svmStudy(common) : lineStudy(common), { database: ":memory:" });
  try {
    const { estimate, trials: done } = await study.run();
    if (estimate?.value == null || estimate.low === null || estimate.high === null) throw new Error(`no estimate: ${estimate?.why ?? ""}`);
    const { json } = await study.model(estimate.trial);
    const truth = model === "svm" ? await freshAccuracy(json, signal, stream) : exactAccuracy(json as unknown as Line, signal);
    const value = done[estimate.trial]?.values["accuracy"]?.value ?? Number.NaN;
    const { value: fair, low, high } = estimate;
    return { best: value, fair, low, high, truth, nested: estimate.nested?.values["accuracy"] ?? null };
  } finally {
    await study.close();
  }
}

function commonOf({
  sampler,
  ...given
}: {
  readonly sampler: string;
  readonly trials: number;
  readonly seed: number;
  readonly data: DataRecipe;
}) {
  return {
    ...given,
    name: "noise",
    cv: kFold({ folds: 10, shuffle: true }),
    metrics: { accuracy: accuracy() },
    sampler: (sampler === "tpe" ? tpe() : random()) as Sampler,
  };
}

type Common = ReturnType<typeof commonOf> & { readonly nested?: { readonly outer: ReturnType<typeof kFold> } };

function svmStudy(common: Common): StudySpec {
  const space = { gamma: float(1e-3, 10, { log: true }), C: float(0.1, 1000, { log: true }) };
  return defineStudy({ ...common, space, model: ({ gamma, C }) => svm({ kernel: "rbf", gamma, C }) });
}

function lineStudy(common: Common): StudySpec {
  return defineStudy({
    ...common,
    space: { first: int(0, width - 1), count: int(1, width), power: float(0, 3) },
    model: (params) => centroidLine(params),
  });
}

function drawn(rows: number, signal: number, stream: Rng): { readonly features: number[][]; readonly target: string[] } {
  const target = Array.from({ length: rows }, () => (stream.uniform() < 0.5 ? "a" : "b"));
  const features = target.map((label) =>
    Array.from({ length: width }, (_, column) => stream.normal() + (column < informative ? (label === "b" ? signal : -signal) : 0)),
  );
  return { features, target };
}

const freshRows = 100_000;

async function freshAccuracy(json: Json, signal: number, stream: Rng): Promise<number> {
  const { features, target } = drawn(freshRows, signal, stream);
  const data = await inMemory({ name: "fresh", features, target }).load({ folder: ".", task: "classification" });
  const model = loadModel(json);
  const predicted = model.predict({ data, rows: Uint32Array.from(target, (_, row) => row) });
  model.dispose();
  return target.reduce((right, label, row) => right + ((predicted[row] === 1) === (label === "b") ? 1 : 0), 0) / freshRows;
}

/** Rows with weights · x > offset are of class b. */
interface Line {
  readonly weights: readonly number[];
  readonly offset: number;
}

interface LineParams {
  /** The features from this one on, `count` of them, in a circle. */
  readonly first: number;
  readonly count: number;
  /** Weights are the class means' differences to this power. */
  readonly power: number;
}

/** The plane between the class means on some features. */
function centroidLine({ first, count, power }: LineParams): Estimator {
  return {
    name: "centroidLine",
    task: "classification",
    traits: { gives: ["labels"], missing: false, categories: false, weights: false },
    options: { first, count, power },
    fit({ data, rows, target }) {
      if (data.features.kind !== "dense" || target.kind !== "class")
        throw new TypeError("centroidLine() takes dense features and classes.");
      const { stride, values } = data.features;
      const counts = [0, 0];
      const sums = [new Float64Array(width), new Float64Array(width)];
      for (const row of rows) {
        const code = target.codes[row] as number;
        counts[code] = (counts[code] as number) + 1;
        const sum = sums[code] as Float64Array;
        for (let column = 0; column < width; column++) sum[column] = (sum[column] as number) + (values[row * stride + column] as number);
      }
      const weights = new Array<number>(width).fill(0);
      let offset = 0;
      for (let place = 0; place < count; place++) {
        const column = (first + place) % width;
        const [a, b] = sums.map((sum, code) => (sum[column] as number) / Math.max(1, counts[code] as number)) as [number, number];
        const weight = Math.sign(b - a) * Math.abs(b - a) ** power;
        weights[column] = weight;
        offset += (weight * (a + b)) / 2;
      }
      const line: Line = { weights, offset };
      return Promise.resolve({
        predict: (input) =>
          Float64Array.from(input.rows, (row) => {
            let sum = -offset;
            for (let column = 0; column < width; column++) sum += (weights[column] as number) * (values[row * stride + column] as number);
            return sum > 0 ? 1 : 0;
          }),
        toJSON: () => ({ weights, offset: line.offset }),
        dispose: () => undefined,
      });
    },
  };
}

/** weights · x is normal in each class. The codes are those of the sorted labels: a = 0, b = 1. */
function exactAccuracy({ weights, offset }: Line, signal: number): number {
  const length = Math.sqrt(weights.reduce((sum, weight) => sum + weight * weight, 0));
  if (length === 0) return 0.5;
  const shift = signal * weights.slice(0, informative).reduce((sum, weight) => sum + weight, 0);
  return (normalCdf((shift - offset) / length) + normalCdf((offset + shift) / length)) / 2;
}
