import type { SharedMemory } from "../../core/shared-memory.ts";
import { type SvmKernels, svmKernels } from "../../kernels/svm-kernels.ts";
import { type SvmProblemMember, svmProblem } from "../../kernels/svm-problem.ts";
import { type Compaction, compaction, takeCompaction } from "./compaction.ts";
import type { Scratch } from "./scratch.ts";

/** Where the kernel matrix lies, as byte offsets in the memory. */
export interface KernelMatrix {
  readonly values: number;
  /** Bytes from a row to the next. */
  readonly stride: number;
  /** K_ii by position. */
  readonly diagonal: number;
  /** Every K_ii is 1. */
  readonly unit: boolean;
}

/** Two classes as ranges of positions: the first is y = +1. */
export interface PairRanges {
  readonly startA: number;
  readonly sizeA: number;
  readonly startB: number;
  readonly sizeB: number;
}

/** The state of one two-class problem in memory: a = y α, f, the masks, and the kernels' parameter block. */
export interface PairProblem {
  /** Local rows, padding included. */
  readonly size: number;
  readonly block: number;
  readonly coefficients: Float64Array;
  /** 0 for a training row, −∞ outside. */
  readonly outside: Float32Array;
  /** Starts anew from a = 0. */
  reset(): void;
  /** Takes a and f of another problem over the same rows. */
  copy(other: PairProblem): void;
  solve(options: SolveOptions): Solution;
}

export interface SolveOptions {
  readonly C: number;
  readonly tolerance: number;
  readonly maxIterations: number;
}

export interface Solution {
  readonly offset: number;
  readonly iterations: number;
  /** The optimality gap fell below the tolerance. */
  readonly converged: boolean;
  readonly supportCount: number;
  /** Support vectors at the bound C. */
  readonly boundedCount: number;
}

/** Bytes of scratch for a problem of `size` rows; `pairProblem` takes exactly that. */
export function takePairProblem(space: Scratch, size: number): void {
  takeArrays(space, size);
  takeCompaction(space, size);
}

function takeArrays(space: Scratch, size: number): readonly number[] {
  return [svmProblem.bytes, size * 8, size * 4, size * 4, size * 4, size * 8, size * 4, size * 12].map((bytes) => space.take(bytes));
}

/** Steps a call of the kernel makes: a running loop is never recompiled, so calls are short. */
const callSteps = 128;
/** After this many steps, or from this C on, f is computed anew before a solution is believed. */
const driftSteps = 2000;
const driftC = 1000;
/** A solve that f in single precision can't end by then goes on in double. */
const mostRegrades = 4;

export function pairProblem(memory: SharedMemory, space: Scratch, ranges: PairRanges, matrix: KernelMatrix): PairProblem {
  const size = ranges.sizeA + ranges.sizeB;
  const [block, coefficient, gradient, up, low, precise, outside, supports] = takeArrays(space, size) as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const kernels: SvmKernels = svmKernels(memory);
  const view = new DataView(memory.buffer, block, svmProblem.bytes);
  const members: readonly [SvmProblemMember, number][] = [
    ["kernel", matrix.values],
    ["stride", matrix.stride],
    ["startA", ranges.startA],
    ["startB", ranges.startB],
    ["sizeA", ranges.sizeA],
    ["sizeB", ranges.sizeB],
    ["coefficient", coefficient],
    ["gradient", gradient],
    ["up", up],
    ["low", low],
    ["precise", precise],
    ["outside", outside],
    ["diagonal", matrix.diagonal],
    ["supports", supports],
  ];
  for (const [member, value] of members) view.setUint32(svmProblem[member], value, true);
  const coefficients = new Float64Array(memory.buffer, coefficient, size);
  const f = new Float32Array(memory.buffer, gradient, size);
  const exact = new Float64Array(memory.buffer, precise, size);
  const optimize = matrix.unit ? kernels.optimize : kernels.optimizeAnyDiagonal;
  const small = compaction(memory, space, { block, size, unit: matrix.unit });
  let stepsSinceExact = 0;

  const self: PairProblem & { readonly f: Float32Array; steps(): number } = {
    size,
    block,
    coefficients,
    outside: new Float32Array(memory.buffer, outside, size),
    f,
    steps: () => stepsSinceExact,
    reset() {
      kernels.reset(block);
      stepsSinceExact = 0;
    },
    copy(other) {
      const from = other as typeof self;
      coefficients.set(from.coefficients);
      f.set(from.f);
      stepsSinceExact = from.steps();
    },
    solve({ C, tolerance, maxIterations }) {
      view.setFloat64(svmProblem.bound, C, true);
      view.setFloat64(svmProblem.tolerance, tolerance, true);
      kernels.bound(block);
      let iterations = 0;
      let precisely = false;
      let regrades = 0;
      const run = (kernel: (problem: number, count: number) => number, compact: Compaction | null): boolean => {
        for (;;) {
          const solved = kernel(block, Math.min(callSteps, maxIterations - iterations)) !== 0;
          const steps = view.getUint32(svmProblem.steps, true);
          iterations += steps;
          stepsSinceExact += steps;
          if (solved || iterations >= maxIterations) return solved;
          iterations += compact?.run({ C, tolerance, maxSteps: maxIterations - iterations }) ?? 0;
        }
      };
      let converged = run(optimize, small);
      while (converged && (stepsSinceExact > driftSteps || C >= driftC) && stepsSinceExact > 0) {
        const drift = kernels.regrade(block);
        stepsSinceExact = 0;
        precisely = precisely || drift > tolerance / 4 || ++regrades > mostRegrades;
        kernels.bound(block);
        converged = precisely ? run(kernels.optimizePrecisely, null) : run(optimize, small);
        if (precisely) {
          for (let local = 0; local < size; local++) f[local] = exact[local] as number;
          stepsSinceExact = 0;
        }
      }
      kernels.offset(block, precisely ? 1 : 0);
      return {
        offset: view.getFloat64(svmProblem.offset, true),
        iterations,
        converged,
        supportCount: view.getUint32(svmProblem.support, true),
        boundedCount: view.getUint32(svmProblem.bounded, true),
      };
    },
  };
  return self;
}
