/**
 * Two classes whose kernel matrix is never whole, by decomposition (T. Joachims, "Making large-scale SVM learning practical", 1999): in each round some
 * rows are solved in a block of their own while all others are held, then f is corrected by the kernel rows of those
 * that moved. f is kept in double precision, so that the optimality gap is right in every round.
 *
 * Shrinking: where few enough rows are free or near ρ, they are solved as a problem of their own, with shorter kernel rows; then f of
 * all rows is corrected and all are checked. Nothing is given up for good, and what is cached decides nothing but time.
 */
import type { SharedMemory } from "../../core/shared-memory.ts";
import type { ArenaMap } from "./arena.ts";
import type { Kernel } from "./kernel.ts";
import { gradientUpdate } from "./gradient-update.ts";
import type { PairRanges, Solution, SolveOptions, TwoClassProblem } from "./pair-problem.ts";
import { type RowCache, rowCache } from "./row-cache.ts";
import type { LargeWorkspace } from "./large-workspace.ts";
import { shrunkRows } from "./shrunk-rows.ts";
import type { FeatureRows } from "./working-block.ts";
import { workingSet, type WorkingSet } from "./working-set.ts";

/** What is shared by the problems over one pair's rows. */
export interface LargePlace {
  readonly workspace: LargeWorkspace;
  readonly arena: ArenaMap;
  /** Where the rows lie in the arena. */
  readonly positions: PairRanges;
  /** The ranges as columns of the cache's rows. */
  readonly columns: PairRanges;
  readonly cache: RowCache;
}

export interface LargeProblem extends TwoClassProblem {
  /** The kernel of the solves to come. */
  use(kernel: Kernel): void;
}

/** Rows that violate by more than minus this are near ρ, as a share of the largest target. */
const margin = 0.03;
/** A round brings the working set's gap down to this share of the gap, but not below half the tolerance. */
const roundShare = 0.1;
/** Shrinks to this share of the training rows at most: a shrunk problem computes its kernel rows anew. */
const shrinkShare = 0.25;
/** Rounds between attempts to shrink. */
const shrinkRounds = 4;
/** How fine f in single precision is, as a share of its largest value. */
const singleResolution = 2 ** -18;

type Ending = "solved" | "limit" | "stuck";

interface RoundsInput {
  readonly rows: FeatureRows & { readonly columns: PairRanges; readonly gradientAt: number };
  readonly cache: RowCache;
  readonly set: WorkingSet;
  readonly scale: number;
}

