import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { SolverPart } from "#hpo/core/estimator";
import { growTo, sharedMemory } from "#hpo/core/shared-memory";
import { svmKernels } from "#hpo/kernels/svm-kernels";
import { rng } from "#hpo/math/rng";
import { svmLayout } from "#hpo/models/svm/layout";
import { decodePairAnswer, splitAnswers } from "#hpo/models/svm/pair-answer";
import { answerShape, pairRanges } from "#hpo/models/svm/pair-of-classes";
import type { SolvePartInput } from "#hpo/models/svm/solve-part";
import { svmFoldSolver } from "#hpo/models/svm/solver";
import { svm } from "#hpo/models/svm/svm";
import { type ClassTable, classTable } from "../../table-data.ts";

const f = Math.fround;
const scratch = sharedMemory(65536);
const gammas = [0.5, 20];
const costs = [0.5, 1, 100, 1e6];
const requests = gammas
  .flatMap((gamma) => costs.map((C) => ({ gamma, C })))
  .map((cell, index) => ({
    index,
    options: svm({ kernel: "rbf", ...cell }).options,
  }));

/** Rows on a coarse grid, so that many are equal, with classes that don't follow it too well. */
function problem({ classes, rows, seed }: { readonly classes: number; readonly rows: number; readonly seed: number }) {
  const random = rng(seed);
  const labels = Array.from({ length: rows }, () => random.below(classes));
  const table = classTable(
    labels.map((label) => [Math.round(label / 2 + random.normal()) / 2, random.below(3) / 2 + (label % 2)]),
    labels.map((label) => `c${label}`),
  );
  const fold = Array.from({ length: rows }, () => random.below(2));
  const all = Uint32Array.from({ length: rows }, (_, row) => row);
  // In the second fold a class has no training rows.
  const left = table.target.codes[0];
  const plan = {
    folds: [0, 1].map((k) => ({
      train: all.filter((row) => fold[row] !== k && (k === 0 || table.target.codes[row] !== left)),
      test: random.shuffle(all.filter((row) => fold[row] === k)),
    })),
  };
  return { table, plan };
}

/** Labels by fold and cell: the solver's, and those of voting over all pairs on every row. */
function bothWays({ table, plan }: ReturnType<typeof problem>) {
  const { data, target } = table;
  const solver = svmFoldSolver({ data, target, plan, weights: null, answer: "labels" });
  const { stages, sharedBytes, slotBytes } = solver.plan(requests, { memoryBytes: 4e9, slots: 1 });
  const slotOffset = data.dataEnd + Math.ceil(sharedBytes / 64) * 64;
  growTo(data.memory, slotOffset + slotBytes);
  const bytes = new Map<string, Uint8Array>();
  const parts: SolverPart[] = stages.flatMap((stage) => stage.parts);
  for (const part of parts) bytes.set(part.key, solver.run(part, { sharedOffset: data.dataEnd, slotOffset }, bytes).bytes);
  const quick = requests.map((request) => solver.combine(request, requests, bytes).map(({ predicted }) => [...predicted]));

  const layout = svmLayout(data, target.codes, { classCount: target.classes.length, plan });
  const slow = requests.map(() => plan.folds.map(({ test }) => [...test].map(() => new Float64Array(target.classes.length))));
  for (const part of parts) {
    const input = part.input as unknown as SolvePartInput;
    if (input.kind !== "solve") continue;
    const answers = splitAnswers(bytes.get(part.key) as Uint8Array, input.pairs.length * input.chains.length);
    for (const [at, pair] of input.pairs.entries()) {
      const { startA, sizeA, startB } = pairRanges(layout, pair);
      for (const [of, chain] of input.chains.entries()) {
        const form = { own: "votes", solutions: true, curves: false } as const;
        const shape = answerShape(layout, pair, { form, costs: chain.costs.length, folds: input.folds });
        const folds = decodePairAnswer(answers[at * input.chains.length + of] as Uint8Array, shape);
        for (const [fold, answer] of folds.entries()) {
          if (answer === null) continue;
          const rank = layout.folds[fold]?.rank as Int32Array;
          const vectors = [...answer.locals].map(
            (local) => layout.order[local < sizeA ? startA + local : startB + local - sizeA] as number,
          );
          for (const [place, row] of (plan.folds[fold]?.test ?? []).entries()) {
            const kernel = kernelValues(table, (chain.kernel as { readonly gamma: number }).gamma, { row, vectors });
            for (const [cost, { requests: asking }] of chain.costs.entries()) {
              const solution = answer.asked[cost] as number;
              let decision = 0;
              for (const [i, value] of kernel.entries()) decision += value * (answer.coefficients[solution * kernel.length + i] as number);
              decision += answer.offsets[solution] as number;
              const [first, second] = pair;
              const later = (rank[first] as number) > (rank[second] as number) ? first : second;
              const winner = decision > 0 ? first : decision < 0 ? second : later;
              for (const request of asking) {
                const votes = slow[request]?.[fold]?.[place] as Float64Array;
                votes[winner] = (votes[winner] as number) + 1;
              }
            }
          }
        }
      }
    }
  }
  const winners = slow.map((cell) =>
    cell.map((rows, fold) =>
      rows.map((votes) => {
        const rank = layout.folds[fold]?.rank as Int32Array;
        const order = [...rank.keys()]
          .filter((code) => (rank[code] as number) >= 0)
          .sort((a, b) => (rank[a] as number) - (rank[b] as number));
        return order.reduce((best, code) => ((votes[code] as number) > (votes[best] as number) ? code : best), order[0] ?? -1);
      }),
    ),
  );
  return { quick, winners };
}

/** Kernel values with the solver's bits. */
function kernelValues(
  { data }: ClassTable,
  gamma: number,
  { row, vectors }: { readonly row: number; readonly vectors: readonly number[] },
): Float32Array {
  if (data.features.kind !== "dense") throw new TypeError("dense");
  const { values, stride, width } = data.features;
  const held = new Float32Array(scratch.buffer, 0, Math.ceil(vectors.length / 8) * 8);
  for (const [i, vector] of vectors.entries()) {
    let square = 0;
    for (let k = 0; k < width; k++) {
      const difference = f((values[row * stride + k] as number) - (values[vector * stride + k] as number));
      square = f(square + f(difference * difference));
    }
    held[i] = square;
  }
  svmKernels(scratch).exponentials(held.byteOffset, held.byteOffset, held.length, gamma);
  return held.slice(0, vectors.length);
}

describe("votes on hard rows alone", () => {
  it("give the labels of voting over all pairs on every row", () => {
    const shapes = fc.record({
      classes: fc.integer({ min: 3, max: 12 }),
      rows: fc.integer({ min: 30, max: 110 }),
      seed: fc.integer({ min: 1, max: 1e6 }),
    });
    fc.assert(
      fc.property(shapes, (shape) => {
        const { quick, winners } = bothWays(problem(shape));
        expect(quick).toEqual(winners);
      }),
      { seed: 3, numRuns: 12 },
    );
  });
});
