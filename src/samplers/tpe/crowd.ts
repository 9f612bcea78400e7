/**
 * The density of all trials but the best, g: one kernel a trial, all of one bandwidth an axis, kept up trial by trial. See kernels.ts for what
 * a density is relative to.
 *
 * Notation: n trials, m(d) of them with axis d; h(d) = 0.2 (m(d) + 1)^(−1/(D + 4)), D the axes that have an order (Scott's rule, D. W. Scott,
 * "Multivariate density estimation", Wiley 1992, for a deviation of a fifth of the range).
 */
import { decayingExp } from "../../math/decaying-exp.ts";
import { exp, log } from "../../math/elementary.ts";
import {
  bandwidthAt,
  binnedKernel,
  binOf,
  bins,
  cellKernels,
  isNarrow,
  isTabulated,
  levelOf,
  logCategoryKernel,
  logCellKernel,
  logNormaliser,
} from "./kernels.ts";
import { type Axis, type TreeSpace, unitOf } from "./tree-space.ts";

/** Terms so much below the largest one are left out: e^(−40) of it. */
const negligible = 40;

/** One axis of all trials. */
interface Column {
  readonly axis: Axis;
  /** Kernels without a table: densities at a cell's middle do. */
  readonly smooth: boolean;
  /** An interval that every trial has. */
  readonly plain: boolean;
  /** By trial: the code, or the place in [0, 1] of a smooth column; NaN where the trial has no such parameter. */
  places: Float64Array;
  /** How many trials have the axis. */
  active: number;
  /** Of the bandwidth. */
  level: number;
  /** By trial, of a smooth column: ln of its kernel's normaliser at that level. */
  normalisers: Float64Array;
  /** How many trials lie in each bin (of a smooth column), cell or category; and that times the kernel's constant. */
  readonly histogram: Float64Array;
  readonly weighted: Float64Array;
}

/** What else the density is made of. */
export interface Others {
  /** The best trials, which are left out. */
  readonly without: readonly number[];
  /** Codes of trials that are not finished: they count as bad (constant liar). */
  readonly pending: readonly Float64Array[];
  /** Levels of the bandwidths of pending trials, by axis: twice those of the best, or they would hardly be seen among so many. */
  readonly levels: ArrayLike<number>;
  /** Weight of the prior; a trial has weight 1. */
  readonly prior: number;
}

export class Crowd {
  readonly #tree: TreeSpace;
  readonly #columns: readonly Column[];
  /** The plain axes. */
  readonly #plain: readonly number[];
  /** By trial: less the sum of the normalisers of the plain axes. */
  #bases: Float64Array = new Float64Array(16);
  #count = 0;

