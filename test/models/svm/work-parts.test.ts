import { describe, expect, it } from "vitest";
import type { SolverPart } from "#hpo/core/estimator";
import { growTo } from "#hpo/core/shared-memory";
import { rng } from "#hpo/math/rng";
import { chains } from "#hpo/models/svm/chains";
import { svmLayout } from "#hpo/models/svm/layout";
import type { SolvePartInput } from "#hpo/models/svm/solve-part";
import { svmFoldSolver } from "#hpo/models/svm/solver";
import { svm } from "#hpo/models/svm/svm";
import type { VotePartInput } from "#hpo/models/svm/vote-part";
import { chainWorks } from "#hpo/models/svm/work-parts";
import { classTable, foldPlan } from "../../table-data.ts";

const folds = 10;
const cells = [0.5, 4].flatMap((gamma) => [1, 10, 100].map((C) => ({ gamma, C })));
const requests = cells.map((cell, index) => ({ index, options: svm({ kernel: "rbf", ...cell }).options }));

function table(rows: number, classes: number) {
  const random = rng(3);
  const labels = Array.from({ length: rows }, () => random.below(classes));
  const points = labels.map((label) => [label / 2 + random.normal(), random.uniform()]);
  return {
    table: classTable(
      points,
      labels.map((label) => `c${label}`),
    ),
    plan: foldPlan(Int32Array.from({ length: rows }, (_, row) => row % folds)),
  };
}

function worksOf(rows: number, { classes, answer = "labels" }: { classes: number; answer?: "labels" | "probabilities" }) {
  const { table: made, plan } = table(rows, classes);
  const layout = svmLayout(made.data, made.target.codes, { classCount: classes, plan });
  return chainWorks(
    chains(requests, () => 1),
    { layout, width: 2, answer, models: false },
  );
}

describe("the parts of a table", () => {
  it.each([
    { rows: 30_000, classes: 2, answer: "labels" },
    { rows: 30_000, classes: 3, answer: "labels" },
    { rows: 15_000, classes: 2, answer: "probabilities" },
  ] as const)(
    "are of 2.5 s at most, cut by folds where a pair and kernel takes longer: $rows rows, $classes classes, $answer",
    ({ rows, ...shape }) => {
      const works = worksOf(rows, shape);
      const solves = works.flatMap((work) => work.solves);
      expect(Math.max(...solves.map(({ cost }) => cost))).toBeLessThan(2.5 * 1.4);
      expect(new Set(solves.map(({ key }) => key)).size).toBe(solves.length);
      const cut = solves.filter((work) => work.folds[1] - work.folds[0] < folds);
      expect(cut.length).toBeGreaterThan(0);
      expect(cut.every((work) => work.chains.length === 1 && work.pairs.length === 1)).toBe(true);
      // Every pair, chain and fold once.
      const all = solves.flatMap((work) =>
        work.pairs.flatMap((pair) =>
          work.chains.flatMap(({ key }) =>
            Array.from({ length: work.folds[1] - work.folds[0] }, (_, at) => `${pair.join(" ")} ${key} ${work.folds[0] + at}`),
          ),
        ),
      );
      expect(all.length).toBe(((shape.classes * (shape.classes - 1)) / 2) * 2 * folds);
      expect(new Set(all).size).toBe(all.length);
      // A vote reads those parts that solved its chain's folds, and no others.
      for (const {
        chain,
        folds: [first, last],
        solved,
      } of works.flatMap((work) => work.votes)) {
        const read = solves.filter((work) => work.chains.includes(chain) && work.folds[0] < last && first < work.folds[1]);
        expect(solved.map(({ key }) => key)).toEqual(read.map(({ key }) => key));
      }
    },
  );

  it("are ordered chain by chain: the votes of one come before what only later ones need", () => {
    const works = worksOf(3000, { classes: 3 });
    expect(works.map(({ chain }) => chain.kernel)).toEqual(chains(requests, () => 1).map(({ kernel }) => kernel));
    const solved = new Set<string>();
    for (const { chain, solves, votes } of works) {
      for (const { key, chains: members } of solves) {
        expect(members[0]).toBe(chain);
        solved.add(key);
      }
      for (const { solved: read } of votes) expect(read.every(({ key }) => solved.has(key))).toBe(true);
    }
    expect(works[1]?.solves.length).toBeGreaterThan(0);
  });

  it("keep all folds of small pairs together", () => {
    const solves = worksOf(600, { classes: 3 }).flatMap((work) => work.solves);
    expect(solves.map((work) => work.folds)).toEqual(solves.map(() => [0, folds]));
  });

  it("give equal bits whether folds are cut or not", () => {
    const { table: made, plan } = table(120, 3);
    const { data, target } = made;
    const solver = svmFoldSolver({ data, target, plan, weights: null, answer: "labels" });
    const { stages, sharedBytes, slotBytes } = solver.plan(requests, { memoryBytes: 4e9, slots: 1 });
    const slotOffset = data.dataEnd + Math.ceil(sharedBytes / 64) * 64;
    growTo(data.memory, slotOffset + slotBytes);
    const none = new Map<string, Uint8Array>();
    const run = (part: SolverPart, read: ReadonlyMap<string, Uint8Array>): Uint8Array =>
      solver.run(part, { sharedOffset: data.dataEnd, slotOffset }, read).bytes;
    const whole = new Map<string, Uint8Array>();
    const cut = new Map<string, Uint8Array>();
    const ranges = [
      [0, 3],
      [3, 4],
      [4, folds],
    ] as const;
    let votes = 0;
    for (const part of stages.flatMap((stage) => stage.parts)) {
      const input = part.input as unknown as SolvePartInput | VotePartInput;
      if (input.kind === "solve") {
        whole.set(part.key, run(part, none));
        for (const [first, last] of ranges) {
          const piece = { ...input, folds: [first, last] };
          cut.set(`${part.key} ${first}`, run({ ...part, input: piece as unknown as SolverPart["input"] }, none));
        }
      } else if (input.kind === "vote") {
        votes++;
        const solved = input.solved.flatMap((one) =>
          ranges.map(([first, last]) => ({ ...one, key: `${one.key} ${first}`, folds: [first, last] })),
        );
        const pieces = { ...input, solved } as unknown as SolverPart["input"];
        expect(run({ ...part, input: pieces }, cut)).toEqual(run(part, whole));
      } else run(part, none);
    }
    expect(votes).toBeGreaterThan(0);
  });
});
