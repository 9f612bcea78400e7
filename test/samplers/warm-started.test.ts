import { float, int, random, type Params, type Sampler, type Space, values } from "hpo";
import { describe, expect, it } from "vitest";
import type { EarlierRecord } from "#hpo/core/earlier-study";
import type { FinishedTrial, SamplerContext } from "#hpo/core/sampler";
import { rng } from "#hpo/math/rng";
import { transferPrior } from "#hpo/samplers/transfer-prior";
import { transferSearch } from "#hpo/samplers/transfer-search";
import { warmStarted } from "#hpo/samplers/warm-started";
import { completion } from "#hpo/space/completion";
import { gridParams, spaceSize } from "#hpo/space/space-grid";
import { earlierStudies } from "#hpo/study/earlier-studies";
import { describeSamplerContract } from "../contract/sampler-contract.ts";

/** Earlier studies of any space: drawn configurations, values that hang on them alone. */
function drawnRecords(space: Space, studies = 3, trials = 8): readonly EarlierRecord[] {
  return Array.from({ length: studies }, (_, study) => ({
    study: `study ${study}`,
    trials: Array.from({ length: trials }, (_unused, trial) => {
      const params = completion(space, {}, rng("earlier").fork(study, trial));
      return { params, values: [rng(JSON.stringify(params)).fork(study).uniform()], standardErrors: [null] };
    }),
  }));
}

/** The contract's context has no earlier studies: this one brings its own. */
function taught(trials: number, sampler: Sampler): Sampler {
  const warm = warmStarted(trials, sampler);
  return Object.freeze({
    ...warm,
    start: (context: SamplerContext) =>
      warm.start({ ...context, earlier: earlierStudies(drawnRecords(context.space), context.directions) }),
  });
}

describeSamplerContract("random after earlier studies", () => taught(6, random()));
describeSamplerContract("random after none", () => warmStarted(6, random()));

/** A valley whose place is the task's. */
const grid: Space = { a: int(0, 11), b: values([0, 1, 2, 3, 4, 5, 6, 7]) };
const valley = (task: number, params: Params): number => {
  const { a, b } = params as { a: number; b: number };
  return 10 * task + ((a - 3 - (task % 5)) / 3) ** 2 + ((b - 5 + (task % 3)) / 2) ** 2;
};
const cells = Array.from({ length: spaceSize(grid) ?? 0 }, (_, cell) => gridParams(grid, cell));
const recordOf = (task: number): EarlierRecord => ({
  study: `valley ${task}`,
  trials: cells.map((params) => ({ params, values: [valley(task, params)], standardErrors: [null] })),
});

function search(
  sampler: Sampler,
  { earlier, task, trials, lookahead = 1 }: { earlier: readonly EarlierRecord[]; task: number; trials: number; lookahead?: number },
) {
  let state = sampler.start({ space: grid, directions: ["minimize"], earlier: earlierStudies(earlier, ["minimize"]) });
  const told: FinishedTrial[] = [];
  for (let number = 0; number < trials; number++) {
    if (number >= lookahead) state = sampler.absorb(state, told[number - lookahead] as FinishedTrial);
    const pending = told.slice(Math.max(0, number - lookahead + 1)).map(({ params }) => params);
    const { params } = sampler.propose(state, number, pending, rng(task).fork(number)) as { params: Params };
    told.push({ number, state: "complete", params, values: [valley(task, params)], standardErrors: [null] });
  }
  return told;
}

