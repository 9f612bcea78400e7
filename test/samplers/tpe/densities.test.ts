import { describe, expect, it } from "vitest";
import { choice, float, int, type Params, rng, type Space, values } from "hpo";
import type { FinishedTrial } from "#hpo/core/sampler";
import { exp, log } from "#hpo/math/elementary";
import { emptyHistory, type History, rankWeights, remember } from "#hpo/samplers/tpe/history";
import { drawCode, drawKernel, leadersOf, logDensity, logMarginal } from "#hpo/samplers/tpe/leaders";
import { bandwidthAt, logNormaliser } from "#hpo/samplers/tpe/kernels";
import { type Axis, codesOf, drawAlong, treeSpace, unitOf } from "#hpo/samplers/tpe/tree-space";
import { dimensions } from "#hpo/space/dimensions";
import { decode } from "#hpo/space/unit-cube";

const space: Space = {
  rate: float(1e-5, 1, { log: true }),
  size: float(-1, 1),
  drop: float(0, 0.8, { step: 0.1 }),
  units: int(1, 2000, { log: true }),
  level: values([1, 2, 4, 8]),
  model: choice({ svm: { kernel: choice({ rbf: { gamma: float(0, 9) }, linear: {} }) }, forest: { trees: int(1, 40) } }),
};

const uniform = (count: number, seed: string): readonly Params[] =>
  Array.from({ length: count }, (_, n) => {
    const stream = rng(seed).fork(n);
    return decode(
      space,
      dimensions(space).map(() => stream.uniform()),
    );
  });

const history = (points: readonly Params[]): History =>
  points.reduce<History>(
    (state, params, number) => remember(state, finished(number, params)),
    emptyHistory({ space, directions: ["minimize"] }),
  );

const finished = (number: number, params: Params): FinishedTrial => ({
  number,
  state: "complete",
  params,
  values: [number],
  standardErrors: [null],
});

/** Simpson's rule: a kernel's integral over an interval, by nothing but its formula. */
function mass(centre: number, h: number, from: number, to: number): number {
  const steps = 400;
  const width = (to - from) / steps;
  let sum = 0;
  for (let i = 0; i <= steps; i++) {
    const z = (from + i * width - centre) / h;
    sum += (i === 0 || i === steps ? 1 : i % 2 === 1 ? 4 : 2) * Math.exp((-z * z) / 2);
  }
  return (sum * width) / 3;
}

/** One kernel at one code, relative to the uniform density: the slow reference. */
function kernel(axis: Axis, h: number, spread: number, at: number, from: number): number {
  if (Number.isNaN(from) || Number.isNaN(at)) return 1;
  if (axis.kind === "category") return axis.count * ((at === from ? 1 - spread : 0) + spread / axis.count);
  const whole = mass(unitOf(axis, from), h, 0, 1);
  if (axis.kind === "interval") return Math.exp(-(((at - from) / h) ** 2) / 2) / whole;
  const [low, high] = [axis.edge(at), axis.edge(at + 1)];
  return mass(unitOf(axis, from), h, low, high) / whole / (high - low);
}