  constructor(tree: TreeSpace) {
    this.#tree = tree;
    this.#columns = tree.axes.map((axis) => {
      const smooth = axis.kind !== "category" && !isTabulated(axis);
      const size = smooth ? bins : axis.count;
      return {
        axis,
        smooth,
        plain: axis.kind === "interval" && axis.always,
        places: new Float64Array(16),
        active: 0,
        level: 0,
        normalisers: new Float64Array(smooth ? 16 : 0),
        histogram: new Float64Array(size),
        weighted: new Float64Array(smooth ? size : 0),
      };
    });
    this.#plain = this.#columns.flatMap(({ plain }, d) => (plain ? [d] : []));
  }

  /** Takes the next trial in. O(axes); O(n) where a bandwidth changes, which it does about four times while n grows tenfold. */
  add(codes: Float64Array): void {
    const id = this.#count++;
    if (id >= this.#bases.length) this.#bases = doubled(this.#bases);
    let changed = id;
    for (const [d, column] of this.#columns.entries()) {
      if (id >= column.places.length) {
        column.places = doubled(column.places);
        if (column.smooth) column.normalisers = doubled(column.normalisers);
      }
      const code = codes[d] as number;
      const place = column.smooth ? unitOf(column.axis, code) : code;
      column.places[id] = place;
      if (Number.isNaN(code)) continue;
      column.active++;
      (column.histogram[binIn(column, place)] as number) += 1;
      if (column.axis.kind === "category") continue;
      const from = this.#refresh(column, id);
      if (column.plain) changed = Math.min(changed, from);
    }
    for (let i = changed; i <= id; i++) {
      let sum = 0;
      for (const d of this.#plain) sum -= this.#columns[d]?.normalisers[i] as number;
      this.#bases[i] = sum;
    }
  }

  /** Brings what hangs on the bandwidth up to trial `id`; the first trial for which it changed. */
  #refresh(column: Column, id: number): number {
    const { axis, places, normalisers, histogram, weighted } = column;
    const scott = 0.2 * exp(-log(column.active + 1) / (this.#tree.ordered + 4));
    const least = Math.max(1 / Math.min(100, column.active + 2), axis.kind === "cells" ? 0.35 / axis.count : 0);
    const level = levelOf(Math.min(1, Math.max(scott, least)));
    const from = level === column.level ? id : 0;
    column.level = level;
    if (!column.smooth) return from;
    const h = bandwidthAt(level);
    for (let i = from; i <= id; i++) {
      const place = places[i] as number;
      if (!Number.isNaN(place)) normalisers[i] = logNormaliser(place, h);
    }
    const { constants } = binnedKernel(level);
    if (from === 0) for (let bin = 0; bin < bins; bin++) weighted[bin] = (histogram[bin] as number) * (constants[bin] as number);
    else (weighted[binOf(places[id] as number)] as number) += constants[binOf(places[id] as number)] as number;
    return from;
  }

  /** The bandwidth of axis d. */
  bandwidth(d: number): number {
    return bandwidthAt((this.#columns[d] as Column).level);
  }

  /** The share of a category's kernel that is spread over all alternatives. */
  get spread(): number {
    return 1 / (1 + this.#count);
  }

  /** ln g at a configuration. `terms` is scratch of at least n + pending + 1 numbers. O(n · axes). */
  logDensity(at: Float64Array, { without, pending, levels, prior }: Others, terms: Float64Array): number {
    const n = this.#count;
    const total = n + pending.length;
    const { spread } = this;
    this.#beginTerms(at, terms);
    terms.fill(0, n, total);
    for (let d = 0; d < at.length; d++) {
      const code = at[d] as number;
      if (Number.isNaN(code)) continue;
      const column = this.#columns[d] as Column;
      if (!column.plain) this.#addTerms(column, code, terms);
      for (let p = 0; p < pending.length; p++) {
        const from = (pending[p] as Float64Array)[d] as number;
        if (!Number.isNaN(from)) (terms[n + p] as number) += logTerm(column.axis, levels[d] as number, { at: code, from, spread });
      }
    }
    for (const id of without) terms[id] = -Infinity;
    let largest = log(prior);
    terms[total] = largest;
    for (let i = 0; i < total; i++) if ((terms[i] as number) > largest) largest = terms[i] as number;
    let sum = 0;
    const least = largest - negligible;
    for (let i = 0; i <= total; i++) {
      const term = terms[i] as number;
      if (term > least) sum += decayingExp(largest - term);
    }
    return largest + log(sum / (total - without.length + prior));
  }

  /** Sets each trial's term to ln of its kernel over the plain axes, two at a time: what most spaces are made of. */
  #beginTerms(at: Float64Array, terms: Float64Array): void {
    const n = this.#count;
    const bases = this.#bases;
    const plain = this.#plain;
    for (let i = 0; i < n; i++) terms[i] = bases[i] as number;
    for (let a = 0; a < plain.length; a += 2) {
      const d = plain[a] as number;
      const e = plain[a + 1] ?? d;
      const [first, second] = [this.#columns[d] as Column, this.#columns[e] as Column];
      const [xs, ys] = [first.places, second.places];
      const [x, y] = [at[d] as number, at[e] as number];
      const xScale = Math.SQRT1_2 / bandwidthAt(first.level);
      const yScale = e === d ? 0 : Math.SQRT1_2 / bandwidthAt(second.level);
      for (let i = 0; i < n; i++) {
        const u = (x - (xs[i] as number)) * xScale;
        const v = (y - (ys[i] as number)) * yScale;
        (terms[i] as number) -= u * u + v * v;
      }
    }
  }

  /** Adds ln of each trial's kernel at a code to its term; a trial without the axis counts 0. */
  #addTerms({ axis, smooth, places, level, normalisers }: Column, code: number, terms: Float64Array): void {
    const n = this.#count;
    if (!smooth) {
      const { spread } = this;
      const { count } = axis;
      const logs =
        axis.kind === "category"
          ? categoryRow(count, spread, code)
          : cellKernels(axis, level).logs.subarray(code * count, (code + 1) * count);
      for (let i = 0; i < n; i++) {
        const from = places[i] as number;
        if (!Number.isNaN(from)) (terms[i] as number) += logs[from] as number;
      }
      return;
    }
    const h = bandwidthAt(level);
    if (axis.kind === "cells" && !isNarrow(axis, code, h)) {
      for (let i = 0; i < n; i++) {
        const from = places[i] as number;
        if (!Number.isNaN(from)) (terms[i] as number) += logCellKernel(axis, h, code, from);
      }
      return;
    }
    const place = unitOf(axis, code);
    const scale = Math.SQRT1_2 / h;
    for (let i = 0; i < n; i++) {
      const z = (place - (places[i] as number)) * scale;
      // NaN where the trial has no such parameter.
      const term = z * z + (normalisers[i] as number);
      if (!Number.isNaN(term)) (terms[i] as number) -= term;
    }
  }

  /** ln g of one axis alone, among the trials that have it, at a code; places of smooth columns are rounded to bins. O(bins). */
  logMarginal(d: number, code: number, { without, pending, levels, prior }: Others): number {
    const column = this.#columns[d] as Column;
    const { axis, histogram, weighted, level, smooth } = column;
    const at = binIn(column, smooth ? unitOf(axis, code) : code);
    let sum = prior;
    let weight = prior + column.active;
    const kernel = smooth ? smoothKernel(level, at) : steppedKernel(column, at, this.spread);
    if (smooth) {
      const { heights } = binnedKernel(level);
      for (let bin = 0; bin <= at; bin++) sum += (weighted[bin] as number) * (heights[at - bin] as number);
      for (let bin = at + 1; bin < bins; bin++) sum += (weighted[bin] as number) * (heights[bin - at] as number);
    } else for (let bin = 0; bin < axis.count; bin++) sum += (histogram[bin] as number) * kernel(bin);
    for (const id of without) {
      const place = column.places[id] as number;
      if (Number.isNaN(place)) continue;
      sum -= kernel(binIn(column, place));
      weight--;
    }
    for (const codes of pending) {
      const from = codes[d] as number;
      if (Number.isNaN(from)) continue;
      sum += exp(logTerm(axis, levels[d] as number, { at: code, from, spread: this.spread }));
      weight++;
    }
    // What is left out may take a rounding error more than it brought in.
    return log(Math.max(sum, prior) / weight);
  }
}

function doubled(values: Float64Array): Float64Array {
  const more = new Float64Array(2 * values.length);
  more.set(values);
  return more;
}

function binIn({ smooth }: Column, place: number): number {
  return smooth ? binOf(place) : place;
}

function smoothKernel(level: number, at: number): (from: number) => number {
  const { heights, constants } = binnedKernel(level);
  return (from) => (heights[Math.abs(at - from)] as number) * (constants[from] as number);
}

function steppedKernel({ axis, level }: Column, at: number, spread: number): (from: number) => number {
  const { count, kind } = axis;
  if (kind === "category") {
    const row = categoryRow(count, spread, at).map(exp);
    return (from) => row[from] as number;
  }
  const { densities } = cellKernels(axis, level);
  return (from) => densities[at * count + from] as number;
}

function categoryRow(count: number, spread: number, code: number): Float64Array {
  const row = new Float64Array(count).fill(logCategoryKernel(count, spread, false));
  row[code] = logCategoryKernel(count, spread, true);
  return row;
}

/** ln of one kernel between two codes. */
function logTerm(axis: Axis, level: number, { at, from, spread }: { at: number; from: number; spread: number }): number {
  if (axis.kind === "category") return logCategoryKernel(axis.count, spread, at === from);
  const h = bandwidthAt(level);
  if (axis.kind === "cells") return logCellKernel(axis, h, at, unitOf(axis, from));
  const z = (at - from) / h;
  return -0.5 * z * z - logNormaliser(from, h);
}
