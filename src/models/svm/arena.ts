import type { SharedMemory } from "../../core/shared-memory.ts";
import { svmKernels } from "../../kernels/svm-kernels.ts";
import type { SvmLayout } from "./layout.ts";
import { arrangeEntries } from "./precomputed.ts";
import { scratch } from "./scratch.ts";
import { type DenseRows, transpose } from "./transpose.ts";

/** What the shared arena holds, as offsets from its start. */
export interface ArenaMap {
  /**
   * Features, transposed: feature k of position i at `features + k · stride + 4 i`. Under a precomputed kernel they are its values:
   * feature k of position i is K(position k, position i).
   */
  readonly features: number;
  /** The upper triangle of squared distances by position, or −1 where each pair of classes computes its own. */
  readonly distances: number;
  readonly width: number;
  /** Bytes from a row of the distances to the next, and from a feature to the next. */
  readonly stride: number;
  readonly bytes: number;
}

export function arenaMap(layout: Pick<SvmLayout, "size">, width: number, keepDistances: boolean): ArenaMap {
  const space = scratch(0);
  const stride = layout.size * 4;
  const features = space.take(width * stride);
  const distances = keepDistances ? space.take(layout.size * stride) : -1;
  return { features, distances, width, stride, bytes: space.used() };
}

/** An arena at its place in memory: absolute offsets. */
export function placedArena(map: ArenaMap, start: number): ArenaMap {
  return { ...map, features: start + map.features, distances: map.distances < 0 ? -1 : start + map.distances };
}

/** Features that a position has in the arena: as many as there are positions under a precomputed kernel. */
export function arenaWidth(layout: SvmLayout, width: number, precomputed: boolean): number {
  return precomputed ? layout.size : width;
}

/** Matrix rows a kernel call fills: a running loop is never recompiled, so calls are short. */
const callRows = 16;

export function fillFeatures(memory: SharedMemory, arena: ArenaMap, rows: DenseRows): void {
  const size = arena.stride / 4;
  transpose(rows, new Float32Array(memory.buffer, arena.features, arena.width * size), size);
}

/** Fills the features with the values of a precomputed kernel. */
export function fillEntries(memory: SharedMemory, arena: ArenaMap, rows: DenseRows): void {
  arrangeEntries(rows, rows.order, new Float32Array(memory.buffer, arena.features, arena.width * rows.order.length));
}

/** Rows `first` to `last` (multiples of 16) of the upper triangle; what lies below is never read or written. */
export function fillDistances(memory: SharedMemory, arena: ArenaMap, [first, last]: readonly [number, number]): void {
  const { features, distances, stride, width } = arena;
  const kernels = svmKernels(memory);
  for (let row = first; row < last; row += callRows) {
    const right = row * 4;
    const columns = stride / 4 - row;
    const out = distances + row * stride + right;
    kernels.distances(features, stride, features + right, stride, width, row, row + callRows, columns, out, stride);
  }
}
