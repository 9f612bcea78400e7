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

/**
 * The state of one two-class problem: a = y α by local index. Its arrays are written before `reset`, not between it and `solve`.
 */
export interface TwoClassProblem {
  /** Local rows, padding included. */
  readonly size: number;
  readonly coefficients: Float64Array;
  /** 0 for a training row, −∞ outside. */
  readonly outside: Float32Array;
  /** A row's bound is C times its weight (1 at first); a row of weight 0 is not trained on. */
  readonly weights: Float64Array;
  /** f where a = 0: ±1 at first. */
  readonly targets: Float64Array;
  /** Starts anew from a = 0. */
  reset(): void;
  /** Takes a and f of another problem over the same rows, weights and targets. */
  copy(other: TwoClassProblem): void;
  solve(options: SolveOptions): Solution;
  /** Present where solves can be guided. */
  readonly guided?: Guided;
}

export interface Guided {
  /** a and f as they are. */
  state(): PairState;
  /**
   * Starts near a point that fits the bound C: at `to`, or where the problem stands and moved as `from` is to `to`. What is not
   * feasible there is put right (src/kernels/assembly/seed.ts); where that can't be, a = 0. Instead of `reset`.
   */
  seed(C: number, to: PairState, from: PairState | null): void;
}

/** A point of a problem over the same rows and targets, whatever it is trained on. */
export interface PairState {
  readonly coefficients: Float64Array;
  readonly f: Float32Array;
}

/** A problem over a kernel matrix in memory, with the kernels' parameter block. */
export interface PairProblem extends TwoClassProblem {
  readonly block: number;
  readonly guided: Guided;
}

export interface SolveOptions {
  readonly C: number;
  readonly tolerance: number;
  readonly maxIterations: number;
}

export interface Solution {
  readonly offset: number;
  readonly iterations: number;
  /** The optimality gap fell below the tolerance; false at the iteration limit, and where values are not finite. */
  readonly converged: boolean;
  readonly supportCount: number;
  /** Support vectors at their bound. */
  readonly boundedCount: number;
}

/** Bytes of scratch for a problem of `size` rows; `pairProblem` takes exactly that. */
export function takePairProblem(space: Scratch, size: number): void {
  takeArrays(space, size);
  takeCompaction(space, size);
}

/** Bytes a row of each array: a, the weights, the targets, f, the masks up and low, f in double precision, outside, the list of support vectors. */
const rowBytes = [8, 8, 8, 4, 4, 4, 8, 4, 12] as const;

function takeArrays(space: Scratch, size: number): readonly number[] {
  return [svmProblem.bytes, ...rowBytes.map((bytes) => size * bytes), (size / 16 + 16) * 8].map((bytes) => space.take(bytes));
}

/** Steps a call of the kernel makes: a running loop is never recompiled, so calls are short. */
const callSteps = 128;
/** After this many steps with targets of ±1, or from this bound on, f is computed anew before a solution is believed. */
const driftSteps = 2000;
const driftC = 1000;
/** A smaller tolerance is doubted as much earlier. */
const driftTolerance = 1e-3;
/** After this many steps with targets of ±1 (and more often with larger ones) f is computed anew, lest its rounding keeps the end out of reach. */
const staleSteps = 100_000;
const leastStaleSteps = 5000;
/** After as many, f in single precision that drifts is given up. */
const mostSingleSteps = 2_000_000;
/** A solve that f in single precision can't end by then goes on in double. */
const mostRegrades = 4;
/** How near to its end f in single precision can bring a problem, as a share of the largest target, and of f where the problem ends. */
const singleResolution = 2 ** -18;

/** From this size on a short list of candidates for j saves more than its steps, which gain less, cost. */
const leastListed = 1024;

/** "stuck": no step is left that changes anything, and the gap is not closed: values are not finite, or too coarse. */
type Ending = "solved" | "limit" | "stuck";