describe("warmStarted()", () => {
  it.each([1, 4])("finds the valley of a new task within a few trials (lookahead %i)", (lookahead) => {
    const tasks = [0, 1, 2, 3, 4, 5, 6, 7];
    for (const task of tasks) {
      const earlier = tasks.filter((one) => one !== task).map(recordOf);
      const found = search(warmStarted(15, random()), { earlier, task, trials: 15, lookahead });
      const best = Math.min(...found.map(({ values: [value] }) => value as number));
      const least = Math.min(...cells.map((params) => valley(task, params)));
      // Of 96 cells 5 lie within 0.15 of the least; 15 draws at random find none of them in every second run.
      expect(best - least, `task ${task}`).toBeLessThan(0.15);
      expect(new Set(found.map(({ params }) => JSON.stringify(params))).size).toBe(15);
    }
  });

  it("hands over to the sampler after its trials, and where nothing is left of the earlier ones", () => {
    const record = { ...recordOf(1), trials: recordOf(1).trials.slice(0, 4) };
    const sampler = warmStarted(3, random());
    let state = sampler.start({ space: grid, directions: ["minimize"], earlier: earlierStudies([record], ["minimize"]) });
    const by = (number: number): string | undefined => sampler.propose(state, number, [], rng(number))?.by;
    expect([by(0), by(2), by(3)]).toEqual(["transfer", "transfer", "random"]);
    for (const [number, { params }] of record.trials.entries()) {
      state = sampler.absorb(state, { number, state: "failed", params, values: [], standardErrors: [] });
    }
    const longer = warmStarted(9, random());
    let other = longer.start({ space: grid, directions: ["minimize"], earlier: earlierStudies([record], ["minimize"]) });
    for (const [number, { params }] of record.trials.entries()) {
      other = longer.absorb(other, { number, state: "failed", params, values: [], standardErrors: [] });
    }
    expect(longer.propose(other, 4, [], rng(4))?.by).toBe("random");
  });

  it("copes with failed trials, values that are not finite, equal values, one study, and a maximised objective", () => {
    const odd: EarlierRecord = {
      study: "odd",
      trials: [Number.NaN, Infinity, -Infinity, 1, 1, 1].map((value, index) => ({
        params: cells[index] as Params,
        values: [value],
        standardErrors: [null],
      })),
    };
    for (const direction of ["minimize", "maximize"] as const) {
      const sampler = warmStarted(8, random());
      let state = sampler.start({ space: grid, directions: [direction], earlier: earlierStudies([odd], [direction]) });
      for (let number = 0; number < 8; number++) {
        const proposal = sampler.propose(state, number, [], rng(number));
        expect(proposal?.params).toBeDefined();
        const values = number % 3 === 0 ? [] : [number % 3 === 1 ? Infinity : 5];
        state = sampler.absorb(state, {
          number,
          state: number % 3 === 0 ? "failed" : "complete",
          params: proposal?.params as Params,
          values,
          standardErrors: values.map(() => null),
        });
      }
    }
  });
});

describe("transferSearch()", () => {
  it("begins with the portfolio that a greedy search over all cells finds", () => {
    const studies = earlierStudies([0, 1, 2, 3].map(recordOf), ["minimize"]);
    const scoresOf = (study: (typeof studies)[number]): number[] => study.trials.map(({ scores }) => scores[0] as number);
    const scales = studies.map(({ centres, scales: all }) => ({ centre: centres[0] as number, scale: all[0] as number }));
    const found = transferSearch(grid, studies, { scoresOf, scales, feasible: () => true });
    const portfolio: Params[] = [];
    for (let n = 0; n < 4; n++) portfolio.push((found.next([], portfolio) as { params: Params }).params);
    const total = (chosen: readonly number[]): number =>
      studies.reduce((sum, study) => sum + Math.min(...chosen.map((cell) => study.trials[cell]?.scores[0] as number)), 0);
    const chosen: number[] = [];
    for (let n = 0; n < 4; n++) {
      const least = Math.min(...cells.map((_, cell) => total([...chosen, cell])));
      const own = cells.findIndex((params) => JSON.stringify(params) === JSON.stringify(portfolio[n]));
      chosen.push(own);
      expect(total(chosen)).toBeCloseTo(least, 12);
    }
  });

  it("proposes only what the rules allow", () => {
    const studies = earlierStudies([0, 1].map(recordOf), ["minimize"]);
    const scoresOf = (study: (typeof studies)[number]): number[] => study.trials.map(({ scores }) => scores[0] as number);
    const scales = [
      { centre: 0, scale: 1 },
      { centre: 10, scale: 1 },
    ];
    const feasible = (params: Params): boolean => (params["a"] as number) > 9;
    const found = transferSearch(grid, studies, { scoresOf, scales, feasible });
    expect(found.next([], [])?.params["a"]).toBeGreaterThan(9);
    expect(
      found.next(
        [
          { params: cells[3] as Params, value: 1 },
          { params: cells[4] as Params, value: 2 },
          { params: cells[5] as Params, value: 2 },
        ],
        [],
      )?.params["a"],
    ).toBeGreaterThan(9);
  });
});