export function largeProblem(memory: SharedMemory, place: LargePlace, taken: readonly number[]): LargeProblem {
  const { workspace, arena, positions, columns, cache } = place;
  const { sizeA, sizeB } = columns;
  const size = sizeA + sizeB;
  const [coefficient, weight, target, gradientAt, outside] = taken as [number, number, number, number, number];
  const doubles = (at: number): Float64Array => new Float64Array(memory.buffer, at, size);
  const [coefficients, weights, targets, gradient] = [
    doubles(coefficient),
    doubles(weight).fill(1),
    doubles(target).fill(-1),
    doubles(gradientAt),
  ];
  targets.fill(1, 0, sizeA);
  const rows: RoundsInput["rows"] = {
    size,
    sizeA,
    coefficients,
    weights,
    outside: new Float32Array(memory.buffer, outside, size),
    gradient,
    gradientAt,
    columns,
    arena,
    positionOf(local) {
      const column = local < sizeA ? columns.startA + local : columns.startB + local - sizeA;
      return column < positions.sizeA ? positions.startA + column : positions.startB + column - positions.sizeA;
    },
  };
  const set = workingSet(rows);
  let kernel: Kernel | undefined;
  let scale = 1;

  /** Solves until the gap is closed or nothing moves. `shrink`: the rows may be shrunk. */
  function solveRounds(input: RoundsInput, { C, tolerance, maxIterations, shrink }: SolveOptions & { readonly shrink: boolean }) {
    const own = input.rows;
    const update = gradientUpdate(memory, workspace, own);
    const before = new Float64Array(own.size);
    let iterations = 0;
    let precisely = tolerance < input.scale * singleResolution;
    let reached: { readonly goal: number; readonly locals: Uint32Array } | undefined;
    for (let round = 1; ; round++) {
      const { highest, lowest, finite } = input.set.measure(C);
      const gap = highest - lowest;
      const end = (ending: Ending) => ({ ending, iterations, middle: (highest + lowest) / 2 });
      if (!finite) return end("stuck");
      if (!(gap >= tolerance)) return end("solved");
      if (iterations >= maxIterations) return end("limit");
      // What single precision called solved is held against f in double.
      if (reached !== undefined && gapOf(own, reached.locals, C) > reached.goal * 1.5) precisely = true;
      const near = Math.max(margin * input.scale, gap);
      const locals = input.set.choose(workspace.block.most, near);
      before.set(own.coefficients);
      if (shrink && round % shrinkRounds === 0) {
        const active = input.set.active();
        if (active.length > workspace.block.most && active.length <= Math.min(workspace.shrunkMost, own.size * shrinkShare)) {
          const inner = shrunkRows(memory, workspace, own, active);
          const short = rowCache(memory, workspace.cachePlace, { arena: inner.arena, ranges: inner.columns });
          short.use(kernel as Kernel);
          const answer = solveRounds(
            { rows: inner, cache: short, set: workingSet(inner), scale: input.scale },
            { C, tolerance, maxIterations: maxIterations - iterations, shrink: false },
          );
          iterations += answer.iterations;
          for (const [at, local] of active.entries()) own.coefficients[local] = inner.coefficients[inner.placeOf(at)] as number;
          input.cache.clear();
          input.set.forget();
          update(before, input.cache);
          reached = undefined;
          if (answer.ending === "stuck") return end("stuck");
          continue;
        }
      }
      const goal = Math.max(tolerance / 2, gap * roundShare);
      const answer = workspace.block.solve(own, locals, {
        kernel: kernel as Kernel,
        C,
        centre: (highest + lowest) / 2,
        goal,
        maxSteps: maxIterations - iterations,
        precisely,
      });
      iterations += answer.steps;
      const moved = update(before, input.cache);
      if (moved === 0) {
        if (precisely) return end("stuck");
        precisely = true;
        reached = undefined;
        continue;
      }
      reached = answer.reached && !precisely ? { goal, locals } : undefined;
      precisely = tolerance < input.scale * singleResolution;
    }
  }

  function solve(options: SolveOptions): Solution {
    const { ending, iterations, middle } = solveRounds({ rows, cache, set, scale }, { ...options, shrink: true });
    let [sum, free, support, bounded] = [0, 0, 0, 0];
    for (let local = 0; local < size; local++) {
      const value = Math.abs(coefficients[local] as number);
      if (value === 0) continue;
      support++;
      if (value >= options.C * (weights[local] as number)) {
        bounded++;
        continue;
      }
      sum += gradient[local] as number;
      free++;
    }
    const offset = free > 0 ? sum / free : middle;
    return { offset, iterations, converged: ending === "solved", supportCount: support, boundedCount: bounded };
  }

  const self: LargeProblem & { readonly gradient: Float64Array; scaled(): number } = {
    size,
    coefficients,
    outside: rows.outside,
    weights,
    targets,
    gradient,
    scaled: () => scale,
    use(next) {
      kernel = next;
      cache.use(next);
    },
    reset() {
      coefficients.fill(0);
      gradient.set(targets);
      set.forget();
      scale = 0;
      for (let local = 0; local < size; local++) {
        if (rows.outside[local] === 0 && (weights[local] as number) > 0) scale = Math.max(scale, Math.abs(targets[local] as number));
      }
    },
    copy(other) {
      const from = other as typeof self;
      coefficients.set(from.coefficients);
      gradient.set(from.gradient);
      set.forget();
      scale = from.scaled();
    },
    solve,
  };
  return self;
}

/** The optimality gap among the listed rows. */
function gapOf({ sizeA, coefficients, weights, gradient }: FeatureRows, locals: Uint32Array, C: number): number {
  let [highest, lowest] = [-Infinity, Infinity];
  for (const local of locals) {
    const bound = C * (weights[local] as number);
    const a = coefficients[local] as number;
    const f = gradient[local] as number;
    if (a < (local < sizeA ? bound : 0)) highest = Math.max(highest, f);
    if (a > (local < sizeA ? 0 : -bound)) lowest = Math.min(lowest, f);
  }
  return highest - lowest;
}
