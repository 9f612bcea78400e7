import { describe, expect, it } from "vitest";
import { expectedHypervolume, improvementAt, openBoxes } from "#hpo/math/expected-hypervolume";
import { hypervolume } from "#hpo/math/hypervolume";
import { normalQuantile } from "#hpo/math/normal-distribution";
import { paretoFront } from "#hpo/math/pareto";
import { rng } from "#hpo/math/rng";

function randomFront(seed: number, count: number, objectives: number): number[][] {
  const stream = rng("front").fork(seed);
  const all = Float64Array.from({ length: count * objectives }, () => stream.uniform());
  return paretoFront(all, objectives).map((i) => [...all.subarray(i * objectives, (i + 1) * objectives)]);
}

const expectation = (
  front: readonly number[][],
  reference: readonly number[],
  mean: readonly number[],
  deviation: readonly number[],
): number => improvementAt(expectedHypervolume(openBoxes(front, reference)), mean, deviation, false);

/** What a point adds to a front, by the hypervolumes with and without it. */
function added(front: readonly number[][], reference: readonly number[], point: readonly number[]): number {
  return hypervolume(Float64Array.from([...front, point].flat()), reference) - hypervolume(Float64Array.from(front.flat()), reference);
}

describe("openBoxes", () => {
  it.each([
    [1, 5],
    [2, 12],
    [3, 12],
    [4, 8],
  ])("cut what a front leaves open within a box into boxes that do not overlap, for %i objectives", (objectives, count) => {
    for (let seed = 0; seed < 10; seed++) {
      const front = randomFront(seed, count, objectives);
      const reference = new Array<number>(objectives).fill(1.1);
      const { edges, lower, upper, count: boxes } = openBoxes(front, reference);
      const from = -0.3;
      let volume = 0;
      for (let box = 0; box < boxes; box++) {
        let one = 1;
        for (let j = 0; j < objectives; j++) {
          const at = (places: Int32Array): number => Math.max(from, edges[j]?.[places[box * objectives + j] as number] as number);
          one *= at(upper) - at(lower);
        }
        expect(one).toBeGreaterThan(0);
        volume += one;
      }
      const whole = (1.1 - from) ** objectives;
      expect(volume).toBeCloseTo(whole - hypervolume(Float64Array.from(front.flat()), reference), 12);
      if (objectives === 2) expect(boxes).toBe(front.length + 1);
    }
  });

  it("leave out what lies beyond the reference", () => {
    expect(openBoxes([[2, 0]], [1, 1]).count).toBe(1);
  });
});

describe("improvementAt", () => {
  it("is the improvement itself where values are certain", () => {
    for (const objectives of [1, 2, 3]) {
      const front = randomFront(3, 15, objectives);
      const reference = new Array<number>(objectives).fill(1.1);
      const stream = rng("certain");
      for (let i = 0; i < 20; i++) {
        const point = Array.from({ length: objectives }, () => 1.2 * stream.uniform() - 0.1);
        const value = expectation(front, reference, point, new Array<number>(objectives).fill(1e-9));
        // A deviation of 1e-9 moves the sides of boxes by that.
        expect(Math.abs(value - added(front, reference, point))).toBeLessThan(1e-8);
      }
    }
  });

  it("equals a fine numerical integral over the two normal distributions", () => {
    const front = randomFront(4, 10, 2);
    const reference = [1.1, 1.1];
    const [mean, deviation] = [
      [0.4, 0.3],
      [0.2, 0.35],
    ];
    // The midpoint rule on the probabilities of both values; 300² cells leave an error near 1/300 of the deviations' effect.
    const cells = 300;
    let sum = 0;
    for (let a = 0; a < cells; a++) {
      for (let b = 0; b < cells; b++) {
        const value = (j: number, i: number): number => (mean[j] as number) + (deviation[j] as number) * normalQuantile((i + 0.5) / cells);
        sum += added(front, reference, [value(0, a), value(1, b)]);
      }
    }
    const exact = expectation(front, reference, mean, deviation);
    expect(Math.abs(sum / cells ** 2 - exact)).toBeLessThan(0.004 * exact);
  });

  it("agrees with the mean of many draws for three objectives", () => {
    const front = randomFront(5, 12, 3);
    const reference = [1.1, 1.1, 1.1];
    const [mean, deviation] = [
      [0.3, 0.4, 0.2],
      [0.2, 0.1, 0.3],
    ];
    const stream = rng("draws");
    const draws = Array.from({ length: 4000 }, () =>
      added(
        front,
        reference,
        mean.map((one, j) => one + (deviation[j] as number) * stream.normal()),
      ),
    );
    const average = draws.reduce((total, one) => total + one, 0) / draws.length;
    const error = Math.sqrt(draws.reduce((total, one) => total + (one - average) ** 2, 0)) / draws.length;
    // The seed is fixed; 3 standard errors are passed by 3 in 1000 others.
    expect(Math.abs(expectation(front, reference, mean, deviation) - average)).toBeLessThan(3 * error);
  });

  it.each([1, 2, 3])("has the slopes of finite differences, for %i objectives", (objectives) => {
    const front = randomFront(6, 10, objectives);
    const reference = new Array<number>(objectives).fill(1.1);
    const mean = Array.from({ length: objectives }, (_, j) => 0.5 - 0.1 * j);
    const deviation = Array.from({ length: objectives }, (_, j) => 0.2 + 0.1 * j);
    const exact = expectedHypervolume(openBoxes(front, reference));
    improvementAt(exact, mean, deviation, true);
    const moved = (list: readonly number[], j: number, by: number): number[] => list.map((one, i) => (i === j ? one + by : one));
    for (let j = 0; j < objectives; j++) {
      const step = 1e-5;
      const byMean =
        expectation(front, reference, moved(mean, j, step), deviation) - expectation(front, reference, moved(mean, j, -step), deviation);
      const byDeviation =
        expectation(front, reference, mean, moved(deviation, j, step)) - expectation(front, reference, mean, moved(deviation, j, -step));
      expect(exact.byMean[j]).toBeCloseTo(byMean / (2 * step), 8);
      expect(exact.byDeviation[j]).toBeCloseTo(byDeviation / (2 * step), 8);
    }
  });

  it("falls smoothly to tiny values far behind the front, and is the whole box before it", () => {
    expect(expectation([[0, 0]], [1, 1], [3, 3], [0.1, 0.1])).toBeGreaterThan(0);
    expect(expectation([[0, 0]], [1, 1], [3, 3], [0.1, 0.1])).toBeLessThan(1e-80);
    expect(expectation([], [1, 1], [-1, -2], [1e-3, 1e-3])).toBeCloseTo(6, 9);
  });
});
