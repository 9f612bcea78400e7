import type { SharedMemory } from "../../core/shared-memory.ts";
import { svmKernels } from "../../kernels/svm-kernels.ts";
import type { Scratch } from "./scratch.ts";

/** A weighted sum of kernel columns and an offset. `columns[l]` is the column of `coefficients[l]`. */
export interface DecisionFunction {
  readonly coefficients: Float64Array;
  readonly offset: number;
}

/** Solutions that one pass over the kernel rows serves. */
const together = 4;

/** Takes the scratch that `decisions` needs for `size` columns and `rows` rows. */
export function takeDecisions(space: Scratch, size: number, rows: number): readonly number[] {
  return [space.take(rows * 4), space.take(size), space.take((size / 4) * 128), space.take(rows * 32)];
}

/**
 * Decisions of every function for kernel rows `rows`: one array a function, one value a row.
 * `columnOf(l)` is the column of local index l (a multiple of 4 for every fourth l); `size` counts the local columns.
 */
export function decisions(
  memory: SharedMemory,
  input: {
    readonly space: Scratch;
    readonly kernel: { readonly values: number; readonly stride: number };
    readonly rows: Uint32Array;
    readonly size: number;
    readonly columnOf: (local: number) => number;
  },
  functions: readonly DecisionFunction[],
): readonly Float64Array[] {
  const { rows, size, kernel } = input;
  const [rowsAt, blocksAt, packedAt, outAt] = takeDecisions(input.space, size, rows.length) as [number, number, number, number];
  new Uint32Array(memory.buffer, rowsAt, rows.length).set(rows);
  const blocks = new Uint32Array(memory.buffer, blocksAt, size / 4);
  const packed = new Float64Array(memory.buffer, packedAt, size * together);
  const out = new Float64Array(memory.buffer, outAt, rows.length * 4);
  const answers: Float64Array[] = [];
  for (let first = 0; first < functions.length; first += together) {
    const served = functions.slice(first, first + together);
    let count = 0;
    let next = 0;
    for (let local = 0; local < size; local += 4) {
      let empty = true;
      for (const { coefficients: a } of served) {
        if (a[local] !== 0 || a[local + 1] !== 0 || a[local + 2] !== 0 || a[local + 3] !== 0) empty = false;
      }
      if (empty) continue;
      blocks[count] = input.columnOf(local) * 4;
      for (const { coefficients: a } of served) {
        for (let lane = 0; lane < 4; lane++) packed[next++] = a[local + lane] as number;
      }
      count++;
    }
    // Few rows a call: a running loop is never recompiled.
    for (let row = 0; row < rows.length; row += 64) {
      const many = Math.min(64, rows.length - row);
      svmKernels(memory).decisions(
        served.length,
        kernel.values,
        kernel.stride,
        rowsAt + row * 4,
        many,
        blocksAt,
        count,
        packedAt,
        outAt + row * 32,
      );
    }
    for (const [s, { offset }] of served.entries()) {
      const values = new Float64Array(rows.length);
      for (let row = 0; row < rows.length; row++) values[row] = (out[row * 4 + s] as number) + offset;
      answers.push(values);
    }
  }
  return answers;
}

/** Decisions in single precision; a sign never gets lost. */
export function singleDecisions(decisions: Float64Array): Float32Array {
  const single = new Float32Array(decisions);
  for (const [row, value] of decisions.entries()) if (value !== 0 && single[row] === 0) single[row] = value > 0 ? leastFloat : -leastFloat;
  return single;
}

/** The least positive f32. */
const leastFloat = 2 ** -149;
