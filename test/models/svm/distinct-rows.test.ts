import { inMemory, svm, svr } from "hpo";
import { distinctRows } from "#hpo/models/svm/distinct-rows";
import { rng } from "#hpo/math/rng";
import { describe, expect, it } from "vitest";

const features = Array.from({ length: 24 }, (_, i) => [Math.sin(i), Math.cos(3 * i)]);
const target = features.map(([a = 0, b = 0], i) => a + b * b + 0.3 * Math.sin(7 * i));
const drawn = Uint32Array.from([0, 1, 1, 2, 4, 4, 4, 5, 7, 9, 10, 10, 12, 13, 15, 15, 18, 20, 21, 23]);
const context = { rng: rng(0), signal: new AbortController().signal };
const all = Uint32Array.from({ length: 24 }, (_, row) => row);

describe("training rows that are named more than once", () => {
  it("count as often: the model is that of as many equal rows", async () => {
    for (const [task, kind] of [["classification", "class"] as const, ["regression", "number"] as const]) {
      const values = kind === "class" ? target.map((one) => (one > 0.5 ? "high" : "low")) : target;
      const load = (rows: ArrayLike<number>) =>
        inMemory({
          name: "rows",
          features: Array.from(rows, (row) => features[row] ?? []),
          target: kind === "class" ? Array.from(rows, (row) => values[row] as string) : Array.from(rows, (row) => values[row] as number),
          kind,
        }).load({ folder: ".", task });
      const options = { kernel: "rbf", gamma: 0.8, C: 2, tolerance: 1e-6 } as const;
      const estimator = kind === "class" ? svm({ ...options, classWeight: "balanced" }) : svr({ ...options, epsilon: 0.05 });
      const [once, copied] = [await load(all), await load(drawn)];
      const fit = async (data: typeof once, rows: Uint32Array) => {
        const [own] = data.targets;
        if (own === undefined) throw new TypeError("no target");
        return estimator.fit({ data, rows, target: own, weights: null }, context);
      };
      const model = await fit(once, drawn);
      const plain = await fit(
        copied,
        Uint32Array.from(drawn, (_, at) => at),
      );
      const scoresOf = (one: typeof model): Float64Array =>
        kind === "class" ? (one.predictScores?.({ data: once, rows: all }) ?? new Float64Array(0)) : one.predict({ data: once, rows: all });
      const [scores, expected] = [scoresOf(model), scoresOf(plain)];
      expect(scores.length).toBeGreaterThan(0);
      // Both are solved to 1e-6.
      for (const [at, value] of scores.entries()) expect(Math.abs(value - (expected[at] as number))).toBeLessThan(1e-4);
    }
  });

  it("are named once, with their weights together", async () => {
    const data = await inMemory({ name: "rows", features, target, kind: "number" }).load({ folder: ".", task: "regression" });
    const [own] = data.targets;
    if (own === undefined) throw new TypeError("no target");
    const { rows, weights } = distinctRows({ data, target: own, rows: Uint32Array.of(2, 2, 5), weights: Float64Array.of(0.5, 2, 3) });
    expect([[...rows], weights?.[2], weights?.[5], weights?.[0]]).toEqual([[2, 5], 2.5, 3, 0]);
    expect(distinctRows({ data, target: own, rows: Uint32Array.of(2, 5), weights: null })).toEqual({
      rows: Uint32Array.of(2, 5),
      weights: null,
    });
  });
});
