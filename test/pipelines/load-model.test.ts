import { describe, expect, it } from "vitest";
import { type Json, loadModel, type SvmModel, type SvmOptions, svm } from "hpo";
import type { Answer } from "#hpo/core/estimator";
import { rng } from "#hpo/math/rng";
import { type ClassTable, classTable, readTable } from "../table-data.ts";
import { expectEveryMemberIsRead, fuzzSaved, refusal, spoilt, type Spoilt, type Tree } from "../models/saved-model.ts";

const studies = new URL("../../studies/data/", import.meta.url).pathname;
const iris = readTable(`${studies}iris.csv.gz`);
const wine = readTable(`${studies}wine.csv.gz`);
const context = { rng: rng(0), signal: new AbortController().signal };

function fitted(table: ClassTable, options: SvmOptions, rows?: readonly number[], answer: Answer = "scores"): Promise<SvmModel> {
  const all = rows ?? [...Array(table.data.rows).keys()];
  const input = { data: table.data, target: table.target, rows: Uint32Array.from(all), weights: null };
  return svm(options).fit(input, { ...context, answer });
}

function rowsOf({ data }: ClassTable): { data: ClassTable["data"]; rows: Uint32Array } {
  return { data, rows: Uint32Array.from({ length: data.rows }, (_, row) => row) };
}

const few = [0, 3, 9, 50, 55, 70, 100, 120, 149];
const saved = JSON.stringify((await fitted(iris, { kernel: "rbf", C: 1, gamma: 2 }, few)).toJSON());
const likely = JSON.stringify((await fitted(iris, { kernel: "rbf", C: 1, gamma: 2 }, few, "probabilities")).toJSON());

