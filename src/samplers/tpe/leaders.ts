/**
 * The density of the best trials, l: a mixture of one kernel a trial, as wide in each axis as the trial is far from its nearest ones
 * among the best, and of the prior. See kernels.ts for what a density is relative to.
 */
import { exp, log } from "../../math/elementary.ts";
import type { Rng } from "../../math/rng.ts";
import { unitNormalQuantile } from "../../math/truncated-normal.ts";
import { bandwidthAt, cellKernels, isTabulated, levelOf, logCategoryKernel, logCellKernel, logNormaliser } from "./kernels.ts";
import { S } from "./settings.ts";
import { type Axis, codeAt, type TreeSpace, unitOf } from "./tree-space.ts";

export interface Leaders {
  readonly tree: TreeSpace;
  /** Codes of the best trials, best first. */
  readonly codes: readonly Float64Array[];
  readonly weights: Float64Array;
  readonly prior: number;
  /** Levels of the bandwidths: kernel · axes + axis. */
  readonly levels: Int32Array;
  /** In the same places: where the kernel lies in [0, 1], √½ over its bandwidth, and ln of its normaliser (of an interval). */
  readonly places: Float64Array;
  readonly scales: Float64Array;
  readonly normalisers: Float64Array;
  readonly spread: number;
}

export function leadersOf(tree: TreeSpace, codes: readonly Float64Array[], weights: Float64Array): Leaders {
  const found = levels(tree, codes);
  const D = tree.axes.length;
  const places = Float64Array.from(found, (_, e) =>
    unitOf(tree.axes[e % D] as Axis, (codes[Math.floor(e / D)] as Float64Array)[e % D] as number),
  );
  const scales = Float64Array.from(found, (level) => Math.SQRT1_2 / bandwidthAt(level));
  const normalisers = Float64Array.from(found, (level, e) =>
    tree.axes[e % D]?.kind === "interval" && !Number.isNaN(places[e]) ? logNormaliser(places[e] as number, bandwidthAt(level)) : 0,
  );
  const spread = S.lcat < 0 ? -S.lcat : 1 / (1 + S.lcat * codes.length);
  return { tree, codes, weights, prior: S.prior, levels: found, places, scales, normalisers, spread };
}

function levels({ axes }: TreeSpace, codes: readonly Float64Array[]): Int32Array {
  const n = codes.length;
  const D = axes.length;
  const units = codes.map((one) => one.map((code, d) => unitOf(axes[d] as Axis, code)));
  const found = new Int32Array(n * D);
  const distances = new Float64Array(n);
  const k = Math.min(S.k, n - 1);
  for (let i = 0; i < n; i++) {
    const own = units[i] as Float64Array;
    for (let j = 0; j < n; j++) distances[j] = i === j ? Infinity : distance(axes, own, units[j] as Float64Array);
    const near: number[] = [];
    for (let t = 0; t < k; t++) {
      let least = -1;
      for (let j = 0; j < n; j++)
        if (j !== i && !near.includes(j) && (least < 0 || (distances[j] as number) < (distances[least] as number))) least = j;
      near.push(least);
    }
    let isoSum = 0;
    let isoCount = 0;
    for (let d = 0; d < D; d++) {
      const x = own[d] as number;
      if ((axes[d] as Axis).kind === "category" || Number.isNaN(x)) continue;
      for (const j of near) {
        const gap = ((units[j] as Float64Array)[d] as number) - x;
        if (Number.isNaN(gap)) continue;
        isoSum += gap * gap;
        isoCount++;
      }
    }
    const iso = isoCount > 0 ? isoSum / isoCount : 1 / 12;
    for (let d = 0; d < D; d++) {
      const axis = axes[d] as Axis;
      const x = own[d] as number;
      if (axis.kind === "category" || Number.isNaN(x)) continue;
      let squares = 0;
      let shared = 0;
      for (const j of near) {
        const gap = ((units[j] as Float64Array)[d] as number) - x;
        if (Number.isNaN(gap)) continue;
        squares += gap * gap;
        shared++;
      }
      const pv = S.shrink / (1 + n);
      const h = Math.sqrt((1 - S.iso) * ((squares + pv / 12) / (shared + pv)) + S.iso * iso) * S.scale * S.mult;
      const floor = axis.kind === "cells" ? S.cellFloor / axis.count : 0;
      found[i * D + d] = levelOf(Math.min(1, Math.max(h, S.floor, floor)));
    }
  }
  return found;
}

