import { describe, expect, it } from "vitest";
import { HpoError, type Json, loadModel, type SvrModel, type SvrOptions, svr } from "hpo";
import { rng } from "#hpo/math/rng";
import { expectEveryMemberIsRead, fuzzSaved, putBytes, refusal, spoilt, type Spoilt, type Tree } from "../saved-model.ts";
import { regressionTable, type RegressionTable } from "./regression-table.ts";

const random = rng(5);
const rows = Array.from({ length: 300 }, () => Array.from({ length: 4 }, () => random.uniform() - 0.5));
const targetOf = ([x = 0, y = 0, z = 0]: readonly number[]): number => Math.sin(5 * x) - 2 * y ** 2 + z;
const table = regressionTable(rows, rows.map(targetOf));
const odd = regressionTable(
  [
    [-0, 1e-42],
    [1e-20, -0],
    [3, 1 / 3],
    [0.1, -7],
  ],
  [-1e9, 3e9, 0, 1e-9],
);
const context = { rng: rng(0), signal: new AbortController().signal };

function rowsOf({ data }: RegressionTable): { data: RegressionTable["data"]; rows: Uint32Array } {
  return { data, rows: Uint32Array.from({ length: data.rows }, (_, row) => row) };
}

function fitted(of: RegressionTable, options: SvrOptions, most = of.data.rows): Promise<SvrModel> {
  const all = rowsOf(of);
  return svr(options).fit({ ...all, rows: all.rows.subarray(0, most), target: of.target, weights: null }, context);
}

const saved = JSON.stringify((await fitted(table, { kernel: "rbf", C: 10, gamma: 2 }, 40)).toJSON());
const linear = JSON.stringify((await fitted(table, { kernel: "linear", C: 1 }, 40)).toJSON());

describe("a saved svr", () => {
  it("comes back bit by bit from its text", async () => {
    for (const [of, model] of [
      [table, await fitted(table, { kernel: "rbf", C: 10 })],
      [table, await fitted(table, { kernel: "linear", C: 0.3, epsilon: 0 })],
      [table, await fitted(table, { kernel: "rbf", C: 1e6, gamma: 50, epsilon: 1e-4, maxIterations: 5 })],
      [table, await fitted(table, { kernel: "rbf", C: 1, epsilon: 100 })],
      [odd, await fitted(odd, { kernel: "linear", C: 1e9, tolerance: 10 })],
      [odd, await fitted(odd, { kernel: "rbf", C: 1e9, gamma: 1, tolerance: 10 })],
      [odd, await fitted(odd, { kernel: "rbf", C: 1 }, 1)],
    ] as const) {
      const text = JSON.stringify(model.toJSON());
      const loaded = loadModel(JSON.parse(text) as Json);
      expect(JSON.stringify(loaded.toJSON())).toBe(text);
      expect(loaded.kind).toBe("svr");
      expect(loaded.warnings).toEqual(model.warnings);
      const predicted = model.predict(rowsOf(of));
      expect(predicted.every(Number.isFinite)).toBe(true);
      expect(loaded.predict(rowsOf(of))).toEqual(predicted);
    }
  });

  it("names the member that is wrong, what it must be, and what came", () => {
    const own: readonly Spoilt[] = [
      [(m) => void (m["classes"] = []), /there is no member classes; a machine has kind/],
      [(m) => void (m["kind"] = "svm"), /there is no member count; a machine has kind/],
      [
        (m) => void (m["kernel"] = { kind: "poly", gamma: 1, coef0: 0, degree: 2 }),
        /kernel\.kind must be one of "rbf", "linear"; got "poly"/,
      ],
      [(m) => void (m["kernel"] = { kind: "precomputed" }), /kernel\.kind must be one of "rbf", "linear"; got "precomputed"/],
      [(m) => void (m["count"] = -1), /count must be an integer from 0/],
      [(m) => void (m["count"] = 3), /vectors\.f32 must be the base64 text of 12 numbers/],
      [(m) => void (m["count"] = 2 ** 31), /vectors\.f32 must be the base64 text of 8589934592 numbers/],
      [(m) => void (m["coefficients"] = [1]), /coefficients must be an object with f64/],
      [(m) => void (m["coefficients"] = { f64: "" }), /coefficients\.f64 must be the base64 text of \d+ numbers/],
      [(m) => putBytes(m, ["coefficients", "f64"], bytesOf(Number.NaN)), /coefficients must be finite numbers/],
      [(m) => putBytes(m, ["coefficients", "f64"], bytesOf(-Infinity)), /coefficients must be finite numbers/],
      [
        (m) => putBytes(m, ["coefficients", "f64"], bytesOf(-1e271)),
        /coefficients must be numbers whose sizes sum to at most 1e\+270; got 1e\+271/,
      ],
      [(m) => void (m["offset"] = "0"), /offset must be a finite number of at least -1e\+308 and at most 1e\+308; got "0"/],
      [(m) => void (m["offset"] = JSON.parse("1e999")), /offset must be a finite number/],
    ];
    for (const [change, message] of [...spoilt, ...own]) expect(refusal(saved, change)).toMatch(message);
  });

  it("is read member by member", () => {
    expectEveryMemberIsRead(saved);
    expectEveryMemberIsRead(linear);
  });

  it("lets no member reach a prototype, and keeps nothing of what was read", () => {
    const evil = saved.replace('"kind":"rbf"', '"kind":"rbf","__proto__":{"polluted":1}');
    expect(() => loadModel(JSON.parse(evil) as Json)).toThrow("there is no member kernel.__proto__");
    expect(() => loadModel(Object.create(JSON.parse(saved) as Tree) as Json)).toThrow("kind must be present");
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
    const json = JSON.parse(saved) as { kernel: { gamma: number }; warnings: string[] };
    const model = loadModel(json);
    json.kernel.gamma = Number.NaN;
    json.warnings.push("another");
    expect(JSON.stringify(model.toJSON())).toBe(saved);
  });

  it("gives finite values at the largest numbers that are read", () => {
    const huge = regressionTable([[1e15, 0, 0, 0]], [0]);
    const model = JSON.parse(linear) as Tree;
    Object.assign(model, { count: 2, offset: 1e308, vectors: { f32: base64(Float32Array.of(1e15, 0, 0, 0, 1e15, 0, 0, 0)) } });
    model["coefficients"] = { f64: base64(Float64Array.of(4e269, 5e269)) };
    const [value] = loadModel(model as Json).predict(rowsOf(huge));
    expect(Number.isFinite(value)).toBe(true);
  });

  it("is a model of finite values or one HpoError, after any change", () => {
    const input = rowsOf(table);
    const { loaded, refused } = fuzzSaved([saved, linear], (model) => expect(model.predict(input).every(Number.isFinite)).toBe(true), {
      numRuns: 2000,
      seed: 12,
    });
    expect(loaded).toBeGreaterThan(20);
    expect(refused).toBeGreaterThan(1000);
  });

  it("is no svm", () => {
    const json = JSON.parse(saved) as Json;
    expect(loadModel(json, "svr").predict(rowsOf(table)).length).toBe(300);
    expect(() => loadModel(json, "svm")).toThrow(HpoError);
    expect(() => loadModel(json, "svm")).toThrow(/^loadModel\(\): kind must be one of "svm"; got "svr"\./);
  });
});

function bytesOf(value: number): number[] {
  return [...Buffer.from(Float64Array.of(value).buffer)];
}

function base64(values: Float32Array | Float64Array): string {
  return Buffer.from(values.buffer).toString("base64");
}
