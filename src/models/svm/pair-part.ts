import { performance } from "node:perf_hooks";
import type { PartResult } from "../../core/estimator.ts";
import type { SharedMemory } from "../../core/shared-memory.ts";
import { decisions as decide, singleDecisions, takeDecisions } from "./decisions.ts";
import { ladder } from "./ladder.ts";
import type { FoldView, SvmLayout } from "./layout.ts";
import { type DecisionForm, type PairEntry, encodePairAnswer } from "./pair-answer.ts";
import { climb } from "./pair-ladder.ts";
import { type KernelMatrix, type PairProblem, type PairRanges, pairProblem, takePairProblem } from "./pair-problem.ts";
import { scratch } from "./scratch.ts";

/** Pairs of classes to be solved for every C and fold, as plain data. */
export interface PairPartInput {
  readonly kind: "pairs";
  readonly gamma: number | null;
  readonly tolerance: number;
  readonly maxIterations: number;
  /** Distinct, ascending, each with the requests that ask for it. */
  readonly costs: readonly { readonly C: number; readonly requests: readonly number[] }[];
  readonly pairs: readonly (readonly [number, number])[];
}

export function pairRanges(layout: SvmLayout, [a, b]: readonly [number, number]): PairRanges {
  return {
    startA: layout.starts[a] as number,
    sizeA: layout.sizes[a] as number,
    startB: layout.starts[b] as number,
    sizeB: layout.sizes[b] as number,
  };
}

/** Bytes of scratch for a pair of `size` rows and `tiles` tiles of test rows. */
export function pairScratchBytes(size: number, tiles: number): number {
  const space = scratch(0);
  takePairProblem(space, size);
  takePairProblem(space, size);
  takeDecisions(space, size, tiles);
  return space.used();
}

/** Marks the rows of a pair that a fold does not train on. */
export function restrict(problem: PairProblem, { startA, sizeA, startB, sizeB }: PairRanges, outside: Float32Array): void {
  problem.outside.set(outside.subarray(startA, startA + sizeA));
  problem.outside.set(outside.subarray(startB, startB + sizeB), sizeA);
}

/** Solves the part's pairs and judges every fold's test rows. */
export function runPairPart(
  input: PairPartInput,
  place: { readonly memory: SharedMemory; readonly slotOffset: number; readonly matrix: KernelMatrix },
  problem: { readonly layout: SvmLayout; readonly form: DecisionForm; readonly classes: readonly string[] },
): PartResult {
  const { layout, form, classes } = problem;
  const rungs = ladder(input.costs.map(({ C }) => C));
  const pieces: Uint8Array[] = [];
  const own = input.costs.map(() => layout.folds.map(() => ({ fit: 0, predict: 0 })));
  const counts = { solves: 0, skipped: 0, iterations: 0 };
  const warnings: string[] = [];
  for (const pair of input.pairs) {
    const ranges = pairRanges(layout, pair);
    const size = ranges.sizeA + ranges.sizeB;
    const space = scratch(place.slotOffset);
    const main = pairProblem(place.memory, space, ranges, place.matrix);
    const side = pairProblem(place.memory, space, ranges, place.matrix);
    const afterProblems = place.slotOffset + space.used();
    const entries: PairEntry[] = [];
    const limited = new Map<number, number>();
    for (const [fold, view] of layout.folds.entries()) {
      if (absent(view, pair)) {
        for (const _ of input.costs) entries.push({ skipped: false, decisions: null });
        continue;
      }
      restrict(main, ranges, view.outside);
      restrict(side, ranges, view.outside);
      const answer = climb(rungs, { main, side }, input);
      counts.solves += answer.solves;
      counts.skipped += answer.skipped;
      counts.iterations += answer.iterations;
      for (const C of answer.limited) limited.set(C, (limited.get(C) ?? 0) + 1);
      const start = performance.now();
      const values = decide(
        place.memory,
        {
          space: scratch(afterProblems),
          kernel: place.matrix,
          tiles: view.tiles,
          size,
          rowOf: (local) => (local < ranges.sizeA ? ranges.startA + local : ranges.startB + local - ranges.sizeA),
        },
        answer.solutions,
      ).map((decisions) => judged(decisions, form, (view.rank[pair[0]] as number) > (view.rank[pair[1]] as number)));
      const predictSeconds = (performance.now() - start) / 1000;
      const solved = answer.asked.filter(({ skipped }) => !skipped).length;
      for (const [cost, { solution, skipped, seconds }] of answer.asked.entries()) {
        entries.push({ skipped, decisions: values[solution] as Float32Array });
        const time = own[cost]?.[fold];
        if (time === undefined || skipped) continue;
        time.fit += seconds;
        time.predict += predictSeconds / solved;
      }
    }
    pieces.push(encodePairAnswer(entries, input.costs.length, form));
    for (const [C, folds] of limited) {
      warnings.push(
        `svm(): the iteration limit (${input.maxIterations}) ended ${folds} of ${layout.folds.length} solves of ${classes[pair[0]]} against ${classes[pair[1]]} with C=${C}${input.gamma === null ? "" : `, γ=${input.gamma}`}; raise maxIterations or the tolerance.`,
      );
    }
  }
  return {
    bytes: Buffer.concat(pieces),
    own: input.costs.flatMap(({ requests }, cost) =>
      requests.flatMap((request) =>
        layout.folds.map((_, fold) => ({
          request,
          fold,
          fitSeconds: (own[cost]?.[fold]?.fit ?? 0) / requests.length,
          predictSeconds: (own[cost]?.[fold]?.predict ?? 0) / requests.length,
        })),
      ),
    ),
    counts,
    warnings,
  };
}

/** A pair exists in a fold where both classes have training rows. */
export function absent({ rank }: FoldView, [a, b]: readonly [number, number]): boolean {
  return (rank[a] as number) < 0 || (rank[b] as number) < 0;
}

/** Decisions as they are stored; a 0 is a vote for the class that comes later. */
function judged(decisions: Float64Array, form: DecisionForm, firstIsLater: boolean): Float32Array {
  if (form === "values") return singleDecisions(decisions);
  const votes = new Float32Array(decisions.length);
  for (let row = 0; row < votes.length; row++) {
    const value = decisions[row] as number;
    votes[row] = value > 0 || (value === 0 && firstIsLater) ? 1 : -1;
  }
  return votes;
}
