import { rng, type Rng } from "hpo";
import { type FoldDifference, meanDifference } from "#hpo/validation/racing/mean-difference";
import { raceLooks } from "#hpo/validation/racing/race-bounds";
import { describe, expect, it } from "vitest";

function fold(rows: Float64Array, more: Partial<FoldDifference> = {}): FoldDifference {
  const mean = rows.reduce((sum, one) => sum + one, 0) / rows.length;
  return { mean, rows, weights: null, groups: null, variance: () => 0, units: rows.length, ...more };
}

describe("meanDifference()", () => {
  it("has the standard error of a mean of rows from a finite population", () => {
    const stream = rng(1);
    const rows = Float64Array.from({ length: 600 }, () => stream.normal());
    const mean = rows.reduce((sum, one) => sum + one, 0) / 600;
    const variance = rows.reduce((sum, one) => sum + (one - mean) ** 2, 0) / 599;
    // Three folds with the same mean: rows alone tell the error.
    const folds = [0, 1, 2].map(() => fold(rows));
    const found = meanDifference(folds, 10);
    expect(found.difference).toBeCloseTo(mean, 12);
    expect(found.standardError).toBeCloseTo(Math.sqrt((((variance * 599) / 600) * (1800 / 1799) * 0.7) / 1800), 12);
  });

  it("takes the spread between folds where that is larger, and groups for single rows", () => {
    const apart = [0, 1, 2].map((level) => fold(Float64Array.from({ length: 50 }, (_, row) => level + (row % 2) / 100)));
    expect(meanDifference(apart, 10).standardError).toBeCloseTo(Math.sqrt((1 / 3) * 0.7), 10);
    const rows = Float64Array.from({ length: 60 }, (_, row) => (row < 30 ? 1 : -1));
    const groups = Int32Array.from({ length: 60 }, (_, row) => Math.floor(row / 10));
    const alone = meanDifference([fold(rows)], 10).standardError;
    const grouped = meanDifference([fold(rows, { groups, units: 6 })], 10).standardError;
    // Six groups whose means are ±1: s² = 6/5.
    expect(grouped).toBeCloseTo(Math.sqrt((6 / 5 / 6) * 0.9), 10);
    expect(alone).toBeLessThan(grouped / 2);
  });

  it("weighs rows as the metric does", () => {
    const weighted = fold(Float64Array.of(1, 0, 0, 5), { weights: Float64Array.of(1, 1, 1, 0), mean: 1 / 3 });
    // The row of weight 0 adds nothing but one to the number of rows.
    const squares = (2 / 9) ** 2 + 2 * (1 / 9) ** 2;
    expect(meanDifference([weighted], 2).standardError).toBeCloseTo(Math.sqrt(squares * (4 / 3) * 0.5), 12);
  });

  it("is not sure of few rows, however alike they are, nor of what is not a number", () => {
    const five = meanDifference([fold(new Float64Array(5).fill(1))], 10);
    expect(five.standardError).toBe(0);
    expect(five.deviate).toBeCloseTo(1.8627, 3);
    expect(meanDifference([fold(new Float64Array(3000).fill(1))], 10).deviate).toBe(Infinity);
    expect(meanDifference([fold(new Float64Array(5))], 10).deviate).toBe(0);
    expect(meanDifference([fold(Float64Array.of(-1, -1))], 10).deviate).toBe(0);
    expect(meanDifference([fold(Float64Array.of(1, Number.NaN))], 10).deviate).toBeNaN();
    // One row that tells two trials apart decides nothing.
    expect(meanDifference([fold(Float64Array.from({ length: 40 }, (_, row) => (row === 3 ? 1 : 0)))], 5).deviate).toBeLessThan(1);
  });
});

/** Row differences whose mean over all rows is 0: a trial as good as its incumbent. */
const populations: Readonly<Record<string, (rows: number, stream: Rng) => Float64Array>> = {
  "few rows told apart": (rows) => signs(rows, 0.05),
  "many rows told apart": (rows) => signs(rows, 0.6),
  normal: (rows, stream) => centred(Float64Array.from({ length: rows }, () => stream.normal())),
  "skewed against it": (rows, stream) => centred(Float64Array.from({ length: rows }, () => stream.normal() ** 2)),
  "skewed for it": (rows, stream) => centred(Float64Array.from({ length: rows }, () => -(stream.normal() ** 2))),
  "heavy tails": (rows, stream) => centred(Float64Array.from({ length: rows }, () => stream.normal() ** 3)),
};

function signs(rows: number, share: number): Float64Array {
  const pairs = Math.round((rows * share) / 2);
  return Float64Array.from({ length: rows }, (_, row) => (row < pairs ? 1 : row < 2 * pairs ? -1 : 0));
}

function centred(values: Float64Array): Float64Array {
  const mean = values.reduce((sum, one) => sum + one, 0) / values.length;
  return values.map((value) => value - mean);
}

describe("a race by error spending", () => {
  const looks = raceLooks(10, 0.05);

  it.each(Object.entries(populations))("stops a trial as good as its incumbent in 5 of 100 races at most: %s", (name, make) => {
    const stream = rng(7).fork(name);
    const races = 1200;
    let stopped = 0;
    for (let one = 0; one < races; one++) {
      const rows = stream.shuffle(make(500, stream));
      const seen: FoldDifference[] = [];
      for (const [look, folds] of looks.folds.entries()) {
        while (seen.length < folds) seen.push(fold(rows.slice(50 * seen.length, 50 * (seen.length + 1))));
        if (!(meanDifference(seen, 10).deviate > (looks.bounds[look] as number))) continue;
        stopped++;
        break;
      }
    }
    // Three standard errors of a share of 0.05 at 1200 races are 0.019.
    expect(stopped / races).toBeLessThan(0.05 + 0.019);
  });

  it("is also on the safe side where folds differ by more than their rows do", () => {
    const stream = rng(8);
    const races = 1200;
    let stopped = 0;
    for (let one = 0; one < races; one++) {
      // The models of a fold err together; over all folds that is nothing.
      const shifts = centred(Float64Array.from({ length: 10 }, () => stream.normal()));
      const seen: FoldDifference[] = [];
      for (const [look, bound] of looks.bounds.entries()) {
        seen.push(
          fold(centred(Float64Array.from({ length: 50 }, () => stream.normal())).map((value) => value + 0.3 * (shifts[look] as number))),
        );
        if (!(meanDifference(seen, 10).deviate > bound)) continue;
        stopped++;
        break;
      }
    }
    expect(stopped / races).toBeLessThan(0.05 + 0.019);
  });
});

describe("raceLooks()", () => {
  it("looks after every fold but the last, or twenty times", () => {
    expect(raceLooks(5, 0.05).folds).toEqual([1, 2, 3, 4]);
    expect(raceLooks(150, 0.05).folds).toHaveLength(19);
    expect(raceLooks(150, 0.05).folds.at(-1)).toBe(143);
  });

  it("asks for much early and for less later", () => {
    const { bounds } = raceLooks(10, 0.05);
    expect(bounds[0]).toBeGreaterThan(5.5);
    expect([...bounds].sort((a, b) => b - a)).toEqual(bounds);
    expect(bounds.at(-1)).toBeGreaterThan(1.96);
  });
});