describe("loadModel()", () => {
  it("gives back the model, bit by bit, from its text", async () => {
    const twoClasses = classTable(
      [...Array(40).keys()].map((at) => [Math.sin(at), Math.cos(at * at)]),
      [...Array(40).keys()].map((at) => (Math.sin(at) > 0.2 ? "yes" : "no")),
      "f64",
    );
    for (const [table, model] of [
      [iris, await fitted(iris, { kernel: "rbf", C: 10 })],
      [wine, await fitted(wine, { kernel: "linear", C: 0.3 })],
      [wine, await fitted(wine, { kernel: "rbf", C: 1e6, gamma: 1e-3, maxIterations: 5 })],
      [twoClasses, await fitted(twoClasses, { kernel: "rbf", C: 3 })],
      [iris, await fitted(iris, { kernel: "rbf", C: 1 }, [60, 61])],
      [iris, await fitted(iris, { kernel: "rbf", C: 1 }, [149, 60, 2])],
      [iris, await fitted(iris, { kernel: "rbf", C: 1, gamma: 1 }, undefined, "probabilities")],
      [twoClasses, await fitted(twoClasses, { kernel: "linear", C: 3 }, undefined, "probabilities")],
    ] as const) {
      const text = JSON.stringify(model.toJSON());
      const loaded = loadModel(JSON.parse(text) as Json, "svm");
      expect(JSON.stringify(loaded.toJSON())).toBe(text);
      const input = rowsOf(table);
      expect(loaded.predict(input)).toEqual(model.predict(input));
      expect(loaded.predictScores(input)).toEqual(model.predictScores(input));
      expect(loaded.decisionValues(input)).toEqual(model.decisionValues(input));
      expect(loaded.predictProbabilities?.(input)).toEqual(model.predictProbabilities?.(input));
      const { pairs, classes, supports, warnings } = model;
      expect({ pairs: loaded.pairs, classes: loaded.classes, supports: loaded.supports, warnings: loaded.warnings }).toEqual({
        pairs,
        classes,
        supports,
        warnings,
      });
    }
  });

  it("names the member that is wrong, what it must be, and what came", () => {
    const first = (model: Tree): Tree => (model["pairs"] as Tree[])[0] as Tree;
    const own: readonly Spoilt[] = [
      [(m) => void delete m["pairs"], /pairs must be present/],
      [(m) => void (m["kernel"] = { kind: "cubic", gamma: 1 }), /one of "rbf", "linear", "poly", "sigmoid", "precomputed"; got "cubic"/],
      [(m) => void (m["kernel"] = { kind: "poly", gamma: 1, coef0: 0 }), /kernel\.degree must be present/],
      [
        (m) => void (m["kernel"] = { kind: "poly", gamma: 1, coef0: 0, degree: 0 }),
        /kernel\.degree must be an integer from 1 to 100; got 0/,
      ],
      [
        (m) => void (m["kernel"] = { kind: "poly", gamma: 1, coef0: 1, degree: 100 }),
        /vectors must be rows with kernel values of at most 1e\+30/,
      ],
      [(m) => void (m["kernel"] = { kind: "sigmoid", gamma: 1, coef0: "0" }), /kernel\.coef0 must be a finite number/],
      [(m) => void (m["kernel"] = { kind: "precomputed" }), /rows must be below 4, the number of columns/],
      [(m) => void (m["classes"] = ["a", "a", "b"]), /classes must be different names/],
      [(m) => void (m["classes"] = ["a", "b"]), /rank must be a list, each an integer from -1 to 1/],
      [(m) => void (m["classes"] = []), /classes must be a list of at least 1/],
      [(m) => void (m["rank"] = [0, 0, 1]), /rank must be the places/],
      [(m) => void (m["rank"] = [-1, -1, -1]), /rank must be the places/],
      [(m) => void (m["rank"] = [0, 1]), /rank must be one number for each of the 3 classes/],
      [(m) => void (m["rank"] = [0, 1, -1]), /counts must be 0 for classes without training rows/],
      [(m) => void (m["counts"] = [1, 1, 1]), /rows\.u32 must be the base64 text of 3 numbers/],
      [(m) => void (m["counts"] = [1e9, 2e9, 2e9]), /rows\.u32 must be/],
      [(m) => void (m["rows"] = { f32: "" }), /there is no member rows\.f32; rows has u32/],
      [(m) => void ((m["pairs"] as unknown[]).length = 2), /pairs must be a list of 3/],
      [(m) => void (m["pairs"] = {}), /pairs must be a list of 3/],
      [(m) => void (first(m)["second"] = 2), /pairs\[0\]\.second must be one of 1; got 2/],
      [(m) => void (first(m)["offset"] = null), /pairs\[0\]\.offset must be a finite number; got null/],
      [(m) => void (first(m)["coefficients"] = [1]), /pairs\[0\]\.coefficients must be an object with f64/],
      [(m) => void (m["probabilities"] = 1), /probabilities must be true or false; got 1/],
      [(m) => void (m["probabilities"] = true), /pairs\[0\]\.curve must be present/],
      [(m) => void (first(m)["curve"] = { slope: -1, offset: 0 }), /there is no member pairs\[0\]\.curve/],
      [
        (m) => {
          m["probabilities"] = true;
          first(m)["curve"] = { slope: null, offset: 0 };
        },
        /pairs\[0\]\.curve\.slope must be a finite number; got null/,
      ],
    ];
    for (const [change, message] of [...spoilt, ...own]) expect(refusal(saved, change)).toMatch(message);
  });

  it("reads every member", () => {
    expectEveryMemberIsRead(saved);
    expectEveryMemberIsRead(likely);
  });

  it("refuses texts that are nearly base64", () => {
    for (const change of [
      (text: string) => `${text.slice(0, -4)}\n${text.slice(-3)}`,
      (text: string) => `-${text.slice(1)}`,
      (text: string) => `${text}====`,
      (text: string) => text.slice(4),
    ]) {
      expect(refusal(saved, (m) => void ((m["rows"] as Tree)["u32"] = change((m["rows"] as Tree)["u32"] as string)))).toMatch(
        /rows\.u32 must be/,
      );
    }
  });

  it("lets no member reach a prototype", () => {
    const evil = saved.replace('"kind":"svm"', '"kind":"svm","__proto__":{"polluted":1}');
    expect(() => loadModel(JSON.parse(evil) as Json)).toThrow("there is no member __proto__");
    const inherited = Object.create(JSON.parse(saved) as Tree) as Json;
    expect(() => loadModel(inherited)).toThrow("kind must be present");
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it("gives a model or one HpoError for any change of a saved one", () => {
    const input = rowsOf(iris);
    const { loaded, refused } = fuzzSaved(
      [saved, likely],
      (model) => {
        model.predict(input);
        if (model.kind !== "svm") return;
        model.decisionValues(input);
        model.predictProbabilities?.(input);
      },
      { numRuns: 2000, seed: 11 },
    );
    expect(loaded).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(1000);
  });

  it("says which kind it loaded, and refuses another than the one asked for", () => {
    const json = JSON.parse(saved) as Json;
    expect(loadModel(json).kind).toBe("svm");
    expect(loadModel(json, "svm").classes.length).toBe(3);
    expect(() => loadModel(json, "svr")).toThrow(/^loadModel\(\): kind must be one of "svr"; got "svm"\. Load what/);
    expect(() => loadModel(json, "tree" as "svr")).toThrow(
      /^loadModel\(\): kind must be one of "svm", "svr", "tunedThreshold", "pipeline"; got "tree"\.$/,
    );
  });
});

describe("a fitted svm's outputs", () => {
  it("are rows × pairs of decisions, with the pairs' names, that vote as predict does", async () => {
    const model = await fitted(iris, { kernel: "rbf", C: 10, gamma: 1 });
    const input = rowsOf(iris);
    const names = model.classes;
    expect(model.pairs).toEqual([
      [names[0], names[1]],
      [names[0], names[2]],
      [names[1], names[2]],
    ]);
    const values = model.decisionValues(input);
    expect(values.length).toBe(150 * 3);
    const predicted = model.predict(input);
    for (let row = 0; row < 150; row++) {
      const votes = new Map<string, number>();
      for (const [at, [a, b]] of model.pairs.entries()) {
        const winner = (values[row * 3 + at] as number) > 0 ? a : b;
        votes.set(winner, (votes.get(winner) ?? 0) + 1);
      }
      expect(votes.get(names[predicted[row] as number] as string)).toBe(2);
    }
  });

  it("name the support vectors: without the other rows the machine is the same", async () => {
    const options = { kernel: "rbf", C: 5, gamma: 1, tolerance: 1e-6 } as const;
    const model = await fitted(wine, options);
    const { rows, counts } = model.supports;
    expect(counts.reduce((a, b) => a + b, 0)).toBe(rows.length);
    expect(rows.length).toBeLessThan(150);
    let next = 0;
    for (const [code, count] of counts.entries()) {
      expect(count).toBeGreaterThan(0);
      for (const row of rows.slice(next, next + count)) expect(wine.target.codes[row]).toBe(code);
      next += count;
    }
    const again = await fitted(
      wine,
      options,
      [...rows].sort((a, b) => a - b),
    );
    const [one, two] = [model.decisionValues(rowsOf(wine)), again.decisionValues(rowsOf(wine))];
    // Twice the tolerance: each of the two solves stops within it.
    for (const [at, value] of one.entries()) expect(Math.abs(value - (two[at] as number))).toBeLessThan(1e-4);
  });

  it("tell an iteration limit", async () => {
    const model = await fitted(wine, { kernel: "rbf", C: 100, maxIterations: 3 });
    expect(model.warnings.length).toBeGreaterThan(0);
    expect(model.warnings[0]).toMatch(/iteration limit \(3\)/);
    expect((await fitted(wine, { kernel: "rbf", C: 100 })).warnings).toEqual([]);
  });
});