describe("the densities of tpe()", () => {
  const points = uniform(60, "points");
  const state = history(points);
  const { tree, crowd } = state;
  const queries = uniform(12, "queries").map((params) => codesOf(tree, params));
  const pending = uniform(3, "pending").map((params) => codesOf(tree, params));
  const levels = tree.axes.map(() => -12);
  const others = { without: [3, 17, 41], pending, levels, prior: 1 };
  const kept = [...state.codes.filter((_, id) => !others.without.includes(id)), ...pending];
  const width = (from: Float64Array, d: number): number => (pending.includes(from) ? bandwidthAt(-12) : crowd.bandwidth(d));

  it("equals a slow reference for the density of the others, over all parameters and one alone", () => {
    for (const at of queries) {
      const product = (from: Float64Array): number =>
        tree.axes.reduce((all, axis, d) => all * kernel(axis, width(from, d), crowd.spread, at[d]!, from[d]!), 1);
      const expected = (1 + kept.reduce((sum, from) => sum + product(from), 0)) / (kept.length + 1);
      // Cells that are narrow against the bandwidth count as their middles.
      expect(crowd.logDensity(at, others, new Float64Array(80))).toBeCloseTo(Math.log(expected), 2);
      for (const [d, axis] of tree.axes.entries()) {
        if (Number.isNaN(at[d])) continue;
        const has = kept.filter((from) => !Number.isNaN(from[d]));
        const alone = has.reduce((sum, from) => sum + kernel(axis, width(from, d), crowd.spread, at[d]!, from[d]!), 1) / (has.length + 1);
        // Places are rounded to 256 bins, and wide cells of the log scale count as their middles.
        const tolerance = axis.kind === "cells" && axis.count > 128 ? 0.3 : 0.02;
        expect(Math.abs(crowd.logMarginal(d, at[d]!, others) - Math.log(alone)), axis.name).toBeLessThan(tolerance);
      }
    }
  });

  it("equals a slow reference for the density of the best, over all parameters and one alone", () => {
    const codes = state.codes.slice(0, 9);
    const weights = rankWeights(9);
    const leaders = leadersOf(tree, codes, weights);
    const h = (i: number, d: number): number => bandwidthAt(leaders.levels[i * tree.axes.length + d]!);
    const one = (i: number, d: number, at: number): number => kernel(tree.axes[d]!, h(i, d), leaders.spread, at, codes[i]![d]!);
    for (const at of [...queries, ...codes.slice(0, 2)]) {
      const terms = codes.map((_, i) => weights[i]! * tree.axes.reduce((all, _axis, d) => all * one(i, d, at[d]!), 1));
      expect(logDensity(leaders, at)).toBeCloseTo(Math.log((1 + terms.reduce((a, b) => a + b, 0)) / 10), 6);
      for (const d of tree.axes.keys()) {
        if (Number.isNaN(at[d])) continue;
        const has = codes.flatMap((from, i) => (Number.isNaN(from[d]) ? [] : [i]));
        const sum = has.reduce((all, i) => all + weights[i]! * one(i, d, at[d]!), 1);
        const total = has.reduce((all, i) => all + weights[i]!, 1);
        expect(logMarginal(leaders, d, at[d]!)).toBeCloseTo(Math.log(sum / total), 6);
      }
    }
  });

  it("draws from the density of the best: what it says of regions is how often they are drawn", () => {
    const leaders = leadersOf(tree, state.codes.slice(0, 5), rankWeights(5));
    const stream = rng("draws");
    const draws = 4000;
    const counts = new Map<string, number>();
    let importance = 0;
    for (let n = 0; n < draws; n++) {
      const codes = new Float64Array(tree.axes.length);
      const from = drawKernel(leaders, -1, stream);
      drawAlong(tree, codes, (_axis, d) => drawCode(leaders, from, d, stream));
      // The mean of 1/l over draws from l is the volume of the space, which is 1, and never above 1/prior each.
      importance += exp(-logDensity(leaders, codes)) / draws;
      const model = String(codes[tree.indexOf.get("model")!]);
      counts.set(model, (counts.get(model) ?? 0) + 1);
    }
    // Standard error below 6 / √draws, since 1/l is at most 6.
    expect(Math.abs(importance - 1)).toBeLessThan(4 * (6 / Math.sqrt(draws)));
    const d = tree.indexOf.get("model")!;
    for (const code of [0, 1]) {
      const share = exp(logMarginal(leaders, d, code)) / 2;
      expect(Math.abs((counts.get(String(code)) ?? 0) / draws - share)).toBeLessThan(4 / (2 * Math.sqrt(draws)));
    }
  });

  it("counts what runs as bad: the density of the others rises there, most at the very place, and not far away", () => {
    const at = state.codes[5]!;
    const narrow = { ...others, without: [5], levels: tree.axes.map(() => -28) };
    const rise = (query: Float64Array): number =>
      exp(crowd.logDensity(query, { ...narrow, pending: [at] }, new Float64Array(80))) -
      exp(crowd.logDensity(query, { ...narrow, pending: [] }, new Float64Array(80)));
    const near = at.map((code, d) => (tree.axes[d]!.kind === "interval" ? Math.min(1, code + 0.05) : code));
    expect(rise(at)).toBeGreaterThan(rise(near));
    expect(rise(near)).toBeGreaterThan(0);
    // One kernel more in the whole lowers all others a little.
    expect(rise(state.codes.find((codes) => Math.abs(codes[0]! - at[0]!) > 0.4)!)).toBeLessThan(0);
    for (const d of [0, 1]) {
      const own = crowd.logMarginal(d, at[d]!, { ...narrow, pending: [at] }) - crowd.logMarginal(d, at[d]!, { ...narrow, pending: [] });
      expect(own).toBeGreaterThan(0);
    }
  });

  it("has normalisers of truncated normals as SciPy does", () => {
    // SciPy 1.10.1: truncnorm.logpdf(x, −m/h, (1 − m)/h, loc=m, scale=h), with x, m, h.
    for (const [x, m, h, expected] of [
      [0.3, 0.5, 0.1, -0.6163528669073193],
      [0.99, 0.02, 0.05, -185.6807298894229],
      [0.5, 0, 0.25, -0.8394336470349508],
      [1, 1, 0.001, 6.681963926337409],
      [0.7, 0.1, 1, -0.06546127752943942],
    ] as const) {
      expect(-0.5 * ((x - m) / h) ** 2 - logNormaliser(m, h)).toBeCloseTo(expected, 10);
    }
  });

  it("gives equal bits whether trials came one by one or again from scratch", () => {
    const again = history(points);
    const terms = new Float64Array(80);
    for (const at of queries) {
      expect(again.crowd.logDensity(at, others, terms)).toBe(crowd.logDensity(at, others, terms));
      for (const d of tree.axes.keys()) {
        if (!Number.isNaN(at[d])) expect(again.crowd.logMarginal(d, at[d]!, others)).toBe(crowd.logMarginal(d, at[d]!, others));
      }
    }
    expect(again.order).toEqual(points.map((_, id) => id));
  });

  it("keeps densities up over a thousand trials: as if bandwidths had never changed before", () => {
    const line: Space = { x: float(0, 1) };
    const stream = rng("line");
    let long = emptyHistory({ space: line, directions: ["minimize"] });
    const xs = Array.from({ length: 1000 }, () => stream.uniform() ** 2);
    for (const [number, x] of xs.entries()) long = remember(long, finished(number, { x }));
    const h = long.crowd.bandwidth(0);
    expect(h).toBeLessThan(0.06);
    for (const x of [0, 0.1, 0.5, 0.93, 1]) {
      const sum = xs.reduce((all, from) => all + kernel(treeSpace({ space: line, directions: [] }).axes[0]!, h, 0, x, from), 1) / 1001;
      const none = { without: [], pending: [], levels: [], prior: 1 };
      expect(long.crowd.logDensity(Float64Array.of(x), none, new Float64Array(1001))).toBeCloseTo(log(sum), 6);
      // A bin is a fourteenth of the bandwidth, and the density steep at the edge.
      expect(Math.abs(long.crowd.logMarginal(0, x, none) - log(sum))).toBeLessThan(0.05);
    }
  });
});
