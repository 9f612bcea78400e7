import { hyperband, median, patience, percentile, type Pruner, type ReportedTrial, successiveHalving, threshold, wilcoxon } from "hpo";
import { bracketTurns } from "#hpo/pruners/hyperband";
import { describe, expect, it } from "vitest";

/** Trials that reported these values at steps 1, 2, …; numbers follow the list. */
function past(...curves: readonly (readonly number[])[]): ReportedTrial[] {
  return curves.map((values, number) => ({
    number,
    state: "complete",
    value: values.at(-1) ?? null,
    steps: values.map((_, at) => at + 1),
    values,
  }));
}

interface Judged {
  readonly history?: readonly ReportedTrial[];
  readonly number?: number;
  readonly steps?: readonly number[];
  readonly direction?: "minimize" | "maximize";
}

function verdict(pruner: Pruner, values: readonly number[], judged: Judged = {}): string | undefined {
  const { history = [], number = history.length, direction = "minimize", steps = values.map((_, at) => at + 1) } = judged;
  // As the engine shows it: nothing of later steps.
  const visible = history.map((trial) => {
    const count = trial.steps.filter((step) => step <= (steps.at(-1) as number)).length;
    return { ...trial, steps: trial.steps.slice(0, count), values: trial.values.slice(0, count) };
  });
  return pruner.verdict({ number, direction, steps, values, history: visible });
}

describe("median()", () => {
  const history = past([5, 1], [6, 2], [7, 3], [8, 4], [9]);

  it("compares the best value so far with the median at the step", () => {
    expect(verdict(median(), [7], { history })).toBeUndefined();
    expect(verdict(median(), [7.5], { history })).toBe("7.5, its best up to step 1, is worse than 7, the median of 5 trials");
    expect(verdict(median(), [2, 9], { history })).toBeUndefined();
    expect(verdict(median(), [4, 9], { history })).toBe("4, its best up to step 2, is worse than 3, the median of 5 trials");
  });

  it("takes the last value of trials that report at other steps", () => {
    const sparse = past([1], [2], [3], [4], [5]).map((trial) => ({ ...trial, steps: [4] }));
    expect(verdict(median(), [3.5], { history: sparse, steps: [6] })).toBe(
      "3.5, its best up to step 6, is worse than 3, the median of 5 trials",
    );
  });

  it("waits for complete trials, for its first step and for its turn", () => {
    const options = { startupTrials: 5, warmupSteps: 4, interval: 3 };
    const asked = (steps: readonly number[]): boolean =>
      verdict(
        median(options),
        steps.map(() => 10),
        { history, steps },
      ) !== undefined;
    expect([[3], [4], [4, 5], [4, 5, 6], [4, 5, 6, 7], [4, 9], [4, 9, 10]].map(asked)).toEqual([
      false,
      true,
      false,
      false,
      true,
      true,
      true,
    ]);
    const pruned = history.map((trial, at) => (at === 0 ? { ...trial, state: "pruned" as const } : trial));
    expect(verdict(median(), [10], { history: pruned })).toBeUndefined();
    expect(verdict(median({ startupTrials: 4 }), [10], { history: pruned })).toContain("the median of 4 trials");
  });
});

describe("percentile()", () => {
  it("asks trials to keep up with the best part of them, in either direction", () => {
    const history = past([0], [1], [2], [3], [4]);
    expect(verdict(percentile({ percentile: 25 }), [1], { history })).toBeUndefined();
    expect(verdict(percentile({ percentile: 25 }), [1.1], { history })).toContain("is worse than 1, the percentile 25 of 5 trials");
    expect(verdict(percentile({ percentile: 25 }), [2.9], { history, direction: "maximize" })).toContain("is worse than 3");
    expect(verdict(percentile({ percentile: 10 }), [0.5], { history })).toContain("is worse than 0.4");
    expect(verdict(percentile({ percentile: 100 }), [4], { history })).toBeUndefined();
  });

  it("finds its place beside infinities", () => {
    const history = past([-Infinity], [1], [2], [Infinity], [Infinity]);
    expect(verdict(percentile({ percentile: 75 }), [Infinity], { history })).toBeUndefined();
    expect(verdict(percentile({ percentile: 60 }), [3], { history })).toContain("is worse than 2");
  });
});

describe("threshold()", () => {
  it("stops what leaves the range, from its first step on", () => {
    const range = threshold({ lower: 0, upper: 1, warmupSteps: 2 });
    expect(verdict(range, [5])).toBeUndefined();
    expect(verdict(range, [5, 1])).toBeUndefined();
    expect(verdict(range, [5, 1.5])).toBe("1.5 at step 2 is above 1");
    expect(verdict(range, [5, -0.5])).toBe("-0.5 at step 2 is below 0");
    expect(verdict(threshold({ upper: 1 }), [Infinity])).toBe("Infinity at step 1 is above 1");
  });

  it("needs an end of the range", () => {
    expect(() => threshold({})).toThrow("threshold(): lower or upper, or both with lower at most upper, must be given; got neither.");
    expect(() => threshold({ lower: 2, upper: 1 })).toThrow("got lower 2 and upper 1.");
  });
});

