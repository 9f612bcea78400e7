/**
 * The density of the best trials, l: a mixture of one kernel a trial, as wide in each axis as the trial is far from its nearest ones
 * among the best, and of the prior. See kernels.ts for what a density is relative to.
 */
import { decayingExp } from "../../math/decaying-exp.ts";
import { exp, log } from "../../math/elementary.ts";
import { normalCdf, normalQuantile } from "../../math/normal-distribution.ts";
import type { Rng } from "../../math/rng.ts";
import {
  bandwidthAt,
  cellKernels,
  isTabulated,
  levelOf,
  logCategoryKernel,
  logCellKernel,
  logRootTwoPi,
  stepsPerOctave,
} from "./kernels.ts";
import { type Axis, codeAt, type TreeSpace, unitOf } from "./tree-space.ts";

/** How many of the nearest kernels decide a bandwidth. */
const neighbours = 3;
/** The least bandwidths, as shares of the range and of a cell. */
const narrowest = 1e-3;
const narrowestCells = 0.35;

export interface Leaders {
  readonly tree: TreeSpace;
  /** Codes of the best trials, best first. */
  readonly codes: readonly Float64Array[];
  readonly weights: Float64Array;
  /** Weight of the prior; the weights of the kernels have mean 1. */
  readonly prior: number;
  /** Levels of the bandwidths: kernel · axes + axis. */
  readonly levels: Int32Array;
  /** In the same places: where the kernel lies in [0, 1] and √½ over its bandwidth. */
  readonly places: Float64Array;
  readonly scales: Float64Array;
  /** In the same places: what an untruncated kernel has below 0, and within [0, 1] (of an axis with an order). */
  readonly starts: Float64Array;
  readonly masses: Float64Array;
  /** In the same places: the height of the kernel and its logarithm (of an interval). */
  readonly peaks: Float64Array;
  readonly logPeaks: Float64Array;
  /** The intervals that every configuration has, the other axes, and by kernel the sum of `logPeaks` over the former. */
  readonly plain: readonly number[];
  readonly others: readonly number[];
  readonly bases: Float64Array;
  readonly spread: number;
}

/** The kernels of trials of these codes, best first. O(n² · axes). */
export function leadersOf(tree: TreeSpace, codes: readonly Float64Array[], weights: Float64Array): Leaders {
  const { axes } = tree;
  const D = axes.length;
  const n = codes.length;
  const numbers = (): Float64Array => new Float64Array(n * D);
  const [places, scales, starts, masses, peaks, logPeaks] = [numbers(), numbers(), numbers(), numbers(), numbers(), numbers()] as const;
  for (let e = 0; e < n * D; e++) places[e] = unitOf(axes[e % D] as Axis, (codes[Math.floor(e / D)] as Float64Array)[e % D] as number);
  const found = levels(tree, places, n);
  for (let e = 0; e < n * D; e++) {
    const place = places[e] as number;
    if ((axes[e % D] as Axis).kind === "category" || Number.isNaN(place)) continue;
    const h = bandwidthAt(found[e] as number);
    scales[e] = Math.SQRT1_2 / h;
    starts[e] = normalCdf(-place / h);
    // At least a third, since the place is within and h at most 1.
    masses[e] = normalCdf((1 - place) / h) - (starts[e] as number);
    logPeaks[e] = -(log((masses[e] as number) * h) + logRootTwoPi);
    peaks[e] = exp(logPeaks[e] as number);
  }
  const isPlain = (d: number): boolean => axes[d]?.kind === "interval" && axes[d].always;
  const all = Array.from(axes.keys());
  const plain = all.filter(isPlain);
  return {
    tree,
    codes,
    weights,
    prior: 1,
    levels: found,
    places,
    scales,
    starts,
    masses,
    peaks,
    logPeaks,
    plain,
    others: all.filter((d) => !isPlain(d)),
    bases: Float64Array.from(codes, (_, i) => plain.reduce((sum, d) => sum + (logPeaks[i * D + d] as number), 0)),
    spread: 1 / (1 + n),
  };
}

/** Bandwidths: the root mean square distance to the nearest kernels, with a share of a uniform one that fades with n. O(n² · axes). */
function levels(tree: TreeSpace, places: Float64Array, n: number): Int32Array {
  const { axes } = tree;
  const D = axes.length;
  const found = new Int32Array(n * D);
  const gaps = distances(tree, places, n);
  const near = new Int32Array(Math.max(0, Math.min(neighbours, n - 1)));
  const own = 1 / (1 + n);
  for (let i = 0; i < n; i++) {
    nearest(gaps, { n, i, near });
    for (let d = 0; d < D; d++) {
      const axis = axes[d] as Axis;
      const x = places[i * D + d] as number;
      if (axis.kind === "category" || Number.isNaN(x)) continue;
      let squares = own / 12;
      let weight = own;
      for (let t = 0; t < near.length; t++) {
        const gap = (places[(near[t] as number) * D + d] as number) - x;
        if (Number.isNaN(gap)) continue;
        squares += gap * gap;
        weight++;
      }
      const least = axis.kind === "cells" ? Math.max(narrowest, narrowestCells / axis.count) : narrowest;
      found[i * D + d] = levelOf(Math.min(1, Math.max(Math.sqrt(squares / weight), least)));
    }
  }
  return found;
}

