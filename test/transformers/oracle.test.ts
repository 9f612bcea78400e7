import { describe, expect, it } from "vitest";
import { impute, minMax, oneHot, ordinal, pca, robustScale, selectKBest, standardize, type Transformer, varianceThreshold } from "hpo";
import { anovaF } from "#hpo/transformers/anova-f";
import { mutualInformation } from "#hpo/transformers/mutual-information";
import { numberInformation, regressionF } from "#hpo/transformers/number-scores";
import { rng } from "#hpo/math/rng";
import { type Cell, freshContext, loadTable, trainingRows, valuesOf } from "../contract/transformer-contract.ts";
import { oracle, table } from "./tables.ts";

const { cases, classes, scores, trained } = oracle;

async function made(transformer: Transformer, features: readonly (readonly Cell[])[], count: number = trained): Promise<number[][]> {
  const asked = { ...table(features, count), classes: features.map((_, row) => String(classes[row])) };
  const data = await loadTable(asked);
  const transform = await transformer.fit(trainingRows(data, count), freshContext());
  return valuesOf(transform.apply({ data, rows: Uint32Array.from(features.keys()) }));
}

/** Relative to the largest value of the column: what rounding leaves of sums over 45 rows. */
function expectClose(got: readonly (readonly number[])[], name: string, tolerance = 1e-12): void {
  const width = got[0]?.length ?? 0;
  const all = cases[name] as readonly (readonly Cell[])[];
  const expected = name.startsWith("impute") ? all : all.map((row) => row.slice(0, width));
  expect(all[0]?.length).toBe(/^(standardize|minMax|robust)/.test(name) ? 6 : width);
  expect(got.length).toBe(expected.length);
  const sizes = expected[0]?.map((_, j) => Math.max(1e-300, ...expected.map((row) => Math.abs(Number(row[j]))))) ?? [];
  for (const [at, row] of got.entries()) {
    expect(row.length).toBe(sizes.length);
    for (const [j, value] of row.entries()) {
      const wanted = expected[at]?.[j] ?? null;
      if (wanted === null) expect(value, `${name} ${at} ${j}`).toBeNaN();
      else
        expect(Math.abs(value - Number(wanted)) / (sizes[j] as number), `${name} ${at} ${j}: ${value} ${wanted}`).toBeLessThan(tolerance);
    }
  }
}

describe("transformers, as scikit-learn's", () => {
  const { numbers, holes, repeated, categories, wide } = oracle;
  const cut = numbers.map((row) => row.slice(0, 4));
  // The last column has no value in the training rows: scikit-learn makes NaN of all others, here they stay.
  const seen = holes.map((row) => row.slice(0, 5));

  it.each<[string, Transformer, readonly (readonly Cell[])[]]>([
    ["standardize", standardize(), seen],
    ["standardize, not centred", standardize({ center: false }), seen],
    ["standardize, not scaled", standardize({ scale: false }), seen],
    ["minMax", minMax(), seen],
    ["minMax -2 3 clipped", minMax({ low: -2, high: 3, clip: true }), seen],
    ["robustScale", robustScale(), seen],
    ["robustScale 10 95", robustScale({ from: 0.1, to: 0.95 }), seen],
    ["impute mean", impute(), holes],
    ["impute median", impute({ strategy: "median" }), holes],
    ["impute mostFrequent", impute({ strategy: "mostFrequent" }), repeated],
    ["impute constant", impute({ strategy: "constant", value: -7.5 }), holes],
    ["impute mean indicator", impute({ indicator: true }), holes],
    ["oneHot", oneHot(), categories],
    ["oneHot first", oneHot({ drop: "first" }), categories],
    ["oneHot binary", oneHot({ drop: "binary" }), categories],
    ["ordinal", ordinal(), categories.map((row) => row.slice(1))],
    ["varianceThreshold", varianceThreshold(), numbers],
    ["varianceThreshold 1", varianceThreshold({ threshold: 1 }), holes.map((row) => row.slice(0, 5))],
    ["selectKBest anovaF", selectKBest({ k: 3 }), numbers],
  ])("%s", async (name, transformer, features) => {
    expectClose(await made(transformer, features), name);
  });

  it("impute fills categories by the level that most rows have", async () => {
    const asked = table(categories.map((row) => row.slice(0, 1)));
    const data = await loadTable(asked);
    const transform = await impute().fit(trainingRows(data, trained), freshContext());
    const levels = transform.columns[0]?.levels ?? [];
    const got = valuesOf(transform.apply({ data, rows: Uint32Array.from(categories.keys()) })).map(([code]) => levels[code as number]);
    expect(got).toEqual(cases["impute words"]);
  });

  // Eigenvectors of a covariance against singular vectors of the rows.
  it("pca", async () => {
    expectClose(await made(pca(), cut), "pca", 1e-9);
    expectClose(await made(pca({ components: 2, whiten: true }), cut), "pca 2 whitened", 1e-9);
    expectClose(await made(pca({ components: 6 }), wide, 10), "pca wide", 1e-9);
    const data = await loadTable(table(numbers));
    const scaled = await standardize().fit(trainingRows(data, trained), freshContext());
    const rows = valuesOf(scaled.apply({ data, rows: Uint32Array.from(numbers.keys()) }));
    expectClose(await made(pca({ components: 0.9 }), rows), "pca 0.9", 1e-9);
  });

  it("scores of columns", () => {
    const column = (j: number): Float64Array => Float64Array.from(cut.slice(0, trained), (row) => row[j] as number);
    const codes = Int32Array.from(classes.slice(0, trained));
    const all = [0, 1, 2, 3];
    for (const [j, expected] of (scores["anovaF"] ?? []).entries()) expect(anovaF(column(j), codes)).toBeCloseTo(expected, 9);
    for (const [j, expected] of (scores["regressionF"] ?? []).entries())
      expect(regressionF(column(j + 1), column(0))).toBeCloseTo(expected, 9);
    for (const neighbours of [3, 5]) {
      const found = all.map((j) => mutualInformation(column(j), codes, { neighbours, rng: rng(j) }));
      // Both add a noise of 1e-10, which moves no neighbour here.
      const numbersFound = [1, 2, 3].map((j) => numberInformation({ x: column(j), y: column(3) }, { neighbours, rng: rng(j) }));
      for (const j of [0, 1]) expect(numbersFound[j]).toBeCloseTo(scores[`numberInformation ${neighbours}`]?.[j] as number, 12);
      // Of a column with itself every distance is a tie but for the noise.
      expect(Math.abs((numbersFound[2] as number) - (scores[`numberInformation ${neighbours}`]?.[2] as number))).toBeLessThan(0.3);
      for (const j of all) expect(found[j]).toBeCloseTo(scores[`mutualInformation ${neighbours}`]?.[j] as number, 12);
    }
  });
});

