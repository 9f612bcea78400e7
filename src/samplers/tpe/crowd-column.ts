/**
 * One axis of all trials: where they lie, the bandwidth of their kernels, and the density of the axis alone. See kernels.ts for what a density is relative to.
 */
import { exp, log } from "../../math/elementary.ts";
import {
  bandwidthAt,
  binnedKernel,
  binOf,
  bins,
  cellKernels,
  isTabulated,
  levelOf,
  logCategoryKernel,
  logCellKernel,
  logNormaliser,
} from "./kernels.ts";
import { type Axis, unitOf } from "./tree-space.ts";

/** One axis of all trials; grows in place. */
export interface Column {
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
  /** How many trials lie in each bin (of a smooth column), cell or category. */
  readonly histogram: Float64Array;
  /** Of a smooth column, by bin: the sum of all trials' kernels at its middle. */
  readonly heights: Float64Array;
}

export function emptyColumn(axis: Axis): Column {
  const smooth = axis.kind !== "category" && !isTabulated(axis);
  return {
    axis,
    smooth,
    plain: axis.kind === "interval" && axis.always,
    places: new Float64Array(16),
    active: 0,
    level: 0,
    normalisers: new Float64Array(smooth ? 16 : 0),
    histogram: new Float64Array(smooth ? bins : axis.count),
    heights: new Float64Array(smooth ? bins : 0),
  };
}

/** Takes trial `id` in, in a space of so many ordered axes; the first trial whose kernel changed. O(bins), more where the bandwidth changes. */
export function addTo(
  column: Column,
  { id, code, ordered }: { readonly id: number; readonly code: number; readonly ordered: number },
): number {
  if (id >= column.places.length) {
    column.places = doubled(column.places);
    if (column.smooth) column.normalisers = doubled(column.normalisers);
  }
  const { axis, smooth } = column;
  const place = smooth ? unitOf(axis, code) : code;
  column.places[id] = place;
  if (Number.isNaN(code)) return id;
  column.active++;
  (column.histogram[binIn(column, place)] as number) += 1;
  return axis.kind === "category" ? id : refresh(column, id, ordered);
}

/** Brings what hangs on the bandwidth up to trial `id`. */
function refresh(column: Column, id: number, ordered: number): number {
  const { axis, places, normalisers, histogram, heights } = column;
  const scott = 0.2 * exp(-log(column.active + 1) / (ordered + 4));
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
  const own = binOf(places[id] as number);
  if (from === id) addKernel(heights, level, { bin: own, times: 1 });
  else {
    heights.fill(0);
    for (let bin = 0; bin < bins; bin++) addKernel(heights, level, { bin, times: histogram[bin] as number });
  }
  return from;
}

function addKernel(heights: Float64Array, level: number, { bin, times }: { readonly bin: number; readonly times: number }): void {
  if (times === 0) return;
  const kernel = binnedKernel(level);
  const weight = times * (kernel.constants[bin] as number);
  for (let at = 0; at < bins; at++) (heights[at] as number) += weight * (kernel.heights[at < bin ? bin - at : at - bin] as number);
}

export function doubled(values: Float64Array): Float64Array {
  const more = new Float64Array(2 * values.length);
  more.set(values);
  return more;
}

function binIn({ smooth }: Column, place: number): number {
  return smooth ? binOf(place) : place;
}

/** What the density of one axis is made of besides its trials: as `Others` in crowd.ts. */
export interface MarginalParts {
  readonly without: readonly number[];
  readonly pending: readonly Float64Array[];
  /** Which axis it is. */
  readonly d: number;
  /** Level of the bandwidth of pending trials. */
  readonly pendingLevel: number;
  readonly prior: number;
  /** Share of a category's kernel that is spread over all alternatives. */
  readonly spread: number;
}

/** ln of the density of the axis alone, among the trials that have it; places of smooth columns are rounded to bins. O(without), O(cells) of others. */
export function logMarginalOf(column: Column, code: number, { without, pending, d, pendingLevel, prior, spread }: MarginalParts): number {
  const { axis, histogram, heights, level, smooth, places } = column;
  const at = binIn(column, smooth ? unitOf(axis, code) : code);
  let sum = prior;
  let weight = prior + column.active;
  if (smooth) {
    const kernel = binnedKernel(level);
    sum += heights[at] as number;
    for (const id of without) {
      const place = places[id] as number;
      if (Number.isNaN(place)) continue;
      const from = binOf(place);
      sum -= (kernel.heights[at < from ? from - at : at - from] as number) * (kernel.constants[from] as number);
      weight--;
    }
  } else {
    const kernel = steppedKernel(column, at, spread);
    for (let cell = 0; cell < axis.count; cell++) sum += (histogram[cell] as number) * kernel(cell);
    for (const id of without) {
      const place = places[id] as number;
      if (Number.isNaN(place)) continue;
      sum -= kernel(place);
      weight--;
    }
  }
  for (const codes of pending) {
    const from = codes[d] as number;
    if (Number.isNaN(from)) continue;
    sum += exp(logKernel(axis, pendingLevel, { at: code, from, spread }));
    weight++;
  }
  // What is left out may take a rounding error more than it brought in.
  return log(Math.max(sum, prior) / weight);
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

/** ln of a category's kernel at one code, by the code of its trial. */
export function categoryRow(count: number, spread: number, code: number): Float64Array {
  const row = new Float64Array(count).fill(logCategoryKernel(count, spread, false));
  row[code] = logCategoryKernel(count, spread, true);
  return row;
}

/** ln of one kernel between two codes. */
export function logKernel(axis: Axis, level: number, { at, from, spread }: { at: number; from: number; spread: number }): number {
  if (axis.kind === "category") return logCategoryKernel(axis.count, spread, at === from);
  const h = bandwidthAt(level);
  if (axis.kind === "cells") return logCellKernel(axis, h, at, unitOf(axis, from));
  const z = (at - from) / h;
  return -0.5 * z * z - logNormaliser(from, h);
}