/** Squared, n × n: a different alternative, or an axis that only one of the two has, counts as the whole range. */
function distances({ axes }: TreeSpace, places: Float64Array, n: number): Float64Array {
  const D = axes.length;
  const gaps = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < i; j++) {
      let sum = 0;
      for (let d = 0; d < D; d++) {
        const x = places[i * D + d] as number;
        const y = places[j * D + d] as number;
        const gap = x - y;
        if (!Number.isNaN(gap)) sum += (axes[d] as Axis).kind === "category" ? (gap === 0 ? 0 : 1) : gap * gap;
        else if (!(Number.isNaN(x) && Number.isNaN(y))) sum += 1;
      }
      gaps[i * n + j] = sum;
      gaps[j * n + i] = sum;
    }
  }
  return gaps;
}

/** Writes the nearest others of i to `near`, the nearest first; ties go to the better trial. */
function nearest(gaps: Float64Array, { n, i, near }: { n: number; i: number; near: Int32Array }): void {
  let filled = 0;
  for (let j = 0; j < n; j++) {
    if (j === i) continue;
    const gap = gaps[i * n + j] as number;
    let place = filled;
    while (place > 0 && gap < (gaps[i * n + (near[place - 1] as number)] as number)) {
      if (place < near.length) near[place] = near[place - 1] as number;
      place--;
    }
    if (place < near.length) near[place] = j;
    if (filled < near.length) filled++;
  }
}

/** Twice the mean bandwidth of the kernels (geometric), by axis, as levels; that of the whole range where no kernel has the axis. */
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
    return count === 0 ? 0 : Math.min(0, Math.round(sum / count) + stepsPerOctave);
  });
}

/** ln of kernel i in axis d. */
function logTerm({ tree, codes, levels, spread, places, scales, logPeaks }: Leaders, i: number, d: number, at: number): number {
  const from = (codes[i] as Float64Array)[d] as number;
  if (Number.isNaN(from) || Number.isNaN(at)) return 0;
  const axis = tree.axes[d] as Axis;
  if (axis.kind === "category") return logCategoryKernel(axis.count, spread, at === from);
  const entry = i * tree.axes.length + d;
  const level = levels[entry] as number;
  if (axis.kind === "interval") {
    const z = (at - from) * (scales[entry] as number);
    return (logPeaks[entry] as number) - z * z;
  }
  if (isTabulated(axis)) return cellKernels(axis, level).logs[at * axis.count + from] as number;
  return logCellKernel(axis, bandwidthAt(level), at, places[entry] as number);
}

/** ln l at a configuration. */
export function logDensity(leaders: Leaders, at: Float64Array): number {
  const { codes, weights, prior, bases, plain, others, places, scales } = leaders;
  const D = at.length;
  // The sum is kept relative to its largest term so far.
  let largest = 0;
  let sum = prior;
  let weight = prior;
  for (let i = 0; i < codes.length; i++) {
    let term = bases[i] as number;
    for (let p = 0; p < plain.length; p++) {
      const d = plain[p] as number;
      const z = ((at[d] as number) - (places[i * D + d] as number)) * (scales[i * D + d] as number);
      term -= z * z;
    }
    for (let o = 0; o < others.length; o++) {
      const d = others[o] as number;
      term += logTerm(leaders, i, d, at[d] as number);
    }
    const own = weights[i] as number;
    weight += own;
    if (term > largest) {
      sum = sum * decayingExp(term - largest) + own;
      largest = term;
    } else sum += own * decayingExp(largest - term);
  }
  return largest + log(sum / weight);
}

/** ln l of one axis alone, among the kernels that have it. */
export function logMarginal(leaders: Leaders, d: number, at: number): number {
  const { tree, codes, weights, prior, places, scales, peaks } = leaders;
  const D = tree.axes.length;
  const interval = tree.axes[d]?.kind === "interval";
  let sum = prior;
  let weight = prior;
  for (let i = 0; i < codes.length; i++) {
    const place = places[i * D + d] as number;
    if (Number.isNaN(place)) continue;
    const own = weights[i] as number;
    weight += own;
    if (interval) {
      const z = (at - place) * (scales[i * D + d] as number);
      sum += own * (peaks[i * D + d] as number) * decayingExp(z * z);
    } else sum += own * exp(logTerm(leaders, i, d, at));
  }
  return log(sum / weight);
}

/** A kernel drawn by its weight among those with axis d (all of them for −1); −1 for the prior. */
export function drawKernel({ codes, weights, prior }: Leaders, d: number, rng: Rng): number {
  let total = prior;
  for (let i = 0; i < codes.length; i++) if (d < 0 || !Number.isNaN((codes[i] as Float64Array)[d])) total += weights[i] as number;
  let rest = rng.uniform() * total;
  for (let i = 0; i < codes.length; i++) {
    if (d >= 0 && Number.isNaN((codes[i] as Float64Array)[d])) continue;
    rest -= weights[i] as number;
    if (rest < 0) return i;
  }
  return -1;
}

/** A code drawn from kernel i in axis d; from the prior where it has none. */
export function drawCode({ tree, codes, levels, spread, places, starts, masses }: Leaders, i: number, d: number, rng: Rng): number {
  const axis = tree.axes[d] as Axis;
  const from = i < 0 ? Number.NaN : ((codes[i] as Float64Array)[d] as number);
  if (axis.kind === "category") {
    return Number.isNaN(from) || rng.uniform() < spread ? rng.below(axis.count) : from;
  }
  if (Number.isNaN(from)) return codeAt(axis, rng.uniform());
  const entry = i * tree.axes.length + d;
  const away = normalQuantile((starts[entry] as number) + rng.uniform() * (masses[entry] as number));
  const unit = (places[entry] as number) + bandwidthAt(levels[entry] as number) * away;
  return codeAt(axis, Math.min(1, Math.max(0, unit)));
}
