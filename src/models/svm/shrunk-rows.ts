import type { SharedMemory } from "../../core/shared-memory.ts";
import type { ArenaMap } from "./arena.ts";
import type { LargeWorkspace } from "./large-workspace.ts";
import type { PairRanges } from "./pair-problem.ts";
import { scratch } from "./scratch.ts";
import type { Scratch } from "./scratch.ts";
import type { FeatureRows } from "./working-block.ts";

/** Some rows of a large problem, copied behind one another with their features. */
export interface ShrunkRows extends FeatureRows {
  readonly columns: PairRanges;
  readonly gradientAt: number;
  /** Local index of the entry `at` of the list. */
  placeOf(at: number): number;
}

/** Takes the scratch of at most `most` rows: features, a, the weights, f, outside. */
export function takeShrunkRows(space: Scratch, most: number, width: number): readonly number[] {
  const rows = most + 32;
  return [width * 4, 8, 8, 8, 4].map((bytes) => space.take(rows * bytes));
}

/** Copies the listed rows (ascending), each class padded to a multiple of 16 by rows outside the training set. */
export function shrunkRows(memory: SharedMemory, workspace: LargeWorkspace, rows: FeatureRows, list: Uint32Array): ShrunkRows {
  const { width, shrunkMost, shrunkAt } = workspace;
  const [features, coefficient, weight, gradientAt, outside] = takeShrunkRows(scratch(shrunkAt), shrunkMost, width) as [
    number,
    number,
    number,
    number,
    number,
  ];
  const found = list.findIndex((local) => local >= rows.sizeA);
  const inA = found < 0 ? list.length : found;
  const sizeA = Math.ceil(inA / 16) * 16;
  const sizeB = Math.ceil((list.length - inA) / 16) * 16;
  const size = sizeA + sizeB;
  const placeOf = (at: number): number => (at < inA ? at : sizeA + at - inA);
  const doubles = (at: number): Float64Array => new Float64Array(memory.buffer, at, size).fill(0);
  const [coefficients, weights, gradient] = [doubles(coefficient), doubles(weight), doubles(gradientAt)];
  const outsides = new Float32Array(memory.buffer, outside, size).fill(-Infinity);
  for (const [at, local] of list.entries()) {
    const place = placeOf(at);
    coefficients[place] = rows.coefficients[local] as number;
    weights[place] = rows.weights[local] as number;
    gradient[place] = rows.gradient[local] as number;
    outsides[place] = 0;
  }
  const arena: ArenaMap = { features, distances: -1, width, stride: size * 4, bytes: 0 };
  const all = new Float32Array(memory.buffer, rows.arena.features, (width * rows.arena.stride) / 4);
  const copied = new Float32Array(memory.buffer, features, width * size).fill(0);
  const positions = Int32Array.from(list, (local) => rows.positionOf(local));
  for (let k = 0; k < width; k++) {
    const from = (k * rows.arena.stride) / 4;
    for (let at = 0; at < list.length; at++) copied[k * size + placeOf(at)] = all[from + (positions[at] as number)] as number;
  }
  return {
    size,
    sizeA,
    coefficients,
    weights,
    outside: outsides,
    gradient,
    gradientAt,
    arena,
    columns: { startA: 0, sizeA, startB: sizeA, sizeB },
    positionOf: (local) => local,
    placeOf,
  };
}