describe("patience()", () => {
  it("counts the reports since the best value, and what is too little to count", () => {
    expect(verdict(patience({ reports: 2 }), [3, 2, 2])).toBeUndefined();
    expect(verdict(patience({ reports: 2 }), [3, 2, 2, 4])).toBe("nothing better than 2 in 2 reports up to step 4");
    expect(verdict(patience({ reports: 2 }), [3, 2, 2, 1.9])).toBeUndefined();
    expect(verdict(patience({ reports: 2, minDelta: 0.2 }), [3, 2, 2, 1.9])).toBe("nothing better than 2 in 2 reports up to step 4");
    expect(verdict(patience({ reports: 1 }), [1, 2], { direction: "maximize" })).toBeUndefined();
    expect(verdict(patience({ reports: 1 }), [Infinity, Infinity])).toBe("nothing better than Infinity in 1 reports up to step 2");
  });

  it("asks its rule only where patience is at its end", () => {
    const rule = median({ startupTrials: 1 });
    const history = past([1, 1, 1]);
    expect(verdict(patience({ reports: 1, rule }), [9, 8], { history })).toBeUndefined();
    expect(verdict(patience({ reports: 1, rule }), [9, 9], { history })).toBe(
      "nothing better than 9 in 1 reports up to step 2; median: 9, its best up to step 2, is worse than 1, the median of 1 trials",
    );
    expect(verdict(patience({ reports: 1, rule }), [0.5, 0.5], { history })).toBeUndefined();
    expect(patience({ reports: 1, rule }).options).toEqual({
      reports: 1,
      minDelta: 0,
      rule: { name: "median", options: { startupTrials: 1, warmupSteps: 0, interval: 1 } },
    });
  });
});

describe("successiveHalving()", () => {
  const halving = successiveHalving({ factor: 2 });

  it("lets the best half go on from rung to rung, and judges between rungs nobody", () => {
    const history = past([1, 1, 1, 1], [2, 2, 2, 2], [3]);
    expect(verdict(halving, [2.5], { history })).toBe("2.5 at step 1 is not among the best 2 of 4 trials at rung 1");
    expect(verdict(halving, [2], { history })).toBeUndefined();
    expect(verdict(halving, [2, 1.5], { history })).toBe("1.5 at step 2 is not among the best 1 of 3 trials at rung 2");
    expect(verdict(halving, [2, 1.5, 99], { history })).toBeUndefined();
  });

  it("takes the first report at or after a rung, of a trial and of the others", () => {
    const sparse = past([1, 1], [2, 2]).map((trial) => ({ ...trial, steps: [3, 5] }));
    expect(verdict(halving, [5], { history: sparse, steps: [5] })).toContain("at rung 4");
    expect(verdict(halving, [5], { history: past([1]), steps: [5] })).toBeUndefined();
    expect(verdict(halving, [1, 5], { history: sparse, steps: [5, 7] })).toBeUndefined();
  });

  it("counts trials that were stopped later, and keeps the first ones", () => {
    const pruned = past([1, 9]).map((trial) => ({ ...trial, state: "pruned" as const, value: null }));
    expect(verdict(halving, [9], { history: [] })).toBeUndefined();
    expect(verdict(halving, [9], { history: pruned })).toContain("the best 1 of 2 trials");
  });

  it("stops nobody at the last step", () => {
    const history = past([1, 1, 1, 1]);
    expect(verdict(successiveHalving({ factor: 2, maxSteps: 4 }), [1, 1, 1, 9], { history })).toBeUndefined();
    expect(verdict(halving, [1, 1, 1, 9], { history })).toContain("at rung 4");
    expect(() => successiveHalving({ minSteps: 3, maxSteps: 2 })).toThrow("maxSteps must be an integer of at least 3; got 2.");
  });
});

