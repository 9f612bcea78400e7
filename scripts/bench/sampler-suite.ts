// The functions that samplers are judged on: ten of one objective and the ZDT pairs, all minimised, as ../shared/peers/suite.md has them.
import { choice, float, int, type Params, rng, type Space } from "hpo";
import { dimensions } from "#hpo/space/dimensions";
import { decode } from "#hpo/space/unit-cube";

/** A function of one objective. */
export interface SuiteFunction {
  readonly name: string;
  readonly space: Space;
  /** The least value. */
  readonly optimum: number;
  readonly evaluate: (params: Params) => number;
}

/** A function of two objectives. */
export interface SuitePair {
  readonly name: string;
  readonly space: Space;
  /** Hypervolume of the true front with the reference (1.1, 1.1); null where the suite states none. */
  readonly hypervolume: number | null;
  readonly evaluate: (params: Params) => readonly [number, number];
}

// Where the optimum lies, so that a sampler gains nothing by trying the middle or whole numbers.
const shift5 = [1.3, -2.1, 0.7, 3.2, -0.9];
const shift10 = [5.1, -9.7, 14.2, -3.3, 8.8, -17.5, 2.6, 11.9, -6.4, 19.3];

// Hartmann's function of six variables (L. C. W. Dixon, G. P. Szegő, Towards Global Optimisation 2, 1978).
const hartmannAlpha = [1, 1.2, 3, 3.2];
const hartmannA = [
  [10, 3, 17, 3.5, 1.7, 8],
  [0.05, 10, 17, 0.1, 8, 14],
  [3, 3.5, 1.7, 10, 17, 8],
  [17, 8, 0.05, 10, 0.1, 14],
];
const hartmannP = [
  [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886],
  [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
  [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.665],
  [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
];

const mixedOffset: Readonly<Record<string, number>> = { adam: 0, sgd: 0.3, rms: 0.15, none: 1 };
const mixedCentre: Readonly<Record<string, number>> = { adam: -3, sgd: -1.5, rms: -3.5, none: -2 };

const mixedSpace: Space = {
  a: float(-2, 2),
  b: float(0, 1),
  lr: float(1e-5, 1e-1, { log: true }),
  n: int(1, 64),
  c: choice(["adam", "sgd", "rms", "none"]),
};

const conditionalSpace: Space = {
  kernel: choice({
    linear: {},
    rbf: { gamma: float(1e-4, 1e1, { log: true }) },
    poly: { degree: int(2, 5), coef0: float(0, 1) },
  }),
  C: float(1e-3, 1e3, { log: true }),
};

/** By name, in the order of the suite. */
export const suiteFunctions: Readonly<Record<string, SuiteFunction>> = byName([
  ofVector("sphere5", cube(5, -5, 5), { optimum: 0, of: (x) => sum(x, (v, i) => square(v - at(shift5, i))) }),
  ofVector("rosen5", cube(5, -5, 10), {
    optimum: 0,
    of: (x) => sum(x.slice(0, -1), (v, i) => 100 * square(at(x, i + 1) - v * v) + square(1 - v)),
  }),
  ofVector("rastrigin5", cube(5, -5.12, 5.12), {
    optimum: 0,
    of: (x) => 50 + sum(x, (v, i) => square(v - at(shift5, i)) - 10 * Math.cos(2 * Math.PI * (v - at(shift5, i)))),
  }),
  ofVector("ackley10", cube(10, -32.768, 32.768), { optimum: 0, of: ackley }),
  ofVector("branin", { x: float(-5, 10), y: float(0, 15) }, { optimum: 0.39788735772973816, of: branin }),
  ofVector("hartmann6", cube(6, 0, 1), { optimum: -3.322368011415512, of: hartmann }),
  ofVector("levy10", cube(10, -10, 10), { optimum: 0, of: levy }),
  ofVector("styblinski5", cube(5, -5, 5), {
    optimum: -195.8308285188571,
    of: (x) => sum(x, (v) => v ** 4 - 16 * v * v + 5 * v) / 2,
  }),
  { name: "mixed", space: mixedSpace, optimum: 0, evaluate: mixed },
  { name: "conditional", space: conditionalSpace, optimum: 0.02, evaluate: conditional },
]);

/** By name; "-abs" takes |xᵢ − 0.37| for xᵢ, so that the optimum does not lie on the border. */
export const suitePairs: Readonly<Record<string, SuitePair>> = byName([
  pair("zdt1", 0.876667, zdt1),
  pair("zdt2", 0.543333, zdt2),
  pair("zdt1-abs", null, (x) => zdt1(x.map((v) => Math.abs(v - 0.37)))),
  pair("zdt2-abs", null, (x) => zdt2(x.map((v) => Math.abs(v - 0.37)))),
]);

/** The highest of 20,000 draws over the optimum: half of the coordinates lie on a bound, where such functions are highest. */
export function rangeOf({ space, optimum, evaluate }: SuiteFunction): number {
  const stream = rng(0);
  const { length } = dimensions(space);
  let high = -Infinity;
  for (let draw = 0; draw < 20_000; draw++) {
    const unit = Float64Array.from({ length }, () => (stream.uniform() < 0.5 ? stream.below(2) : stream.uniform()));
    high = Math.max(high, evaluate(decode(space, unit)));
  }
  return high - optimum;
}

/** ackley10 and levy10: S. Surjanovic, D. Bingham, Virtual Library of Simulation Experiments; shifted as the suite says. */
function ackley(x: readonly number[]): number {
  const distance = Math.sqrt(sum(x, (v, i) => square(v - at(shift10, i))) / 10);
  const waves = sum(x, (v, i) => Math.cos(2 * Math.PI * (v - at(shift10, i)))) / 10;
  return -20 * Math.exp(-0.2 * distance) - Math.exp(waves) + 20 + Math.E;
}

function levy(x: readonly number[]): number {
  const w = x.map((v) => 1 + (v - 1) / 4);
  const last = at(w, w.length - 1);
  const inner = sum(w.slice(0, -1), (v) => square(v - 1) * (1 + 10 * square(Math.sin(Math.PI * v + 1))));
  return square(Math.sin(Math.PI * at(w, 0))) + inner + square(last - 1) * (1 + square(Math.sin(2 * Math.PI * last)));
}

function branin([x = 0, y = 0]: readonly number[]): number {
  const valley = y - (5.1 / (4 * Math.PI ** 2)) * x * x + (5 / Math.PI) * x - 6;
  return valley * valley + 10 * (1 - 1 / (8 * Math.PI)) * Math.cos(x) + 10;
}

function hartmann(x: readonly number[]): number {
  const peak = (row: readonly number[], i: number): number => sum(x, (v, j) => at(row, j) * square(v - at(hartmannP[i] ?? [], j)));
  return -hartmannA.reduce((total, row, i) => total + at(hartmannAlpha, i) * Math.exp(-peak(row, i)), 0);
}

function mixed(params: Params): number {
  const { a, b, lr, n, c } = params as { a: number; b: number; lr: number; n: number; c: string };
  const rate = Math.log10(lr) - (mixedCentre[c] ?? Number.NaN);
  const ripple = 0.1 * (1 - Math.cos(6 * Math.PI * (b - 0.35)));
  return square(a - 0.6) + 4 * square(b - 0.35) + 0.5 * square(rate) + square((n - 37) / 16) + (mixedOffset[c] ?? Number.NaN) + ripple;
}

function conditional(params: Params): number {
  const { kernel, C, gamma, degree, coef0 } = params as { kernel: string } & Record<"C" | "gamma" | "degree" | "coef0", number>;
  const u = Math.log10(C);
  if (kernel === "linear") return 0.3 + 0.05 * square(u + 1);
  if (kernel === "poly") return 0.1 + 0.05 * u * u + 0.05 * Math.abs(degree - 3) + 0.2 * square(coef0 - 0.6);
  const p = u - 1;
  const q = Math.log10(gamma) + 2;
  return 0.02 + 0.04 * p * p + 0.08 * q * q + 0.06 * p * q;
}

/** E. Zitzler, K. Deb, L. Thiele, Evolutionary Computation 8(2), 2000, with ten variables. */
function zdt1(x: readonly number[]): readonly [number, number] {
  const first = at(x, 0);
  const g = zdtDistance(x);
  return [first, g * (1 - Math.sqrt(first / g))];
}

function zdt2(x: readonly number[]): readonly [number, number] {
  const first = at(x, 0);
  const g = zdtDistance(x);
  return [first, g * (1 - square(first / g))];
}

function zdtDistance(x: readonly number[]): number {
  return 1 + (9 * sum(x.slice(1), (v) => v)) / (x.length - 1);
}

function ofVector(
  name: string,
  space: Space,
  { optimum, of }: { readonly optimum: number; readonly of: (x: readonly number[]) => number },
): SuiteFunction {
  const names = Object.keys(space);
  return { name, space, optimum, evaluate: (params) => of(names.map((one) => params[one] as number)) };
}

function pair(name: string, hypervolume: number | null, of: (x: readonly number[]) => readonly [number, number]): SuitePair {
  const space = cube(10, 0, 1);
  const names = Object.keys(space);
  return { name, space, hypervolume, evaluate: (params) => of(names.map((one) => params[one] as number)) };
}

/** x0 … in [low, high]. */
function cube(count: number, low: number, high: number): Space {
  return Object.fromEntries(Array.from({ length: count }, (_, i) => [`x${i}`, float(low, high)]));
}

function byName<T extends { readonly name: string }>(items: readonly T[]): Readonly<Record<string, T>> {
  return Object.freeze(Object.fromEntries(items.map((item) => [item.name, item])));
}

function sum(x: readonly number[], of: (value: number, index: number) => number): number {
  return x.reduce((total, value, index) => total + of(value, index), 0);
}

function at(x: readonly number[], index: number): number {
  return x[index] as number;
}

function square(x: number): number {
  return x * x;
}