export function pairProblem(memory: SharedMemory, space: Scratch, ranges: PairRanges, matrix: KernelMatrix): PairProblem {
  const size = ranges.sizeA + ranges.sizeB;
  const [block, coefficient, weight, target, gradient, up, low, precise, outside, supports, candidates] = takeArrays(space, size) as [
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
    number,
  ];
  const kernels: SvmKernels = svmKernels(memory);
  const view = new DataView(memory.buffer, block, svmProblem.bytes);
  const addresses = { kernel: matrix.values, stride: matrix.stride, diagonal: matrix.diagonal, ...ranges };
  const arrays = { coefficient, weight, target, gradient, up, low, precise, outside, supports, candidates };
  for (const [member, value] of Object.entries({ ...addresses, ...arrays })) {
    view.setUint32(svmProblem[member as SvmProblemMember], value, true);
  }
  const doubles = (at: number) => new Float64Array(memory.buffer, at, size);
  const [coefficients, weights, targets, exact] = [
    doubles(coefficient),
    doubles(weight).fill(1),
    doubles(target).fill(-1),
    doubles(precise),
  ];
  targets.fill(1, 0, ranges.sizeA);
  const outsides = new Float32Array(memory.buffer, outside, size);
  const f = new Float32Array(memory.buffer, gradient, size);
  const optimize = !matrix.unit ? kernels.optimizeAnyDiagonal : size < leastListed ? kernels.optimize : kernels.optimizeByCandidates;
  const small = compaction(memory, space, { block, size, unit: matrix.unit });
  let stepsSinceExact = 0;
  /** The largest |target| and the largest weight of a training row. */
  let scale = 1;
  let heaviest = 1;

  /** What a solve was asked for, and the steps it made: kept here, lest every solve makes the functions below anew. */
  let cost = 0;
  let asked = 0;
  let mostSteps = 0;
  let iterations = 0;

  const mostDrift = (): number => (asked / 4) * Math.max(1, scale);

  /** Lets a kernel run until it ends. */
  function run(kernel: (problem: number, count: number) => number, compact: Compaction | null, goal: number): Ending {
    const doubly = kernel === kernels.optimizePrecisely;
    view.setFloat64(svmProblem.tolerance, goal, true);
    kernels.bound(block);
    for (;;) {
      const ended = kernel(block, Math.min(callSteps, mostSteps - iterations)) !== 0;
      const steps = view.getUint32(svmProblem.steps, true);
      iterations += steps;
      stepsSinceExact += steps;
      if (ended) {
        const gap = view.getFloat64(svmProblem.highest, true) - view.getFloat64(svmProblem.lowest, true);
        return gap < goal && kernels.finite(block, doubly ? 1 : 0) !== 0 ? "solved" : "stuck";
      }
      if (iterations >= mostSteps) {
        // The last step is in a and not yet in f.
        if (!doubly) kernels.settle(block);
        return "limit";
      }
      if (view.getFloat64(svmProblem.step, true) === 0) return "stuck";
      if (!doubly && stepsSinceExact >= Math.max(leastStaleSteps, staleSteps / Math.max(1, scale))) {
        const drift = kernels.regrade(block);
        stepsSinceExact = 0;
        kernels.bound(block);
        if (!(drift <= mostDrift()) && iterations >= mostSingleSteps) return "stuck";
      }
      iterations += compact?.run({ C: cost, tolerance: goal, scale, maxSteps: mostSteps - iterations }) ?? 0;
    }
  }

  /** Goes on with f in double precision, from f just computed anew; what it claims is believed once it holds for f computed anew. */
  function runPrecisely(): Ending {
    let ending = run(kernels.optimizePrecisely, null, asked);
    for (let checks = 0; ending === "solved"; checks++) {
      const held = exact.slice();
      const [highest, lowest] = [view.getFloat64(svmProblem.highest, true), view.getFloat64(svmProblem.lowest, true)];
      const before = iterations;
      kernels.regrade(block);
      ending = checks < mostRegrades ? run(kernels.optimizePrecisely, null, asked) : "stuck";
      if (iterations > before) continue;
      exact.set(held);
      view.setFloat64(svmProblem.highest, highest, true);
      view.setFloat64(svmProblem.lowest, lowest, true);
      break;
    }
    f.set(exact);
    stepsSinceExact = 0;
    return ending;
  }

  function seed(C: number, to: PairState, from: PairState | null): void {
    if (from === null) {
      self.reset();
      coefficients.set(to.coefficients);
      f.set(to.f);
    } else {
      for (let local = 0; local < size; local++) {
        (coefficients[local] as number) += (to.coefficients[local] as number) - (from.coefficients[local] as number);
        (f[local] as number) += (to.f[local] as number) - (from.f[local] as number);
      }
    }
    view.setFloat64(svmProblem.bound, C, true);
    const changed = kernels.seed(block);
    if (changed < 0) self.reset();
    else kernels.correct(block, changed);
    stepsSinceExact += Math.max(0, changed);
  }

  const self: PairProblem & { readonly f: Float32Array; facts(): readonly [number, number, number] } = {
    size,
    block,
    coefficients,
    outside: outsides,
    weights,
    targets,
    f,
    facts: () => [stepsSinceExact, scale, heaviest],
    reset() {
      kernels.reset(block);
      stepsSinceExact = 0;
      scale = 0;
      heaviest = 0;
      for (let local = 0; local < size; local++) {
        const own = weights[local] as number;
        if (outsides[local] !== 0 || !(own > 0)) continue;
        scale = Math.max(scale, Math.abs(targets[local] as number));
        heaviest = Math.max(heaviest, own);
      }
    },
    guided: { state: () => ({ coefficients: coefficients.slice(), f: f.slice() }), seed },
    copy(other) {
      const from = other as typeof self;
      coefficients.set(from.coefficients);
      f.set(from.f);
      const facts = from.facts();
      stepsSinceExact = facts[0];
      scale = facts[1];
      heaviest = facts[2];
    },
    solve({ C, tolerance, maxIterations }) {
      const coarse = Math.max(tolerance, scale * singleResolution);
      view.setFloat64(svmProblem.bound, C, true);
      cost = C;
      asked = tolerance;
      mostSteps = maxIterations;
      iterations = 0;
      let ending = run(optimize, small, coarse);
      let precisely = false;
      for (let regrades = 1; ending !== "limit" && !precisely; regrades++) {
        const share = Math.min(1, tolerance / driftTolerance);
        const drifted = stepsSinceExact * scale > driftSteps * share || C * heaviest >= driftC * share;
        const doubtful = stepsSinceExact > 0 && (drifted || !matrix.unit);
        const highest = Math.abs(view.getFloat64(svmProblem.highest, true));
        const rough = Math.max(highest, Math.abs(view.getFloat64(svmProblem.lowest, true))) * singleResolution > tolerance;
        if (ending === "solved" && coarse === tolerance && !doubtful && !rough) break;
        const drift = kernels.regrade(block);
        stepsSinceExact = 0;
        precisely = ending === "stuck" || coarse > tolerance || rough || regrades > mostRegrades || !(drift <= mostDrift());
        ending = precisely ? runPrecisely() : run(optimize, small, tolerance);
      }
      kernels.offset(block, precisely ? 1 : 0);
      return {
        offset: view.getFloat64(svmProblem.offset, true),
        iterations,
        converged: ending === "solved",
        supportCount: view.getUint32(svmProblem.support, true),
        boundedCount: view.getUint32(svmProblem.bounded, true),
      };
    },
  };
  return self;
}
