import type { SharedMemory } from "../../core/shared-memory.ts";
import { svmKernels } from "../../kernels/svm-kernels.ts";
import { type SvmProblemMember, svmProblem } from "../../kernels/svm-problem.ts";
import type { ArenaMap } from "./arena.ts";
import { type Kernel, unitDiagonal } from "./kernel.ts";
import { pairBlock, takePairBlock } from "./pair-block.ts";
import { type Scratch, scratch } from "./scratch.ts";
import type { MovableRows } from "./working-set.ts";

/** Rows of a large problem with the features that their kernel values are computed from. */
export interface FeatureRows extends MovableRows {
  readonly arena: ArenaMap;
  /** Where a local row's features lie in the arena. */
  positionOf(local: number): number;
}

export interface WorkingLimits {
  readonly kernel: Kernel;
  readonly C: number;
  /** What f is counted from. */
  readonly centre: number;
  /** The optimality gap of the working set to be reached. */
  readonly goal: number;
  readonly maxSteps: number;
  /** With f in double precision. */
  readonly precisely: boolean;
}

/** A small problem that solves some rows of a large one, all others held, in a kernel block of their own. */
export interface WorkingBlock {
  /** Rows it takes at most. */
  readonly most: number;
  /** Moves the listed rows (ascending), whose f has to be right, and leaves f as it was. */
  solve(rows: FeatureRows, locals: Uint32Array, limits: WorkingLimits): { readonly steps: number; readonly reached: boolean };
}

/** Steps a call of the kernel makes: a running loop is never recompiled, so calls are short. */
const callSteps = 256;

/** Takes the scratch of a working block of `most` rows (a multiple of 16). */
export function takeWorkingBlock(space: Scratch, most: number, width: number): readonly number[] {
  const rows = most + 32;
  const members = [svmProblem.bytes, ...[8, 8, 8, 4, 4, 4, 4].map((bytes) => rows * bytes)].map((bytes) => space.take(bytes));
  const features = space.take(rows * width * 4);
  const blockAt = space.take(0);
  takePairBlock(space, rows, "each");
  return [...members, features, blockAt];
}

export function workingBlock(
  memory: SharedMemory,
  space: Scratch,
  { most, width }: { readonly most: number; readonly width: number },
): WorkingBlock {
  const [block, coefficient, weight, precise, gradient, up, low, outside, features, blockAt] = takeWorkingBlock(space, most, width) as [
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
  const kernels = svmKernels(memory);
  const view = new DataView(memory.buffer, block, svmProblem.bytes);
  const set = (member: SvmProblemMember, value: number): void => view.setUint32(svmProblem[member], value, true);
  for (const [member, value] of Object.entries({ coefficient, weight, precise, gradient, up, low, outside, startA: 0 })) {
    set(member as SvmProblemMember, value);
  }
  const doubles = (at: number): Float64Array => new Float64Array(memory.buffer, at, most + 32);
  const singles = (at: number): Float32Array => new Float32Array(memory.buffer, at, most + 32);
  const [a, weights, exact, f, outsides] = [doubles(coefficient), doubles(weight), doubles(precise), singles(gradient), singles(outside)];
  const panel = new Float32Array(memory.buffer, features, (most + 32) * width);

  /** Copies the rows' features and computes their kernel values; `places` are their places in the block. */
  function fillKernel(
    rows: FeatureRows,
    locals: Uint32Array,
    { kernel, places, size }: { kernel: Kernel; places: Int32Array; size: number },
  ) {
    const all = new Float32Array(memory.buffer, rows.arena.features, (rows.arena.width * rows.arena.stride) / 4);
    const positions = Int32Array.from(locals, (local) => rows.positionOf(local));
    panel.fill(0, 0, size * width);
    for (let k = 0; k < width; k++) {
      const from = (k * rows.arena.stride) / 4;
      for (let at = 0; at < locals.length; at++) panel[k * size + (places[at] as number)] = all[from + (positions[at] as number)] as number;
    }
    const arena: ArenaMap = { features, distances: -1, width, stride: size * 4, bytes: 0 };
    const ranges = { startA: 0, sizeA: size, startB: size, sizeB: 0 };
    const filled = pairBlock(memory, scratch(blockAt), { arena, ranges, source: "each" });
    filled.fill(kernel);
    return filled.matrix(kernel);
  }

  return {
    most,
    solve(rows, locals, { kernel, C, centre, goal, maxSteps, precisely }) {
      const countA = locals.findIndex((local) => local >= rows.sizeA);
      const inA = countA < 0 ? locals.length : countA;
      const sizeA = Math.ceil(inA / 16) * 16;
      const sizeB = Math.ceil((locals.length - inA) / 16) * 16;
      const size = sizeA + sizeB;
      const places = Int32Array.from(locals, (_, at) => (at < inA ? at : sizeA + at - inA));
      const matrix = fillKernel(rows, locals, { kernel, places, size });
      a.fill(0, 0, size);
      weights.fill(0, 0, size);
      exact.fill(0, 0, size);
      outsides.fill(-Infinity, 0, size);
      for (let at = 0; at < locals.length; at++) {
        const [local, place] = [locals[at] as number, places[at] as number];
        a[place] = rows.coefficients[local] as number;
        weights[place] = rows.weights[local] as number;
        exact[place] = (rows.gradient[local] as number) - centre;
        outsides[place] = 0;
      }
      for (let place = 0; place < size; place++) f[place] = exact[place] as number;
      set("kernel", matrix.values);
      set("stride", matrix.stride);
      set("diagonal", matrix.diagonal);
      set("sizeA", sizeA);
      set("startB", sizeA);
      set("sizeB", sizeB);
      view.setFloat64(svmProblem.bound, C, true);
      view.setFloat64(svmProblem.tolerance, goal, true);
      kernels.bound(block);
      const optimize = precisely ? kernels.optimizePrecisely : unitDiagonal(kernel) ? kernels.optimize : kernels.optimizeAnyDiagonal;
      let steps = 0;
      let ended = false;
      while (!ended && steps < maxSteps) {
        ended = optimize(block, Math.min(callSteps, maxSteps - steps)) !== 0;
        steps += view.getUint32(svmProblem.steps, true);
        // Without a step nothing will change: kernel values that are not finite.
        if (!ended && view.getFloat64(svmProblem.step, true) === 0) break;
      }
      for (let at = 0; at < locals.length; at++) rows.coefficients[locals[at] as number] = a[places[at] as number] as number;
      return { steps, reached: ended };
    },
  };
}
