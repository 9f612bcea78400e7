import type { SharedMemory } from "../../core/shared-memory.ts";
import { svmKernels } from "../../kernels/svm-kernels.ts";
import type { Scratch } from "./scratch.ts";

/** A weighted sum of kernel rows and an offset. `coefficients[l]` belongs to local index l. */
export interface DecisionFunction {
  readonly coefficients: Float64Array;
  readonly offset: number;
}

/** Columns of the kernel matrix to be judged, as tiles of 16 neighbours. */
export interface DecisionTiles {
  /** First column of each tile. */
  readonly starts: Uint32Array;
  /** Where each judged row stands in the tiles: 16 · tile + lane. */
  readonly lanes: Uint32Array;
}

/** Columns of a tile. */
export const tileColumns = 16;

/** Solutions that one pass over the kernel rows serves. */
const together = 2;

/** Tiles a kernel call does: a running loop is never recompiled, so calls are short. */
const callTiles = 4;

/** Covers ascending positions by tiles that end at `size` at the latest; `order[r]` is the position of judged row r. */
export function decisionTiles(order: Uint32Array, size: number): DecisionTiles {
  const ascending = order.slice().sort();
  const starts: number[] = [];
  const tileOf = new Int32Array(size);
  let start = -tileColumns;
  for (const position of ascending) {
    if (position >= start + tileColumns) {
      start = Math.min(position, size - tileColumns);
      starts.push(start);
    }
    tileOf[position] = starts.length - 1;
  }
  const lanes = order.map((position) => {
    const tile = tileOf[position] as number;
    return tile * tileColumns + position - (starts[tile] as number);
  });
  return { starts: Uint32Array.from(starts), lanes };
}

/** The tiles of two ranges of columns behind one another; `shift` is the length of the first range. */
export function joinTiles(one: DecisionTiles, two: DecisionTiles, shift: number): DecisionTiles {
  const starts = new Uint32Array(one.starts.length + two.starts.length);
  starts.set(one.starts);
  for (let at = 0; at < two.starts.length; at++) starts[one.starts.length + at] = (two.starts[at] as number) + shift;
  const lanes = new Uint32Array(one.lanes.length + two.lanes.length);
  lanes.set(one.lanes);
  for (let at = 0; at < two.lanes.length; at++) {
    lanes[one.lanes.length + at] = (two.lanes[at] as number) + one.starts.length * tileColumns;
  }
  return { starts, lanes };
}

/** Takes the scratch that a decider needs for `size` local indexes and `tiles` tiles. */
export function takeDecisions(space: Scratch, size: number, tiles: number): readonly number[] {
  return [space.take(size * 4), space.take(size * 8 * together), space.take(tiles * 4), space.take(tiles * tileColumns * 8 * together)];
}

/** Judges the rows of some tiles by some functions: one array a function, one value a row. */
export type Decider = (tiles: DecisionTiles, functions: readonly DecisionFunction[]) => readonly Float64Array[];

/** A decider over a kernel matrix of `size` rows, for `tileCount` tiles at most. It takes its scratch once. */
export function decider(
  memory: SharedMemory,
  space: Scratch,
  over: { readonly kernel: { readonly values: number; readonly stride: number }; readonly size: number; readonly tileCount: number },
): Decider {
  const { kernel, size } = over;
  const [rowsAt, packedAt, tilesAt, outAt] = takeDecisions(space, size, over.tileCount) as [number, number, number, number];
  const rows = new Uint32Array(memory.buffer, rowsAt, size);
  const packed = new Float64Array(memory.buffer, packedAt, size * together);
  const columns = new Uint32Array(memory.buffer, tilesAt, over.tileCount);
  const out = new Float64Array(memory.buffer, outAt, over.tileCount * tileColumns * together);
  const kernels = svmKernels(memory);

  /** Lists the rows that either solution needs; returns how many. */
  function list(one: Float64Array, two: Float64Array | undefined): number {
    let count = 0;
    if (two === undefined) {
      for (let local = 0; local < size; local++) {
        const a = one[local] as number;
        if (a === 0) continue;
        rows[count] = kernel.values + local * kernel.stride;
        packed[count++] = a;
      }
      return count;
    }
    for (let local = 0; local < size; local++) {
      const a = one[local] as number;
      const b = two[local] as number;
      if (a === 0 && b === 0) continue;
      rows[count] = kernel.values + local * kernel.stride;
      packed[count * 2] = a;
      packed[count++ * 2 + 1] = b;
    }
    return count;
  }

  return ({ starts, lanes }, functions) => {
    for (let tile = 0; tile < starts.length; tile++) columns[tile] = (starts[tile] as number) * 4;
    const answers: Float64Array[] = [];
    for (let first = 0; first < functions.length; first += together) {
      const one = functions[first] as DecisionFunction;
      const two = functions[first + 1];
      const solutions = two === undefined ? 1 : 2;
      const count = list(one.coefficients, two?.coefficients);
      const tileBytes = tileColumns * 8 * solutions;
      for (let tile = 0; tile < starts.length; tile += callTiles) {
        const many = Math.min(callTiles, starts.length - tile);
        kernels.decisions(solutions, rowsAt, packedAt, count, tilesAt + tile * 4, many, outAt + tile * tileBytes);
      }
      answers.push(gathered(out, lanes, { solutions, solution: 0, offset: one.offset }));
      if (two !== undefined) answers.push(gathered(out, lanes, { solutions, solution: 1, offset: two.offset }));
    }
    return answers;
  };
}

function gathered(
  out: Float64Array,
  lanes: Uint32Array,
  { solutions, solution, offset }: { readonly solutions: number; readonly solution: number; readonly offset: number },
): Float64Array {
  const values = new Float64Array(lanes.length);
  const shift = solution * tileColumns;
  for (let row = 0; row < lanes.length; row++) {
    const at = lanes[row] as number;
    values[row] = (out[(at - (at % tileColumns)) * solutions + shift + (at % tileColumns)] as number) + offset;
  }
  return values;
}

/** Decisions in single precision; a sign never gets lost. */
export function singleDecisions(decisions: Float64Array): Float32Array {
  const single = new Float32Array(decisions);
  for (let row = 0; row < decisions.length; row++) if (single[row] === 0) single[row] = singleDecision(decisions[row] as number);
  return single;
}

/** One decision in single precision, its sign kept. */
export function singleDecision(value: number): number {
  const single = Math.fround(value);
  return single === 0 && value !== 0 ? Math.sign(value) * leastFloat : single;
}

/** The least positive f32. */
const leastFloat = 2 ** -149;
