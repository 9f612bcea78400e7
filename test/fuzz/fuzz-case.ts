import fc from "fast-check";
import type { Answer, FoldPlan } from "#hpo/core/estimator";
import { rng } from "#hpo/math/rng";
import type { SvmOptions } from "#hpo/models/svm/svm";

type Random = ReturnType<typeof rng>;

/** A data set, folds and requests, each as odd as the contract allows, or a little odder. */
export interface FuzzCase {
  readonly features: readonly (readonly number[])[];
  readonly labels: readonly string[];
  readonly values: readonly number[];
  readonly plan: FoldPlan;
  readonly weights: Float64Array | null;
  readonly answer: Answer;
  readonly requests: readonly SvmOptions[];
  /** Of the variants that a check draws itself. */
  readonly seed: number;
}

const pick = <T>(random: Random, list: readonly T[]): T => list[random.below(list.length)] as T;
const power = (random: Random, low: number, high: number): number => 10 ** (low + random.below(high - low + 1));

const columnKinds = ["normal", "normal", "uniform", "constant", "binary", "zero"] as const;

function column(random: Random, rows: number, exponent: number): number[] {
  const kind = pick(random, columnKinds);
  const scale = 10 ** exponent;
  const fixed = random.normal();
  return Array.from({ length: rows }, () => {
    switch (kind) {
      case "normal":
        return random.normal() * scale;
      case "uniform":
        return random.uniform() * scale;
      case "constant":
        return fixed * scale;
      case "binary":
        return random.below(2) * scale;
      case "zero":
        return 0;
    }
  });
}

type Scale = "unit" | "tiny" | "huge" | "mixed";
const exponentOf: Readonly<Record<Scale, (random: Random) => number>> = {
  unit: (random) => random.below(3) - 1,
  tiny: (random) => -30 + random.below(16),
  huge: (random) => 4 + random.below(27),
  mixed: (random) => random.below(61) - 30,
};

function matrixOf(random: Random, rows: number, scale: Scale): number[][] {
  const points = Array.from({ length: rows }, () => [random.normal(), random.normal()]);
  const size = 10 ** exponentOf[scale](random);
  const noise = pick(random, [0, 0, 1]);
  const value = (i: number, j: number): number =>
    size *
    (Math.exp(-Math.hypot(...(points[i] as number[]).map((x, k) => x - (points[j]?.[k] as number)))) + noise * Math.sin(i * j + i + j));
  return points.map((_, i) => points.map((_point, j) => value(i, j)));
}

function labelsOf(random: Random, features: readonly (readonly number[])[], classes: number, how: string): number[] {
  return features.map((x, row) => {
    if (how === "lonely") return row === 0 ? 1 : classes > 2 && row % 3 === 0 ? 2 : 0;
    if (how === "random" || row < classes) return row < classes ? row : random.below(classes);
    const sum = x.reduce((total, value) => total + Math.atan(value), random.normal() * 0.3);
    return Math.min(classes - 1, Math.floor((Math.atan(sum) / Math.PI + 0.5) * classes));
  });
}

const planKinds = [
  "random",
  "random",
  "byClass",
  "holdOut",
  "overlapping",
  "leaveOneOut",
  "resubstituted",
  "emptyTest",
  "oneClass",
] as const;

function planOf(random: Random, codes: readonly number[], kind: (typeof planKinds)[number]): FoldPlan {
  const all = [...codes.keys()];
  const fold = (train: (row: number) => boolean, test: (row: number) => boolean): FoldPlan["folds"][number] => ({
    train: Uint32Array.from(all.filter(train)),
    test: Uint32Array.from(all.filter(test)),
  });
  const count = 2 + random.below(3);
  const dealt = all.map(() => random.below(count));
  const cut = fold(
    (row) => dealt[row] !== 0,
    (row) => dealt[row] === 0,
  );
  switch (kind) {
    case "random":
      return {
        folds: Array.from({ length: count }, (_, at) =>
          fold(
            (row) => dealt[row] !== at,
            (row) => dealt[row] === at,
          ),
        ),
      };
    case "byClass":
      return {
        folds: [0, 1].map((at) =>
          fold(
            (row) => codes[row] !== at,
            (row) => codes[row] === at,
          ),
        ),
      };
    case "holdOut":
      return { folds: [cut] };
    case "overlapping":
      return {
        folds: Array.from({ length: 3 }, () => {
          const role = all.map(() => random.below(3));
          return fold(
            (row) => role[row] === 0,
            (row) => role[row] === 1,
          );
        }),
      };
    case "leaveOneOut":
      return {
        folds: all.slice(0, 12).map((at) =>
          fold(
            (row) => row !== at,
            (row) => row === at,
          ),
        ),
      };
    case "resubstituted":
      return {
        folds: [
          fold(
            () => true,
            () => true,
          ),
          cut,
        ],
      };
    case "emptyTest":
      return { folds: [{ ...cut, test: new Uint32Array(0) }, cut] };
    case "oneClass":
      return {
        folds: [
          fold(
            (row) => codes[row] === 0,
            (row) => row % 2 === 0,
          ),
          cut,
        ],
      };
  }
}

