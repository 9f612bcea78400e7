import type { SharedMemory } from "../../core/shared-memory.ts";
import { svmKernels } from "../../kernels/svm-kernels.ts";
import type { LargeWorkspace } from "./large-workspace.ts";
import type { PairRanges } from "./pair-problem.ts";
import { batchRows, type RowCache } from "./row-cache.ts";
import type { MovableRows } from "./working-set.ts";

/** A run of local rows, and the column of the first. */
interface Span {
  readonly local: number;
  readonly column: number;
  readonly length: number;
}

/** Columns a call of the kernel does: a running loop is never recompiled, so calls are short. */
const callColumns = 2048;

/**
 * Brings f up to date with a: f −= Σ_j (a_j − before_j) K_j on the training rows, in batches in the order of the rows. Returns how many
 * rows moved.
 */
export function gradientUpdate(
  memory: SharedMemory,
  workspace: LargeWorkspace,
  rows: MovableRows & { readonly columns: PairRanges; readonly gradientAt: number },
): (before: Float64Array, cache: RowCache) => number {
  const { size, coefficients, columns, gradientAt } = rows;
  const { startA, sizeA, startB } = columns;
  const spans = [...spansOf(rows, 0, sizeA, startA), ...spansOf(rows, sizeA, size, startB)];
  const sums = rowSums(memory, workspace);
  return (before, cache) => {
    const locals: number[] = [];
    for (let local = 0; local < size; local++) if (coefficients[local] !== before[local]) locals.push(local);
    for (let first = 0; first < locals.length; first += batchRows) {
      const batch = locals.slice(first, first + batchRows);
      sums.load(
        cache,
        batch.map((local) => (local < sizeA ? startA + local : startB + local - sizeA)),
      );
      const changes = batch.map((local) => (coefficients[local] as number) - (before[local] as number));
      for (const { local, column, length } of spans) sums.subtract(changes, { column, length, values: gradientAt + local * 8 });
    }
    return locals.length;
  };
}

/** Runs of columns that hold training rows, by 16. */
function spansOf({ outside, weights }: MovableRows, from: number, to: number, start: number): readonly Span[] {
  const spans: { local: number; column: number; length: number }[] = [];
  for (let local = from; local < to; local += 16) {
    let trained = false;
    for (let at = local; at < local + 16; at++) trained ||= outside[at] === 0 && (weights[at] as number) > 0;
    if (!trained) continue;
    const last = spans.at(-1);
    if (last !== undefined && last.local + last.length === local) last.length += 16;
    else spans.push({ local, column: start + local - from, length: 16 });
  }
  return spans;
}

/** Sums of a batch of kernel rows, taken from values in double precision. */
export interface RowSums {
  load(cache: RowCache, columns: readonly number[]): void;
  subtract(coefficients: readonly number[], to: { readonly column: number; readonly length: number; readonly values: number }): void;
}

export function rowSums(memory: SharedMemory, { addressesAt, changesAt }: LargeWorkspace): RowSums {
  const kernels = svmKernels(memory);
  const addresses = new Uint32Array(memory.buffer, addressesAt, batchRows);
  const changes = new Float64Array(memory.buffer, changesAt, batchRows);
  let count = 0;
  return {
    load(cache, columns) {
      cache.rows(Uint32Array.from(columns), addresses);
      // A group of eight is filled up by rows that change nothing.
      count = Math.ceil(columns.length / 8) * 8;
      addresses.fill(addresses[0] as number, columns.length, count);
    },
    subtract(coefficients, { column, length, values }) {
      changes.set(coefficients);
      changes.fill(0, coefficients.length, count);
      for (let at = 0; at < length; at += callColumns) {
        kernels.subtractRows(addressesAt, changesAt, count, (column + at) * 4, Math.min(callColumns, length - at), values + at * 8);
      }
    },
  };
}
