import { readFileSync } from "node:fs";
import { accuracy, bootstrapEstimate, type Estimator, f1, inMemory, logLoss, mse, point632Plus, rng, svm } from "hpo";
import { noInformationError, outOfBagError } from "#hpo/validation/bootstrap-error";
import { describe, expect, it } from "vitest";
import { nearestCentroid } from "../fixtures/nearest-centroid.ts";
import { ridge } from "../fixtures/ridge.ts";

interface OracleCase {
  readonly name: string;
  readonly truth: readonly number[];
  readonly own: readonly number[];
  readonly samples: readonly { readonly rows: readonly number[]; readonly losses: readonly number[] }[];
  readonly resubstitution: number;
  readonly outOfBag: number;
  readonly noInformation: number;
  readonly overfitting: number;
  readonly point632: number;
  readonly point632Plus: number;
}

const oracle: readonly OracleCase[] = JSON.parse(readFileSync(new URL("../oracle/bootstrap_error_oracle.json", import.meta.url), "utf8"));

describe("the .632+ estimate", () => {
  it.each(oracle)("is that of scikit-learn's models by the paper's other formulas: $name", (expected) => {
    const rows = expected.truth.length;
    const samples = expected.samples.map((one) => ({ rows: Uint32Array.from(one.rows), losses: Float64Array.from(one.losses) }));
    const { error, tested } = outOfBagError(rows, samples);
    expect(error).toBeCloseTo(expected.outOfBag, 13);
    expect(tested).toBe(new Set(expected.samples.flatMap((one) => one.rows)).size);
    const loss = (a = 0, b = 0): number => (expected.name === "line" ? (a - b) ** 2 : Number(a !== b));
    const noInformation = noInformationError(rows, (shift) =>
      Float64Array.from(expected.truth, (truth, row) => loss(truth, expected.own[(row + shift) % rows])),
    );
    expect(noInformation).toBeCloseTo(expected.noInformation, 13);
    const estimate = point632Plus({ resubstitution: expected.resubstitution, outOfBag: error, noInformation });
    expect(estimate.point632).toBeCloseTo(expected.point632, 13);
    expect(estimate.overfitting).toBeCloseTo(expected.overfitting, 13);
    expect(estimate.point632Plus).toBeCloseTo(expected.point632Plus, 13);
  });

  it("is a half for a nearest neighbour of noise in two equal classes, where .632 has 0.316", () => {
    const { point632, point632Plus: plus, overfitting } = point632Plus({ resubstitution: 0, outOfBag: 0.5, noInformation: 0.5 });
    expect([point632, overfitting]).toEqual([0.316, 1]);
    expect(plus).toBeCloseTo(0.5, 14);
  });

  it("is the .632 estimate where nothing is overfitted, and refuses what is no number", () => {
    expect(point632Plus({ resubstitution: 0.3, outOfBag: 0.2, noInformation: 0.5 })).toMatchObject({
      overfitting: 0,
      point632Plus: 0.368 * 0.3 + 0.632 * 0.2,
    });
    expect(() => point632Plus({ resubstitution: 0, outOfBag: Number.NaN, noInformation: 1 })).toThrow(
      "outOfBag must be a finite number; got NaN.",
    );
  });
});

/** Says the class of the nearest training row, as it stands. */
function nearestRow(): Estimator {
  const { traits } = nearestCentroid({ shrink: 0 });
  return {
    name: "nearestRow",
    task: "classification",
    traits,
    options: {},
    fit: async ({ data, rows, target }) => {
      if (data.features.kind !== "dense" || target.kind !== "class") throw new TypeError("unexpected data");
      const { values, stride, width } = data.features;
      const apart = (a: number, b: number): number => {
        let sum = 0;
        for (let j = 0; j < width; j++) sum += ((values[a * stride + j] as number) - (values[b * stride + j] as number)) ** 2;
        return sum;
      };
      return {
        predict: ({ rows: asked }) =>
          Float64Array.from(asked, (row) => {
            let near = rows[0] as number;
            for (const other of rows) if (apart(row, other) < apart(row, near)) near = other;
            return target.codes[near] as number;
          }),
        toJSON: () => null,
        dispose: () => undefined,
      };
    },
  };
}

