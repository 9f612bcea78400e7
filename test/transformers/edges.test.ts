import { describe, expect, it } from "vitest";
import {
  HpoError,
  impute,
  inMemory,
  minMax,
  oneHot,
  ordinal,
  oversample,
  pca,
  robustScale,
  selectKBest,
  smote,
  standardize,
  subsample,
  type Transformer,
  varianceThreshold,
} from "hpo";
import type { FitInput } from "#hpo/core/estimator";
import { type Cell, freshContext, loadTable, trainingRows, valuesOf } from "../contract/transformer-contract.ts";

const all: readonly Transformer[] = [
  standardize(),
  minMax(),
  robustScale(),
  oneHot(),
  ordinal(),
  impute(),
  pca(),
  varianceThreshold(),
  selectKBest({ k: 1 }),
  selectKBest({ k: 1, score: "mutualInformation" }),
  subsample(),
  oversample(),
  smote(),
];

async function made(
  transformer: Transformer,
  features: readonly (readonly Cell[])[],
  trained: number = features.length,
): Promise<number[][]> {
  const columns = (features[0] ?? []).map((_, j) => `x${j + 1}`);
  const categories = columns.filter((_, j) => features.some((row) => typeof row[j] === "string"));
  const data = await loadTable({ features, columns, categories, classes: features.map((_, row) => (row % 2 === 0 ? "a" : "b")), trained });
  const input = trainingRows(data, trained);
  const transform = await transformer.fit(input, freshContext());
  transform.resample?.(input);
  return valuesOf(transform.apply({ data, rows: Uint32Array.from(features.keys()) }));
}

