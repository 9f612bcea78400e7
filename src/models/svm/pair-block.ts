import type { SharedMemory } from "../../core/shared-memory.ts";
import { svmKernels } from "../../kernels/svm-kernels.ts";
import type { ArenaMap } from "./arena.ts";
import { type Kernel, type KernelBase, kernelBase, kernelRows, unitDiagonal } from "./kernel.ts";
import type { KernelMatrix, PairRanges } from "./pair-problem.ts";
import type { Scratch } from "./scratch.ts";

/**
 * The kernel values between the rows of two classes, in a block of their own: local index l is a row of the first class, then of the
 * second, and the block is a contiguous square. It is small enough to be filled anew for every kernel, which takes as
 * long as a few steps of the solver.
 */
export interface PairBlock {
  /** Fills the block; the values are the same whether distances come from the arena, from the base block or from the features. */
  fill(kernel: Kernel): void;
  /** Where it lies; the same for every kernel of the same diagonal. */
  matrix(kernel: Kernel): KernelMatrix;
}

/** Where base values come from: "arena": the shared distances; "block": a block of their own, filled once; "each": computed for each kernel. */
export type BaseSource = "arena" | "block" | "each";

/** Rows filled by a call: a running loop is never recompiled, so calls are short. */
const callRows = 16;
/** Rows mirrored at once: a mirrored row gets four cache lines. */
const mirrorRows = 64;

/** Takes what a block of `size` rows needs: the kernel values, their diagonal, and a place for base values or −1. */
export function takePairBlock(space: Scratch, size: number, source: BaseSource): readonly [number, number, number] {
  return [space.take(size * size * 4), space.take(size * 4), source === "block" ? space.take(size * size * 4) : -1];
}

export function pairBlock(
  memory: SharedMemory,
  space: Scratch,
  place: { readonly arena: ArenaMap; readonly ranges: PairRanges; readonly source: BaseSource },
): PairBlock {
  const { arena, ranges, source } = place;
  const { startA, sizeA, startB, sizeB } = ranges;
  const size = sizeA + sizeB;
  const stride = size * 4;
  const [values, diagonal, ownBase] = takePairBlock(space, size, source);
  const kernels = svmKernels(memory);
  const diagonals = new Float32Array(memory.buffer, diagonal, size);
  const matrixValues = new Float32Array(memory.buffer, values, size * size);
  let held: KernelBase | undefined;

  /** From the diagonal on, the columns of 16 local rows as pieces of neighbouring positions. */
  function pieces(first: number): readonly { readonly position: number; readonly local: number; readonly columns: number }[] {
    if (first >= sizeA) return [{ position: startB + first - sizeA, local: first, columns: size - first }];
    return [
      { position: startA + first, local: first, columns: sizeA - first },
      { position: startB, local: sizeA, columns: sizeB },
    ];
  }

  const positionOf = (local: number): number => (local < sizeA ? startA + local : startB + local - sizeA);

  function computeBase(base: KernelBase, first: number, out: number): void {
    const row = positionOf(first);
    for (const { position, local, columns } of pieces(first)) {
      const to = out + first * stride + local * 4;
      const { features, width } = arena;
      kernels[base](features, arena.stride, features + position * 4, arena.stride, width, row, row + callRows, columns, to, stride);
    }
  }

  function fillRows(kernel: Kernel, first: number): void {
    const base = kernelBase(kernel);
    const corner = first * stride + first * 4;
    if (source === "arena" && base === "distances") {
      const from = arena.distances + positionOf(first) * arena.stride;
      for (const { position, local, columns } of pieces(first)) {
        kernelRows(kernels, memory.buffer, kernel, {
          source: from + position * 4,
          sourceStride: arena.stride,
          out: values + first * stride + local * 4,
          outStride: stride,
          rows: callRows,
          columns,
        });
      }
      return;
    }
    const at = ownBase < 0 ? values : ownBase;
    if (ownBase < 0 || held !== base) computeBase(base, first, at);
    kernelRows(kernels, memory.buffer, kernel, {
      source: at + corner,
      sourceStride: stride,
      out: values + corner,
      outStride: stride,
      rows: callRows,
      columns: size - first,
    });
  }

  return {
    fill(kernel) {
      for (let band = 0; band < size; band += mirrorRows) {
        const end = Math.min(size, band + mirrorRows);
        for (let row = band; row < end; row += callRows) fillRows(kernel, row);
        for (let row = band; row < end; row += callRows) kernels.mirror(values, stride, row, row + callRows, row + callRows, end);
        for (let column = end; column < size; column += callRows) kernels.mirror(values, stride, band, end, column, column + callRows);
      }
      held = kernelBase(kernel);
      for (let local = 0; local < size; local++) diagonals[local] = matrixValues[local * size + local] as number;
    },
    matrix: (kernel) => ({ values, stride, diagonal, unit: unitDiagonal(kernel) }),
  };
}