describe("transferPrior()", () => {
  const studies = earlierStudies([0, 1, 2].map(recordOf), ["minimize"]);
  const prior = transferPrior(grid, studies, (study) => study.trials.map(({ scores }) => scores[0] as number));

  it("has the mean and the covariance of the studies, with one of zeros among them", () => {
    const [x, y] = [prior.point(cells[7] as Params), prior.point(cells[50] as Params)];
    const score = (study: number, cell: number): number => studies[study]?.trials[cell]?.scores[0] as number;
    const mean = (cell: number): number => (score(0, cell) + score(1, cell) + score(2, cell)) / 4;
    expect(x.mean).toBeCloseTo(mean(7), 12);
    const empirical = [0, 1, 2].reduce((sum, study) => sum + (score(study, 7) - mean(7)) * (score(study, 50) - mean(50)), 0) / 4;
    // What is not empirical is at most the rest's share of the two spreads.
    expect(Math.abs(prior.covariance(x, y) - 0.9 * empirical)).toBeLessThanOrEqual(0.1 * x.spread * y.spread + 1e-12);
    expect(prior.covariance(x, y)).toBe(prior.covariance(y, x));
    expect(prior.covariance(x, x)).toBeGreaterThan(0);
  });

  it("fills in what a study did not try from what it tried nearby", () => {
    const space = { x: float(0, 1), y: float(0, 1) };
    const f = ({ x, y }: { x: number; y: number }): number => (x - 0.4) ** 2 + 2 * (y - 0.7) ** 2;
    const trials = Array.from({ length: 60 }, (_, n) => {
      const params = completion(space, {}, rng("fill").fork(n)) as { x: number; y: number };
      return { params, values: [f(params)], standardErrors: [null] };
    });
    const [study] = earlierStudies([{ study: "smooth", trials }], ["minimize"]);
    const smooth = transferPrior(space, [study as NonNullable<typeof study>], (one) => one.trials.map(({ scores }) => scores[0] as number));
    const good = smooth.point({ x: 0.41, y: 0.69 });
    const bad = smooth.point({ x: 0.95, y: 0.1 });
    expect(good.mean).toBeLessThan(-0.3);
    expect(bad.mean).toBeGreaterThan(0.3);
  });
});

describe("earlierStudies()", () => {
  const record = (values: readonly number[]): EarlierRecord => ({
    study: "s",
    trials: values.map((value) => ({ params: {}, values: [value], standardErrors: [null] })),
  });
  it("scores each study by its own median and better half, smaller is better", () => {
    const [low] = earlierStudies([record([4, 1, 3, 2, 100, Number.NaN])], ["minimize"]);
    // Sorted 1 2 3 4 100: median 3, distances of 1 2 3 from it 2 1 0.
    expect(low).toMatchObject({ centres: [3], scales: [1] });
    expect(low?.trials.map(({ scores }) => scores[0])).toEqual([1, -2, 0, -1, 2, 2]);
    const [high] = earlierStudies([record([4, 1, 3, 2, -100, Infinity])], ["maximize"]);
    expect(high?.centres).toEqual([2]);
    expect(high?.trials.map(({ scores }) => scores[0])).toEqual([-2, 1, -1, 0, 2, 2]);
  });
  it("has a scale where all values are equal, or none is finite", () => {
    expect(earlierStudies([record([5, 5])], ["minimize"])[0]).toMatchObject({ centres: [5], scales: [1] });
    expect(earlierStudies([record([Number.NaN])], ["maximize"])[0]?.trials[0]?.scores).toEqual([2]);
  });
});