describe("transformers at their ends", () => {
  it("take one row, equal rows and one class", async () => {
    for (const transformer of all) {
      for (const [features, trained] of [
        [
          [
            [3, 5],
            [4, 6],
          ],
          1,
        ],
        [
          [
            [3, 5],
            [3, 5],
            [3, 5],
          ],
          3,
        ],
      ] as const) {
        const got = made(transformer, features, trained);
        if (transformer.name === "varianceThreshold") {
          await expect(got).rejects.toMatchObject({
            code: "DATA_UNSUPPORTED",
            message: expect.stringMatching(/at least one column must be left; none of 2 was\. Ask for less\.$/),
          });
        } else for (const row of await got) for (const value of row) expect(Number.isFinite(value), transformer.name).toBe(true);
      }
    }
  });

  it("bring a constant column to 0, or to the lowest", async () => {
    const features = [
      [3, 1],
      [3, 2],
      [3, 6],
    ];
    for (const transformer of [standardize(), robustScale()])
      expect((await made(transformer, features)).map(([first]) => first)).toEqual([0, 0, 0]);
    expect((await made(minMax({ low: -1 }), features)).map(([first]) => first)).toEqual([-1, -1, -1]);
    // 0.1 three times has a mean that is no sum of such: its spread is rounding.
    expect(await made(standardize(), [[0.1], [0.1], [0.1], [0.1], [0.1], [0.1]])).toEqual(
      Array.from({ length: 6 }, () => [expect.closeTo(0, 12)]),
    );
  });

  it("leave a column without any value as it is, and fill it with 0", async () => {
    const features = [
      [null, 1],
      [null, 2],
      [7, 3],
    ];
    for (const transformer of [standardize(), minMax(), robustScale()])
      expect((await made(transformer, features, 2)).map(([first]) => first)).toEqual([Number.NaN, Number.NaN, 7]);
    expect((await made(impute({ indicator: true }), features, 2)).map((row) => [row[0], row.at(-1)])).toEqual([
      [0, 1],
      [0, 1],
      [7, 0],
    ]);
    expect((await made(impute({ strategy: "constant", value: 4 }), features, 2)).map(([first]) => first)).toEqual([4, 4, 7]);
  });

  it("take numbers near the ends of 64-bit floats", async () => {
    const features = [
      [1e300, 1e-300],
      [-1e300, 3e-300],
      [5e299, 2e-300],
      [1.5e308, 1e-300],
      [1.5e308, 2e-300],
    ];
    for (const transformer of [standardize(), minMax(), robustScale()]) {
      for (const row of await made(transformer, features))
        for (const value of row) expect(Math.abs(value), transformer.name).toBeLessThan(1e3);
    }
  });

  it("say what gets too large for the data's precision", async () => {
    const recipe = inMemory({ name: "far", features: [[1], [1 + 1e-6], [3e38]], target: ["a", "b", "a"] });
    const data = await recipe.load({ folder: ".", task: "classification" });
    const input = { ...trainingRows(data, 2), weights: null };
    const transform = await minMax().fit(input, freshContext());
    const apply = (): unknown => transform.apply({ data, rows: Uint32Array.of(0, 2) });
    expect(apply).toThrow(HpoError);
    expect(apply).toThrow(/^minMax\(\): values must stay finite in single precision; column x1 of far gives .*\. Scale it down first\.$/);
  });

  it("refuse other kinds of columns than those in training, and unknown levels where asked to", async () => {
    const columns = ["x1", "x2"];
    const load = (features: readonly (readonly Cell[])[], categories: readonly string[]): ReturnType<typeof loadTable> =>
      loadTable({ features, columns, categories, classes: features.map((_, row) => (row === 0 ? "a" : "b")), trained: 1 });
    const words = await load(
      [
        ["red", 1],
        ["green", 2],
      ],
      ["x1"],
    );
    const numbers = await load(
      [
        [1, 1],
        [2, 2],
      ],
      [],
    );
    const others = await load(
      [
        ["blue", 1],
        ["red", 2],
      ],
      ["x1"],
    );
    const rows = Uint32Array.of(0, 1);
    const scale = await standardize().fit(trainingRows(words, 1), freshContext());
    expect(() => scale.apply({ data: numbers, rows })).toThrow(/^standardize\(\): column "x1" must hold categories, as in training\.$/);
    expect(() => scale.apply({ data: others, rows })).toThrow(
      /column "x1" must hold a category that it had in training; row 1 of table has "blue"\.$/,
    );
    // Levels are known by name, wherever another data set has them.
    expect(valuesOf(scale.apply({ data: others, rows: Uint32Array.of(1) }))).toEqual([[1, 1]]);
    const input: FitInput = trainingRows(words, 1);
    const zeros = await oneHot().fit(input, freshContext());
    expect(valuesOf(zeros.apply({ data: others, rows }))).toEqual([
      [0, 1],
      [1, 2],
    ]);
    const strict = await oneHot({ unknown: "error" }).fit(input, freshContext());
    expect(() => strict.apply({ data: words, rows })).toThrow(
      /^oneHot\(\): column "x1" must hold a category that it had in training; a row has "green"\.$/,
    );
    expect(valuesOf((await ordinal({ unknown: -5 }).fit(input, freshContext())).apply({ data: others, rows }))).toEqual([
      [-5, 1],
      [0, 2],
    ]);
  });

  it("refuse options that make no sense, in one sentence", async () => {
    const wrong: readonly (readonly [() => unknown, RegExp])[] = [
      [() => minMax({ low: 1, high: 1 }), /^minMax\(\): high must be above low \(1\); got 1\.$/],
      [() => robustScale({ from: 0.8 }), /^robustScale\(\): to must be above from \(0\.8\); got 0\.75\.$/],
      [
        () => pca({ components: 0 }),
        /^pca\(\): components must be an integer of at least 1, or a share of the variance between 0 and 1; got 0\.$/,
      ],
      [() => pca({ components: 2.5 }), /got 2\.5\.$/],
      [() => selectKBest({ k: 0 }), /^selectKBest\(\): k must be an integer of at least 1; got 0\.$/],
      [() => selectKBest({ k: 1, neighbours: 2 }), /neighbours must be given with the score "mutualInformation" alone\.$/],
      [() => impute({ value: 2 }), /value and level must be given with the strategy "constant" alone; got "mean"\.$/],
      [() => ordinal({ order: { x: ["a", "a"] } }), /^ordinal\(\): order of x must have different levels/],
      [() => standardize({ centre: true } as never), /^standardize\(\): there is no option centre; the options are center, scale\.$/],
    ];
    for (const [make, message] of wrong) expect(make).toThrow(message);
    await expect(
      made(pca({ components: 3 }), [
        [1, 2],
        [3, 4],
      ]),
    ).rejects.toThrow(/components must be at most the lesser of training rows \(2\) and columns \(2\); got 3\.$/);
    await expect(
      made(selectKBest({ k: 3 }), [
        [1, 2],
        [3, 4],
      ]),
    ).rejects.toThrow(/k must be an integer from 1 to the number of columns \(2\); got 3\.$/);
    await expect(made(ordinal({ order: { x1: ["a"] } }), [["a"], ["b"]])).rejects.toThrow(
      /order of x1 must have all its levels; "b" is not among them\.$/,
    );
    await expect(made(ordinal({ order: { x9: ["a"] } }), [["a"], ["b"]])).rejects.toThrow(
      /order must name columns of categories; x9 is none\.$/,
    );
  });
});