/** Two classes, `shift` standard deviations apart on each of two axes. */
function twoClasses(rows: number, shift: number, seed: number) {
  const random = rng(seed);
  const target = Array.from({ length: rows }, (_, row) => `class ${row % 2}`);
  const features = target.map((_, row) => [random.normal() + (row % 2) * shift, random.normal() + (row % 2) * shift]);
  return inMemory({ name: "two", features, target });
}

describe("bootstrapEstimate()", () => {
  it("tells what the model is worth on new rows, where its own rows tell nothing", async () => {
    const metric = accuracy();
    let [plus, plain] = [0, 0];
    for (let seed = 0; seed < 25; seed++) {
      const estimate = await bootstrapEstimate({ data: twoClasses(40, 0, seed), model: nearestRow(), metric, samples: 25, seed });
      expect(estimate.resubstitution).toBe(1);
      expect(estimate.testedRows).toBe(40);
      plus += estimate.value / 25;
      plain += estimate.point632 / 25;
    }
    // Truth: 0.5. An estimate from 40 rows has a standard deviation of about 0.08, the mean of 25 one of 0.016.
    expect(Math.abs(plus - 0.5)).toBeLessThan(0.06);
    expect(plain).toBeGreaterThan(0.64);
  });

  it("is as right for a model that does not overfit", async () => {
    const metric = accuracy();
    let mean = 0;
    for (let seed = 0; seed < 25; seed++) {
      const model = nearestCentroid({ shrink: 0 });
      mean += (await bootstrapEstimate({ data: twoClasses(40, 1, seed), model, metric, samples: 25, seed })).value / 25;
    }
    // Truth: Φ(√2 / 2) = 0.760 with known centres, 0.75 with those of 20 rows a class.
    expect(Math.abs(mean - 0.752)).toBeLessThan(0.04);
  });

  it("follows the unit of the metric, and takes regressions and scores", async () => {
    const features = Array.from({ length: 30 }, (_, i) => [i, (i * 7) % 11]);
    const data = inMemory({
      name: "line",
      features,
      target: features.map(([a = 0, b = 0], i) => a / 2 - b / 4 + Math.sin(i)),
      kind: "number",
    });
    const line = await bootstrapEstimate({ data, model: ridge({ alpha: 0.1 }), metric: mse(), samples: 20 });
    expect(line.resubstitution).toBeLessThan(line.value);
    expect(line.value).toBeLessThan(line.noInformation);
    const model = svm({ kernel: "rbf", gamma: 0.3, C: 1 });
    const loss = await bootstrapEstimate({ data: twoClasses(40, 1, 1), model, metric: logLoss(), samples: 8 });
    expect(loss.value).toBeGreaterThan(0.3);
    expect(loss.value).toBeLessThan(1);
    expect(loss.overfitting).toBeGreaterThanOrEqual(0);
  });

  it("refuses metrics that are no means over rows, and rows that hang together", async () => {
    const model = nearestCentroid({ shrink: 0 });
    const two = { name: "two", features: [[0], [1], [2], [3]], target: ["a", "b", "a", "b"] };
    await expect(bootstrapEstimate({ data: inMemory(two), model, metric: f1() })).rejects.toThrow(
      "bootstrapEstimate(): metric must be a mean of one number a row, such as accuracy() or mse(); got f1().",
    );
    const grouped = inMemory({ ...two, group: ["p", "p", "q", "q"] });
    await expect(bootstrapEstimate({ data: grouped, model, metric: accuracy() })).rejects.toThrow(
      "those of two have groups. Cross-validate them",
    );
  });
});
