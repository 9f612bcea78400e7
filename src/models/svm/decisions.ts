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

/** Takes the scratch that `decisions` needs for `size` local indexes and `tiles` tiles. */
export function takeDecisions(space: Scratch, size: number, tiles: number): readonly number[] {
  return [space.take(size * 4), space.take(size * 8 * together), space.take(tiles * 4), space.take(tiles * tileColumns * 8 * together)];
}

/**
 * Decisions of every function for the tiles' rows: one array a function, one value a row.
 * `rowOf(l)` is the kernel row of local index l; `size` counts the local indexes.
 */
export function decisions(
  memory: SharedMemory,
  input: {
    readonly space: Scratch;
    readonly kernel: { readonly values: number; readonly stride: number };
    readonly tiles: DecisionTiles;
    readonly size: number;
    readonly rowOf: (local: number) => number;
  },
  functions: readonly DecisionFunction[],
): readonly Float64Array[] {
  const { tiles, size, kernel } = input;
  const tileCount = tiles.starts.length;
  const [rowsAt, packedAt, tilesAt, outAt] = takeDecisions(input.space, size, tileCount) as [number, number, number, number];
  const rows = new Uint32Array(memory.buffer, rowsAt, size);
  const packed = new Float64Array(memory.buffer, packedAt, size * together);
  const columns = new Uint32Array(memory.buffer, tilesAt, tileCount);
  for (let tile = 0; tile < tileCount; tile++) columns[tile] = (tiles.starts[tile] as number) * 4;
  const out = new Float64Array(memory.buffer, outAt, tileCount * tileColumns * together);
  const kernels = svmKernels(memory);
  const answers: Float64Array[] = [];
  for (let first = 0; first < functions.length; first += together) {
    const one = functions[first] as DecisionFunction;
    const two = functions[first + 1];
    const solutions = two === undefined ? 1 : 2;
    let count = 0;
    for (let local = 0; local < size; local++) {
      const a = one.coefficients[local] as number;
      const b = two === undefined ? 0 : (two.coefficients[local] as number);
      if (a === 0 && b === 0) continue;
      rows[count] = kernel.values + input.rowOf(local) * kernel.stride;
      packed[count * solutions] = a;
      if (two !== undefined) packed[count * solutions + 1] = b;
      count++;
    }
    const tileBytes = tileColumns * 8 * solutions;
    for (let tile = 0; tile < tileCount; tile += callTiles) {
      const many = Math.min(callTiles, tileCount - tile);
      kernels.decisions(solutions, rowsAt, packedAt, count, tilesAt + tile * 4, many, outAt + tile * tileBytes);
    }
    answers.push(gathered(out, tiles.lanes, { solutions, solution: 0, offset: one.offset }));
    if (two !== undefined) answers.push(gathered(out, tiles.lanes, { solutions, solution: 1, offset: two.offset }));
  }
  return answers;
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