describe("scores for a number", () => {
  it("come near the truth where it is known: two normal columns with a correlation", () => {
    for (const correlation of [0, 0.6, 0.9]) {
      const found = Array.from({ length: 5 }, (_, seed) => {
        const stream = rng(seed);
        const x = Float64Array.from({ length: 500 }, () => stream.normal());
        const y = x.map((value) => correlation * value + Math.sqrt(1 - correlation ** 2) * stream.normal());
        return numberInformation({ x, y }, { neighbours: 3, rng: stream });
      });
      const mean = found.reduce((a, b) => a + b, 0) / found.length;
      // I = −½ ln(1 − ρ²); the standard deviation of one estimate is about 0.04, and what is below 0 counts as 0.
      expect(Math.abs(mean + 0.5 * Math.log(1 - correlation ** 2))).toBeLessThan(0.06);
    }
  });

  it("take constant columns, lines and few rows", () => {
    const line = Float64Array.of(1, 2, 3, 4);
    expect(regressionF(line, line)).toBeGreaterThan(1e15);
    expect(regressionF(new Float64Array(4), line)).toBeNaN();
    expect(regressionF(Float64Array.of(1, 2), Float64Array.of(1, 2))).toBeNaN();
    expect(numberInformation({ x: Float64Array.of(1), y: Float64Array.of(1) }, { neighbours: 3, rng: rng(0) })).toBe(0);
    expect(Number.isFinite(numberInformation({ x: line, y: new Float64Array(4) }, { neighbours: 3, rng: rng(0) }))).toBe(true);
  });
});

describe("mutualInformation()", () => {
  it("comes near the truth where it is known: a normal column that is shifted for one of two classes", () => {
    // I = h(x) − h(x | y), h of the mixture of N(0, 1) and N(2, 1) by a sum over a fine grid.
    const density = (x: number): number => (Math.exp(-(x * x) / 2) + Math.exp(-((x - 2) ** 2) / 2)) / (2 * Math.sqrt(2 * Math.PI));
    let entropy = 0;
    for (let x = -10; x < 12; x += 1e-3) entropy -= density(x) * Math.log(density(x)) * 1e-3;
    const truth = entropy - 0.5 * Math.log(2 * Math.PI * Math.E);
    const found = Array.from({ length: 10 }, (_, seed) => {
      const stream = rng(seed);
      const codes = Int32Array.from({ length: 1000 }, (_unused, row) => row % 2);
      const x = Float64Array.from(codes, (code) => stream.normal() + 2 * code);
      return mutualInformation(x, codes, { neighbours: 3, rng: stream });
    });
    const mean = found.reduce((a, b) => a + b, 0) / 10;
    // Its standard deviation at 1000 rows is about 0.025.
    expect(Math.abs(mean - truth)).toBeLessThan(0.03);
    const noise = rng(1);
    const nothing = mutualInformation(
      Float64Array.from({ length: 1000 }, () => noise.normal()),
      Int32Array.from({ length: 1000 }, (_, row) => row % 2),
      {
        neighbours: 3,
        rng: noise,
      },
    );
    expect(nothing).toBeLessThan(0.06);
  });

  it("takes ties, constant columns and classes of one row", () => {
    const codes = Int32Array.from({ length: 60 }, (_, row) => row % 3);
    const tied = mutualInformation(
      Float64Array.from(codes, (code) => code),
      codes,
      { neighbours: 3, rng: rng(0) },
    );
    // Of the noise's size the classes are points far apart: the entropy of three even classes, ln 3.
    expect(tied).toBeCloseTo(Math.log(3), 1);
    expect(mutualInformation(new Float64Array(60), codes, { neighbours: 3, rng: rng(0) })).toBeLessThan(0.3);
    expect(mutualInformation(Float64Array.of(1, 2, 3), Int32Array.of(0, 1, 2), { neighbours: 3, rng: rng(0) })).toBe(0);
  });
});
