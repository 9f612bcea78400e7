import type { SharedMemory } from "../../core/shared-memory.ts";
import { svmKernels } from "../../kernels/svm-kernels.ts";
import { type DenseRows, transpose } from "./transpose.ts";
import type { SvmLayout } from "./layout.ts";
import type { KernelMatrix } from "./pair-problem.ts";
import { scratch } from "./scratch.ts";

/** What the shared arena holds, as offsets from its start. */
export interface ArenaMap {
  /** Features, transposed: feature k of position i at `features + k · stride + 4 i`. */
  readonly features: number;
  /** Squared distances, or −1 where kernel values are computed from the features each time. */
  readonly distances: number;
  readonly kernel: number;
  readonly diagonal: number;
  /** Bytes from a row of a matrix to the next, and from a feature to the next. */
  readonly stride: number;
  readonly bytes: number;
}

export function arenaMap(layout: SvmLayout, width: number, keepDistances: boolean): ArenaMap {
  const space = scratch(0);
  const stride = layout.size * 4;
  const features = space.take(width * stride);
  const distances = keepDistances ? space.take(layout.size * stride) : -1;
  const kernel = space.take(layout.size * stride);
  const diagonal = space.take(stride);
  return { features, distances, kernel, diagonal, stride, bytes: space.used() };
}

/** The arena of one problem at its place in memory. Everything is a pure function of the features and of γ. */
export interface KernelArena {
  fillFeatures(rows: DenseRows): void;
  /** Rows `first` to `last` of the upper triangle; what lies below is never read or written. */
  fillDistances(first: number, last: number): void;
  /** Kernel values of rows `first` to `last` (multiples of 16) from the diagonal on, and their mirror images; `gamma` null = linear. */
  fillKernel(first: number, last: number, gamma: number | null): void;
  matrix(gamma: number | null): KernelMatrix;
}

/** Matrix rows a kernel call fills: a running loop is never recompiled, so calls are short. */
const callRows = 16;
/** Rows mirrored at once: a mirrored row gets four cache lines. */
const mirrorRows = 64;

export function kernelArena(memory: SharedMemory, start: number, shape: { readonly map: ArenaMap; readonly width: number }): KernelArena {
  const { map, width } = shape;
  const kernels = svmKernels(memory);
  const features = start + map.features;
  const distances = start + map.distances;
  const kernel = start + map.kernel;
  const diagonal = start + map.diagonal;
  const { stride } = map;
  const size = stride / 4;

  /** Rows `first` to `first + callRows` of a matrix, from the diagonal on. Values have the same bits on both sides of it. */
  function tile(what: "distances" | "products", first: number, out: number): void {
    const right = first * 4;
    kernels[what](
      features,
      stride,
      features + right,
      stride,
      width,
      first,
      first + callRows,
      size - first,
      out + first * stride + right,
      stride,
    );
  }

  function kernelRows(first: number, gamma: number | null): void {
    if (gamma === null) {
      tile("products", first, kernel);
      return;
    }
    const source = map.distances < 0 ? kernel : distances;
    if (map.distances < 0) tile("distances", first, kernel);
    for (let row = first; row < first + callRows; row++) {
      const at = row * stride + first * 4;
      kernels.exponentials(source + at, kernel + at, size - first, gamma);
    }
  }

  return {
    fillFeatures: (rows) => transpose(rows, new Float32Array(memory.buffer, features, width * size), size),
    fillDistances(first, last) {
      for (let row = first; row < last; row += callRows) tile("distances", row, distances);
    },
    fillKernel(first, last, gamma) {
      for (let band = first; band < last; band += mirrorRows) {
        const end = Math.min(last, band + mirrorRows);
        for (let row = band; row < end; row += callRows) kernelRows(row, gamma);
        for (let row = band; row < end; row += callRows) kernels.mirror(kernel, stride, row, row + callRows, row + callRows, end);
        for (let column = end; column < size; column += callRows) kernels.mirror(kernel, stride, band, end, column, column + callRows);
      }
      const values = new Float32Array(memory.buffer, kernel, size * size);
      const diagonals = new Float32Array(memory.buffer, diagonal, size);
      for (let row = first; row < last; row++) diagonals[row] = values[row * size + row] as number;
    },
    matrix: (gamma) => ({ values: kernel, stride, diagonal, unit: gamma !== null }),
  };
}
