import { describe, expect, it } from "vitest";
import { noiseRun } from "../../scripts/quality/noise-study.ts";

// The short form of the nested cases of `npm run quality -- estimates`.
const studies = 12;

describe("the nested estimate of a search led by its results, on pure noise", () => {
  it("has no bias where the best value has much, and an interval that covers the truth", async () => {
    let [best, nested, squares, missed] = [0, 0, 0, 0];
    const study = { signal: 0, rows: 100, trials: 15, sampler: "tpe", model: "line", outer: 5 } as const;
    // Together, since each waits for its writes now and then.
    for (const found of await Promise.all(Array.from({ length: studies }, (_, seed) => noiseRun(study, seed)))) {
      const { value, low, high } = found.nested ?? {};
      const off = (value ?? Number.NaN) - found.truth;
      best += (found.best - found.truth) / studies;
      nested += off / studies;
      squares += off * off;
      missed += (low ?? 1) <= found.truth && found.truth <= (high ?? 0) ? 0 : 1;
    }
    const error = Math.sqrt(squares) / studies;
    expect(best).toBeGreaterThan(0.05);
    expect(Math.abs(nested)).toBeLessThan(2.5 * error);
    // The bar of the long form, a quarter of the best's, is not refuted by so few.
    expect(Math.abs(nested)).toBeLessThan(best / 4 + 2 * error);
    expect(Math.abs(nested) + 2 * error).toBeLessThan(best);
    expect(missed).toBeLessThanOrEqual(1);
  }, 60_000);
});