function optionsOf(random: Random, kernel: SvmOptions["kernel"], classes: number): SvmOptions {
  const gamma = random.below(4) === 0 ? ("scale" as const) : power(random, -6, 6);
  const coef0 = pick(random, [0, 0, 1, -1, 0.5]);
  const weight = random.below(6);
  const machine = {
    C: power(random, -6, 8) * pick(random, [1, 1, 3]),
    tolerance: pick(random, [1e-3, 1e-3, 1e-3, 0.1, 1e-5, 1e-8]),
    maxIterations: pick(random, [20_000, 20_000, 20_000, 1000, 5, 1]),
    ...(weight === 0 ? { classWeight: "balanced" as const } : {}),
    ...(weight === 1 ? { classWeight: { [`c${random.below(classes)}`]: power(random, -4, 4) } } : {}),
  };
  switch (kernel) {
    case "rbf":
      return { kernel, gamma, ...machine };
    case "poly":
      return { kernel, gamma, coef0, degree: 1 + random.below(5), ...machine };
    case "sigmoid":
      return { kernel, gamma, coef0, ...machine };
    case "linear":
    case "precomputed":
      return { kernel, ...machine };
  }
}

function requestsOf(random: Random, kernel: SvmOptions["kernel"] | "several", classes: number, most: number): SvmOptions[] {
  const kinds = ["rbf", "rbf", "linear", "poly", "sigmoid"] as const;
  const requests: SvmOptions[] = [];
  const count = 1 + random.below(most);
  for (let at = 0; at < count; at++) {
    const before = requests.at(-1);
    // Half of them differ from another in C alone: a chain.
    if (before !== undefined && random.below(2) === 0) requests.push({ ...before, C: power(random, -6, 8) });
    else requests.push(optionsOf(random, kernel === "several" ? pick(random, kinds) : kernel, classes));
  }
  return requests;
}

function caseOf(choice: {
  readonly seed: number;
  readonly kernel: SvmOptions["kernel"] | "several";
  readonly scale: Scale;
  readonly rows: number;
  readonly classes: number;
  readonly labels: string;
  readonly duplicates: "none" | "some" | "all";
  readonly plan: (typeof planKinds)[number];
  readonly weighted: number;
  readonly answer: Answer;
}): FuzzCase {
  const random = rng(choice.seed);
  const many = choice.classes > 10;
  const rows = Math.max(choice.rows, choice.classes + (many ? random.below(choice.classes) : 0), 2);
  let features: number[][];
  if (choice.kernel === "precomputed") features = matrixOf(random, rows, choice.scale);
  else {
    const columns = Array.from({ length: 1 + random.below(4) }, () => column(random, rows, exponentOf[choice.scale](random)));
    features = Array.from({ length: rows }, (_, row) => columns.map((values) => values[row] as number));
    if (choice.duplicates !== "none") {
      for (let row = 1; row < rows; row++) {
        if (choice.duplicates === "all" || random.below(2) === 0) features[row] = features[random.below(row)] as number[];
      }
    }
  }
  const codes = labelsOf(random, features, choice.classes, choice.labels);
  const targetScale = power(random, -6, 6);
  return {
    features,
    labels: codes.map((code) => `c${code}`),
    values: features.map((x) => targetScale * (Math.sin(x.reduce((sum, value) => sum + Math.atan(value), 0)) + 0.3 * random.normal() + 1)),
    plan: planOf(random, codes, choice.plan),
    weights: choice.weighted === 0 ? Float64Array.from({ length: rows }, () => pick(random, [0, 1e-3, 0.5, 1, 1, 30])) : null,
    answer: many && choice.answer === "probabilities" ? "labels" : choice.answer,
    requests: requestsOf(random, choice.kernel, choice.classes, many ? 1 : 4),
    seed: choice.seed,
  };
}

/** Cases of up to `mostRows` rows. */
export function fuzzCases(mostRows: number): fc.Arbitrary<FuzzCase> {
  const weighted = <T>(...list: readonly (readonly [number, T])[]): fc.Arbitrary<T> =>
    fc.oneof(...list.map(([weight, value]) => ({ weight, arbitrary: fc.constant(value) })));
  return fc
    .record({
      seed: fc.nat(0x7fffffff),
      kernel: fc.constantFrom("rbf", "linear", "poly", "sigmoid", "precomputed", "several", "several"),
      scale: weighted<Scale>([5, "unit"], [1, "tiny"], [1, "huge"], [1, "mixed"]),
      rows: fc.integer({ min: 2, max: mostRows }),
      classes: weighted([1, 1], [8, 2], [5, 3], [3, 5], [1, 12]),
      labels: fc.constantFrom("random", "shaped", "shaped", "lonely"),
      duplicates: weighted<"none" | "some" | "all">([4, "none"], [2, "some"], [1, "all"]),
      plan: fc.constantFrom(...planKinds),
      weighted: fc.nat(2),
      answer: fc.constantFrom<Answer>("labels", "scores", "probabilities"),
    })
    .map((choice) => caseOf(choice as Parameters<typeof caseOf>[0]));
}

/** A hundred classes, some of one row. */
export function manyClasses(seed: number): FuzzCase {
  const given = caseOf({
    seed,
    kernel: "rbf",
    scale: "unit",
    rows: 150,
    classes: 100,
    labels: "random",
    duplicates: "some",
    plan: "random",
    weighted: seed % 2,
    answer: "scores",
  });
  return { ...given, requests: given.requests.map((request) => ({ ...request, maxIterations: 20_000 })) };
}
