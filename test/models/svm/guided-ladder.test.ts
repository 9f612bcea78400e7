import { describe, expect, it } from "vitest";
import { growTo } from "#hpo/core/shared-memory";
import { arenaMap, fillFeatures, placedArena } from "#hpo/models/svm/arena";
import type { Kernel } from "#hpo/models/svm/kernel";
import { ladder } from "#hpo/models/svm/ladder";
import { svmLayout } from "#hpo/models/svm/layout";
import { pairBlock } from "#hpo/models/svm/pair-block";
import { climb, type LadderStates } from "#hpo/models/svm/pair-ladder";
import { pairRanges } from "#hpo/models/svm/pair-of-classes";
import { pairProblems, solveScratchBytes } from "#hpo/models/svm/pair-solver";
import { scratch } from "#hpo/models/svm/scratch";
import { restrict } from "#hpo/models/svm/solve-part";
import { clouds } from "./clouds.ts";
import { violation } from "./reference-svm.ts";

const tolerance = 1e-3;
const limits = { tolerance, maxIterations: 1_000_000 };

/** A pair of classes of which a tenth is held out, and the ways to solve it. */
function foldOfClouds(seed: number, kernel: Kernel) {
  const { data, target } = clouds(260, 2, seed);
  const rows = Uint32Array.from({ length: 260 }, (_, row) => row);
  const plan = { folds: [{ train: rows.filter((row) => row % 10 > 0), test: rows.filter((row) => row % 10 === 0) }] };
  const layout = svmLayout(data, target.codes, { classCount: 2, plan });
  const map = placedArena(arenaMap(layout, data.columns.length, false), data.dataEnd);
  const ranges = pairRanges(layout, [0, 1]);
  growTo(data.memory, data.dataEnd + map.bytes + solveScratchBytes(layout.size, 4, "each"));
  if (data.features.kind !== "dense") throw new TypeError("dense");
  fillFeatures(data.memory, map, { ...data.features, order: layout.order });
  const space = scratch(data.dataEnd + map.bytes);
  const block = pairBlock(data.memory, space, { arena: map, ranges, source: "each" });
  block.fill(kernel);
  const matrix = block.matrix(kernel);
  const problems = pairProblems(data.memory, space, { ranges, matrix });
  const values = new Float32Array(data.memory.buffer, matrix.values, layout.size ** 2);
  const outside = layout.folds[0]?.outside as Float32Array;
  const everywhere = Float32Array.from(layout.order, (row) => (row < 0 ? -Infinity : 0));
  const costs = [0.5, 1, 3, 10, 100, 300];
  const rungs = ladder(costs);
  return {
    costs,
    trained: [...outside.keys()].filter((at) => outside[at] === 0),
    y: (at: number): number => (at < ranges.sizeA ? 1 : -1),
    k: (i: number, j: number): number => values[i * layout.size + j] as number,
    /** A climb on all rows, where the held-out ones weigh what they are told to. */
    guide(weight: number): LadderStates {
      const record: LadderStates = new Map();
      const weights = Float64Array.from(outside, (value) => (value === 0 ? 1 : weight));
      restrict(problems, ranges, { outside: everywhere, weights, classWeights: [1, 1] });
      climb(rungs, problems, limits, { record });
      return record;
    },
    solve(guide?: LadderStates) {
      restrict(problems, ranges, { outside, weights: null, classWeights: [1, 1] });
      const answer = climb(rungs, problems, limits, { guide });
      expect(answer.limited).toEqual([]);
      return answer.asked.map(({ solution }) => answer.solutions[solution]?.coefficients as Float64Array);
    },
  };
}

describe("a guided climb", () => {
  for (const kernel of [{ kind: "rbf", gamma: 0.3 }, { kind: "rbf", gamma: 5 }, { kind: "linear" }] as const) {
    it(`ends as near to the optimum as one of its own, whatever guides it: ${JSON.stringify(kernel)}`, () => {
      for (let seed = 0; seed < 3; seed++) {
        const { costs, trained, y, k, guide, solve } = foldOfClouds(seed, kernel);
        const [own, ...guided] = [solve(), solve(guide(1)), solve(guide(40)), solve(guide(1e-3))];
        for (const [at, C] of costs.entries()) {
          const exact = own?.[at] as Float64Array;
          for (const a of [exact, ...guided.map((one) => one[at] as Float64Array)]) {
            const f = trained.map((i) => y(i) - trained.reduce((sum, j) => sum + (a[j] as number) * k(j, i), 0));
            const multipliers = trained.map((i) => a[i] as number);
            expect(violation(f, multipliers, { y: trained.map(y), C }).gap).toBeLessThan(1.1 * tolerance);
            expect(a.every((value, i) => value === 0 || trained.includes(i))).toBe(true);
            expect(Math.abs(multipliers.reduce((sum, value) => sum + value, 0))).toBeLessThan(C * 1e-9);
            // ‖w − w′‖² ≤ gap · ‖a − a′‖₁.
            const change = trained.map((i) => (a[i] as number) - (exact[i] as number));
            const square = trained.reduce(
              (sum, i, m) => sum + trained.reduce((row, j, n) => row + (change[n] as number) * k(i, j), 0) * (change[m] as number),
              0,
            );
            expect(square).toBeLessThanOrEqual(1.1 * tolerance * change.reduce((sum, value) => sum + Math.abs(value), 0) + 1e-12);
          }
        }
      }
    });
  }
});
