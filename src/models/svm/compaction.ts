import type { SharedMemory } from "../../core/shared-memory.ts";
import { svmKernels } from "../../kernels/svm-kernels.ts";
import { svmProblem } from "../../kernels/svm-problem.ts";
import type { Scratch } from "./scratch.ts";

/** A small problem that takes the rows of a larger one that can still move. */
export interface Compaction {
  /** Solves on the active rows and brings the larger problem up to date; returns the steps made, 0 where too many rows are active. */
  run(limits: CompactionLimits): number;
}

export interface CompactionLimits {
  readonly C: number;
  readonly tolerance: number;
  /** The largest target of a training row: what f is measured by. */
  readonly scale: number;
  readonly maxSteps: number;
}

/** Below this, a problem is near enough as it stands. */
const leastSize = 256;
/** 4 MB: larger blocks gain little. */
const mostRows = 1024;
/** Rows within this of ρ, on their side, count as active, where targets are ±1. */
const margin = 0.03;
/** Share of the rows that may be active: copying a block costs as much as some hundred steps on all rows. */
const fraction = 0.25;
/** Steps a call of the kernel makes: a running loop is never recompiled, so calls are short. */
const callSteps = 256;

function capacityOf(size: number): number {
  return size < leastSize ? 0 : Math.min(mostRows, Math.ceil((size * fraction) / 16) * 16);
}

/** Takes the scratch that a problem of `size` rows needs for its compaction. */
export function takeCompaction(space: Scratch, size: number): readonly number[] {
  const capacity = capacityOf(size);
  if (capacity === 0) return [];
  const rows = capacity + 32;
  const list = space.take(8 + size * 4);
  const members = [svmProblem.bytes, rows * 8, rows * 8, rows * 4, rows * 4, rows * 4, rows * 4, rows * 4].map((bytes) =>
    space.take(bytes),
  );
  return [list, ...members, space.take(rows * rows * 4)];
}

/** The compaction of the problem at `block`; null where it is too small to gain. */
export function compaction(
  memory: SharedMemory,
  space: Scratch,
  problem: { readonly block: number; readonly size: number; readonly unit: boolean },
): Compaction | null {
  const taken = takeCompaction(space, problem.size);
  if (taken.length === 0) return null;
  const [list, block, coefficient, weight, gradient, up, low, outside, diagonal, kernel] = taken as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const capacity = capacityOf(problem.size);
  const kernels = svmKernels(memory);
  const view = new DataView(memory.buffer, block, svmProblem.bytes);
  const counts = new Uint32Array(memory.buffer, list, 2);
  for (const [member, value] of Object.entries({ kernel, coefficient, weight, gradient, up, low, outside, diagonal, startA: 0 })) {
    view.setUint32(svmProblem[member as keyof typeof svmProblem], value, true);
  }
  const optimize = problem.unit ? kernels.optimize : kernels.optimizeAnyDiagonal;
  return {
    run({ C, tolerance, scale, maxSteps }) {
      kernels.settle(problem.block);
      if (kernels.activeRows(problem.block, list, margin * scale) > capacity) return 0;
      const sizeA = Math.ceil((counts[0] as number) / 16) * 16;
      const sizeB = Math.ceil((counts[1] as number) / 16) * 16;
      view.setUint32(svmProblem.sizeA, sizeA, true);
      view.setUint32(svmProblem.sizeB, sizeB, true);
      view.setUint32(svmProblem.startB, sizeA, true);
      view.setUint32(svmProblem.stride, (sizeA + sizeB) * 4, true);
      view.setFloat64(svmProblem.bound, C, true);
      view.setFloat64(svmProblem.tolerance, tolerance, true);
      kernels.gather(problem.block, list, block);
      kernels.bound(block);
      let steps = 0;
      for (let solved = false; !solved && steps < maxSteps; ) {
        solved = optimize(block, Math.min(callSteps, maxSteps - steps)) !== 0;
        steps += view.getUint32(svmProblem.steps, true);
        // Without a step nothing will change: kernel values that are not finite.
        if (view.getFloat64(svmProblem.step, true) === 0) break;
      }
      kernels.correct(problem.block, kernels.scatter(problem.block, list, block));
      kernels.bound(problem.block);
      return steps;
    },
  };
}
