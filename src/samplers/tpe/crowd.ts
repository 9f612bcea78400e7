/**
 * The density of all trials but the best, g: one kernel a trial, all of one bandwidth an axis, kept up trial by trial. See kernels.ts for what
 * a density is relative to.
 *
 * Notation: n trials, m(d) of them with axis d; h(d) = 0.2 (m(d) + 1)^(−1/(D + 4)), D the axes that have an order (Scott's rule, D. W. Scott,
 * "Multivariate density estimation", Wiley 1992, for a deviation of a fifth of the range).
 */
import { decayingExp } from "../../math/decaying-exp.ts";
import { log } from "../../math/elementary.ts";
import { addTo, categoryRow, type Column, doubled, emptyColumn, logKernel, logMarginalOf } from "./crowd-column.ts";
import { bandwidthAt, cellKernels, isNarrow, logCellKernel } from "./kernels.ts";
import { type TreeSpace, unitOf } from "./tree-space.ts";

/** Terms so much below the largest one are left out: e^(−32) of it, so that ten million of them are 10⁻⁷. */
const negligible = 32;
/** Terms between two looks at the sum. */
const block = 64;

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
  /** The plain axes, and by trial and plain axis: its place times √½ over the bandwidth. */
  readonly #plain: readonly number[];
  #rows: Float64Array;
  /** By trial: less the sum of the normalisers of the plain axes. */
  #bases: Float64Array = new Float64Array(16);
  #count = 0;

  constructor(tree: TreeSpace) {
    this.#tree = tree;
    this.#columns = tree.axes.map(emptyColumn);
    this.#plain = this.#columns.flatMap(({ plain }, d) => (plain ? [d] : []));
    this.#rows = new Float64Array(16 * this.#plain.length);
  }

  /** Takes the next trial in. O(axes); O(n) where a bandwidth changes, which it does about four times while n grows tenfold. */
  add(codes: Float64Array): void {
    const id = this.#count++;
    if (id >= this.#bases.length) {
      this.#bases = doubled(this.#bases);
      this.#rows = doubled(this.#rows);
    }
    const { ordered } = this.#tree;
    let changed = id;
    for (const [d, column] of this.#columns.entries()) {
      const from = addTo(column, { id, code: codes[d] as number, ordered });
      if (column.plain) changed = Math.min(changed, from);
    }
    const width = this.#plain.length;
    this.#bases.fill(0, changed, id + 1);
    for (const [p, d] of this.#plain.entries()) {
      const { places, normalisers, level } = this.#columns[d] as Column;
      const scale = Math.SQRT1_2 / bandwidthAt(level);
      for (let i = changed; i <= id; i++) {
        this.#rows[i * width + p] = (places[i] as number) * scale;
        (this.#bases[i] as number) -= normalisers[i] as number;
      }
    }
  }

  /** The bandwidth of axis d. */
  bandwidth(d: number): number {
    return bandwidthAt((this.#columns[d] as Column).level);
  }

  /** The share of a category's kernel that is spread over all alternatives. */
  get spread(): number {
    return 1 / (1 + this.#count);
  }

  /**
   * ln g at a configuration, or any number above `enough` once it is known to be above. `terms` is scratch of at least n + pending numbers.
   * O(n · axes).
   */
  logDensity(at: Float64Array, { without, pending, levels, prior }: Others, terms: Float64Array, enough: number = Infinity): number {
    const n = this.#count;
    const total = n + pending.length;
    const { spread } = this;
    for (let i = 0; i < n; i++) terms[i] = this.#bases[i] as number;
    terms.fill(0, n, total);
    for (let d = 0; d < at.length; d++) {
      const code = at[d] as number;
      if (Number.isNaN(code)) continue;
      const column = this.#columns[d] as Column;
      if (!column.plain) this.#addTerms(column, code, terms);
      for (let p = 0; p < pending.length; p++) {
        const from = (pending[p] as Float64Array)[d] as number;
        if (!Number.isNaN(from)) (terms[n + p] as number) += logKernel(column.axis, levels[d] as number, { at: code, from, spread });
      }
    }
    for (const id of without) terms[id] = -Infinity;
    const weight = log(total - without.length + prior);
    return this.#logSum(at, terms, { total, prior, enough: enough + weight }) - weight;
  }

  /**
   * ln of the sum of the prior and all kernels, of finished trials the plain axes being still to be taken from their terms; or the first sum above `enough`.
   * The last trials come first, since most of them lie where the next one does.
   */
  #logSum(at: Float64Array, terms: Float64Array, { total, prior, enough }: { total: number; prior: number; enough: number }): number {
    const n = this.#count;
    const rows = this.#rows;
    const width = this.#plain.length;
    const place = new Float64Array(width);
    for (let p = 0; p < width; p++) {
      const d = this.#plain[p] as number;
      place[p] = (at[d] as number) * (Math.SQRT1_2 / this.bandwidth(d));
    }
    // The sum is kept relative to its largest term so far.
    let largest = log(prior);
    let sum = 1;
    for (let end = total; end > 0; end -= block) {
      for (let i = end - 1; i >= Math.max(0, end - block); i--) {
        let term = terms[i] as number;
        if (i < n) {
          const row = i * width;
          for (let p = 0; p < width; p++) {
            const gap = (place[p] as number) - (rows[row + p] as number);
            term -= gap * gap;
          }
        }
        if (term > largest) {
          sum = sum * decayingExp(term - largest) + 1;
          largest = term;
        } else if (term > largest - negligible) sum += decayingExp(largest - term);
      }
      if (largest + log(sum) > enough) break;
    }
    return largest + log(sum);
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

  /** ln g of one axis alone, among the trials that have it, at a code. */
  logMarginal(d: number, code: number, { without, pending, levels, prior }: Others): number {
    const parts = { without, pending, d, pendingLevel: levels[d] as number, prior, spread: this.spread };
    return logMarginalOf(this.#columns[d] as Column, code, parts);
  }
}
