/**
 * Kernels of the Parzen densities. All densities are relative to the uniform one of the axis (a mass over the share of [0, 1] that the
 * value takes), so that the prior, and a parameter that a kernel's trial does not have, count ln 1 = 0.
 *
 * Sources: J. Bergstra et al., "Algorithms for hyper-parameter optimization", NIPS 2011; S. Watanabe, "Tree-structured Parzen estimator:
 * understanding its algorithm components and their roles for better empirical performance", arXiv:2304.11127, 2023; J. Aitchison, C. G. G. Aitken,
 * "Multivariate binary discrimination by the kernel method", Biometrika 63(3), 1976, doi 10.1093/biomet/63.3.413 (categories).
 */
import { exp, log } from "../../math/elementary.ts";
import { logNormalMass } from "../../math/truncated-normal.ts";
import { type Axis, unitOf } from "./tree-space.ts";

export const logRootTwoPi = 0.9189385332046728;
/** Axes of so many cells at most keep the kernels between all cells, one table a bandwidth. */
const mostTabulated = 128;
/** A cell narrower than this share of the bandwidth counts as its middle: the mass is right within 0.3 % at two bandwidths' distance. */
const narrow = 0.2;
/** Bandwidths are rounded to powers of 2^(1/8), within 4.5 %, so that what follows from them can be kept. */
export const stepsPerOctave = 8;
const lnStep = Math.LN2 / stepsPerOctave;

/** The bandwidth nearest to h among those that are used, by its level. */
export function levelOf(h: number): number {
  return Math.round(log(h) / lnStep);
}

export function bandwidthAt(level: number): number {
  // The levels that are used lie from 10⁻⁴ of the range to all of it.
  return bandwidths[-level] ?? exp(level * lnStep);
}

const bandwidths = Float64Array.from({ length: 128 }, (_, index) => exp(-index * lnStep));

/** ln of what a kernel at `centre` keeps within [0, 1], with the constant of its density. */
export function logNormaliser(centre: number, h: number): number {
  return logNormalMass(-centre / h, (1 - centre) / h) + log(h) + logRootTwoPi;
}

/** ln of a kernel of bandwidth h about `centre` (from 0 to 1) at the cell `at`. */
export function logCellKernel(axis: Axis, h: number, at: number, centre: number): number {
  const low = axis.edge(at);
  const high = axis.edge(at + 1);
  return logNormalMass((low - centre) / h, (high - centre) / h) - logNormalMass(-centre / h, (1 - centre) / h) - log(high - low);
}

/** Whether a cell is as good as its middle. */
export function isNarrow(axis: Axis, cell: number, h: number): boolean {
  return axis.edge(cell + 1) - axis.edge(cell) < narrow * h;
}

/** Kernels between all cells of an axis, at one bandwidth: entry at · count + from, and the logarithms. */
export interface CellKernels {
  readonly logs: Float64Array;
  readonly densities: Float64Array;
}

/** They follow from the space alone, so that no proposal depends on what is kept. */
const tables = new WeakMap<Axis, Map<number, CellKernels>>();

/** Whether an axis is judged through tables: cells that are few. */
export function isTabulated({ kind, count }: Axis): boolean {
  return kind === "cells" && count <= mostTabulated;
}

/** Of a tabulated axis. O(count²) once a bandwidth. */
export function cellKernels(axis: Axis, level: number): CellKernels {
  const known = tables.get(axis) ?? new Map<number, CellKernels>();
  tables.set(axis, known);
  const found = known.get(level);
  if (found !== undefined) return found;
  const { count } = axis;
  const logs = new Float64Array(count * count);
  const h = bandwidthAt(level);
  for (let at = 0; at < count; at++)
    for (let from = 0; from < count; from++) logs[at * count + from] = logCellKernel(axis, h, at, unitOf(axis, from));
  const made = { logs, densities: logs.map(exp) };
  known.set(level, made);
  return made;
}

/** Kernels of one bandwidth between the middles of `bins` equal parts of [0, 1]. */
export interface BinnedKernel {
  /** By distance in bins: the kernel but for its constant. */
  readonly heights: Float64Array;
  /** By bin: the constant of a kernel there. */
  readonly constants: Float64Array;
}

export const bins = 256;

const binned = new Map<number, BinnedKernel>();

/** There are fewer than a hundred levels. */
export function binnedKernel(level: number): BinnedKernel {
  const found = binned.get(level);
  if (found !== undefined) return found;
  const h = bandwidthAt(level);
  const made = {
    heights: Float64Array.from({ length: bins }, (_, lag) => exp(-0.5 * (lag / bins / h) * (lag / bins / h))),
    constants: Float64Array.from({ length: bins }, (_, bin) => exp(-logNormaliser((bin + 0.5) / bins, h))),
  };
  binned.set(level, made);
  return made;
}

export function binOf(place: number): number {
  return Math.min(bins - 1, Math.floor(place * bins));
}

/** ln of a category's kernel that spreads the share `spread` over all alternatives alike. */
export function logCategoryKernel(count: number, spread: number, same: boolean): number {
  return log(same ? count * (1 - spread) + spread : spread);
}