/** The mean level of the kernels' bandwidths, by axis; that of the whole range where no kernel has the axis. */
export function meanLevels({ tree, codes, levels }: Leaders): Int32Array {
  const D = tree.axes.length;
  return Int32Array.from(tree.axes, (_, d) => {
    let sum = 0;
    let count = 0;
    for (const [i, one] of codes.entries()) {
      if (Number.isNaN(one[d])) continue;
      sum += levels[i * D + d] as number;
      count++;
    }
    return count === 0 ? 0 : Math.round(sum / count) + S.pendh;
  });
}

/** Squared; a different alternative, or an axis that only one of the two has, counts as the whole range. */
function distance(axes: readonly Axis[], a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let d = 0; d < axes.length; d++) {
    const [x, y] = [a[d] as number, b[d] as number];
    if (Number.isNaN(x) && Number.isNaN(y)) continue;
    if (Number.isNaN(x) || Number.isNaN(y)) sum += 1;
    else if ((axes[d] as Axis).kind === "category") sum += x === y ? 0 : 1;
    else sum += (x - y) * (x - y);
  }
  return sum;
}

/** ln of kernel i in axis d. */
function logTerm({ tree, codes, levels, spread, places, scales, normalisers }: Leaders, i: number, d: number, at: number): number {
  const from = (codes[i] as Float64Array)[d] as number;
  if (Number.isNaN(from) || Number.isNaN(at)) return 0;
  const axis = tree.axes[d] as Axis;
  if (axis.kind === "category") return logCategoryKernel(axis.count, spread, at === from);
  const entry = i * tree.axes.length + d;
  const level = levels[entry] as number;
  if (axis.kind === "interval") {
    const z = (at - from) * (scales[entry] as number);
    return -z * z - (normalisers[entry] as number);
  }
  if (isTabulated(axis)) return cellKernels(axis, level).logs[at * axis.count + from] as number;
  return logCellKernel(axis, bandwidthAt(level), at, places[entry] as number);
}

/** ln l at a configuration. */
export function logDensity(leaders: Leaders, at: Float64Array): number {
  const { codes, weights, prior } = leaders;
  const D = at.length;
  const terms = new Float64Array(codes.length);
  let largest = 0;
  for (let i = 0; i < codes.length; i++) {
    let term = 0;
    for (let d = 0; d < D; d++) term += logTerm(leaders, i, d, at[d] as number);
    terms[i] = term;
    if (term > largest) largest = term;
  }
  let sum = prior * exp(-largest);
  let weight = prior;
  for (let i = 0; i < terms.length; i++) {
    sum += (weights[i] as number) * exp((terms[i] as number) - largest);
    weight += weights[i] as number;
  }
  return largest + log(sum / weight);
}

/** ln l of one axis alone, among the kernels that have it. */
export function logMarginal(leaders: Leaders, d: number, at: number): number {
  const { codes, weights, prior } = leaders;
  let sum = prior;
  let weight = prior;
  for (let i = 0; i < codes.length; i++) {
    if (Number.isNaN((codes[i] as Float64Array)[d])) continue;
    sum += (weights[i] as number) * exp(logTerm(leaders, i, d, at));
    weight += weights[i] as number;
  }
  return log(sum / weight);
}

/** A kernel drawn by its weight among those with axis d (all of them for −1); −1 for the prior. */
export function drawKernel({ codes, weights, prior }: Leaders, d: number, rng: Rng): number {
  const has = (i: number): boolean => d < 0 || !Number.isNaN((codes[i] as Float64Array)[d]);
  let total = prior;
  for (let i = 0; i < codes.length; i++) if (has(i)) total += weights[i] as number;
  let rest = rng.uniform() * total;
  for (let i = 0; i < codes.length; i++) {
    if (!has(i)) continue;
    rest -= weights[i] as number;
    if (rest < 0) return i;
  }
  return -1;
}

/** A code drawn from kernel i in axis d; from the prior where it has none. */
export function drawCode({ tree, codes, levels, spread }: Leaders, i: number, d: number, rng: Rng): number {
  const axis = tree.axes[d] as Axis;
  const from = i < 0 ? Number.NaN : ((codes[i] as Float64Array)[d] as number);
  if (axis.kind === "category") {
    return Number.isNaN(from) || rng.uniform() < spread ? rng.below(axis.count) : from;
  }
  if (Number.isNaN(from)) return codeAt(axis, rng.uniform());
  const h = bandwidthAt(levels[i * tree.axes.length + d] as number);
  return codeAt(axis, unitNormalQuantile(rng.uniform(), unitOf(axis, from), h));
}