describe("hyperband()", () => {
  it("fills the brackets by trial number as Hyperband does, in turns", () => {
    // Li et al. (2018), table 1: R = 81, η = 3.
    const turns = bracketTurns(5, 3);
    expect([0, 1, 2, 3, 4].map((bracket) => turns.filter((turn) => turn === bracket).length)).toEqual([81, 34, 15, 8, 5]);
    // No bracket waits for long: ten trials are shared out as all are, to one more or less.
    expect([0, 1, 2, 3, 4].map((bracket) => turns.slice(0, 10).filter((turn) => turn === bracket).length)).toEqual([6, 2, 1, 1, 0]);
  });

  it("compares a trial with those of its bracket, at the bracket's rungs", () => {
    const band = hyperband({ maxSteps: 9 });
    const turns = bracketTurns(3, 3);
    expect(turns).toHaveLength(17);
    const [early, late, never] = [0, 1, 2].map((bracket) => 17 + turns.indexOf(bracket)) as [number, number, number];
    const history = Array.from({ length: 17 }, (_, number) => ({ ...(past([1, 1, 1])[0] as ReportedTrial), number }));
    expect(verdict(band, [2], { history, number: early })).toBe(
      `2 at step 1 is not among the best ${Math.floor(10 / 3)} of 10 trials of bracket 1 of 3 at rung 1`,
    );
    expect(verdict(band, [2], { history, number: late })).toBeUndefined();
    expect(verdict(band, [2, 2, 2], { history, number: late })).toContain("of bracket 2 of 3 at rung 3");
    expect(verdict(band, [2, 2, 2], { history, number: never })).toBeUndefined();
    const other = history.filter((trial) => turns[trial.number] !== 0);
    expect(verdict(band, [2], { history: other, number: early })).toBeUndefined();
  });

  it("is checked", () => {
    expect(() => hyperband({ maxSteps: 2, minSteps: 3 })).toThrow("hyperband(): maxSteps must be an integer of at least 3; got 2.");
    expect(() => hyperband(undefined as never)).toThrow("hyperband(): options must be an object with maxSteps, minSteps, factor");
  });
});

describe("wilcoxon()", () => {
  const best = [1, 5, 2, 8, 3];
  const history = past([9, 9, 9, 9, 9], best, [9, 9, 9, 9, 4]);
  const worseBy = (by: number, count: number): number[] => best.slice(0, count).map((value, at) => value + by + at / 10);

  it("stops a trial that the signed ranks tell from the best one, and says how sure it is", () => {
    expect(verdict(wilcoxon(), worseBy(1, 3), { history })).toBeUndefined();
    expect(verdict(wilcoxon(), worseBy(1, 4), { history })).toBe(
      "worse than trial 1, the best so far, on the 4 steps that both reported (p = 0.063)",
    );
    expect(verdict(wilcoxon({ pThreshold: 0.05 }), worseBy(1, 4), { history })).toBeUndefined();
    expect(verdict(wilcoxon({ startupSteps: 5 }), worseBy(1, 4), { history })).toBeUndefined();
    expect(verdict(wilcoxon(), best, { history })).toBeUndefined();
    expect(verdict(wilcoxon(), worseBy(-2, 5), { history })).toBeUndefined();
  });

  it("goes on where the mean keeps up, whatever the ranks say", () => {
    const many = past([...best, 20, 5, 6]);
    const values = [...worseBy(1, 5), -10, 6, 7];
    expect(verdict(wilcoxon({ pThreshold: 0.5 }), values, { history: many })).toBeUndefined();
  });

  it("pairs by step", () => {
    const gaps = { history, steps: [2, 4, 5, 7] };
    expect(verdict(wilcoxon({ pThreshold: 0.2 }), [6, 9.1, 4.2, 0], gaps)).toContain("on the 3 steps that both reported (p = 0.13)");
  });
});

describe.each<[string, (options: never) => Pruner, Readonly<Record<string, readonly unknown[]>>]>([
  ["median", median, { startupTrials: [0, 1.5, "5"], warmupSteps: [-1, null], interval: [0], trials: [1] }],
  ["percentile", percentile, { percentile: [-1, 101, Number.NaN], startupTrials: [0] }],
  ["threshold", threshold, { lower: [Infinity, "0"], upper: [Number.NaN], warmupSteps: [-1] }],
  ["patience", patience, { reports: [0, 1.5], minDelta: [-1], rule: ["median", {}] }],
  ["successiveHalving", successiveHalving, { minSteps: [0], factor: [1, 2.5], maxSteps: [0] }],
  ["hyperband", hyperband, { maxSteps: [0, Infinity], minSteps: [0], factor: [1] }],
  ["wilcoxon", wilcoxon, { pThreshold: [-0.1, 2], startupSteps: [0] }],
])("the options of %s()", (name, make, wrong) => {
  const needed = { percentile: { percentile: 25 }, threshold: { upper: 1 }, patience: { reports: 2 }, hyperband: { maxSteps: 9 } };
  const whole = (needed as Readonly<Record<string, object>>)[name] ?? {};

  it.each(Object.entries(wrong).flatMap(([option, all]) => all.map((value) => [option, value] as const)))(
    "refuse %s: %s",
    (option, value) => {
      expect(() => make({ ...whole, [option]: value } as never)).toThrow(new RegExp(`^${name}\\(\\): .*\\b${option}\\b`));
    },
  );
});
