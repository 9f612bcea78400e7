import { createHash } from "node:crypto";
import { once } from "node:events";
import { Worker } from "node:worker_threads";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Dataset } from "#hpo/core/dataset";
import { inMemory, type InMemoryOptions } from "#hpo/data/in-memory";
import { requireComplete, requireNumbers } from "#hpo/data/requirements";
import { dense, labels, load, matrix, refusal } from "./data-folder.ts";

const small: InMemoryOptions = {
  name: "small",
  features: [
    [1, "a", 3],
    [null, "b", 5],
    [2, null, 4],
  ],
  columns: ["n", "c", "m"],
  categories: ["c"],
  target: ["u", "v", "u"],
  weight: [1, 2, 3],
  group: ["p", "q", "p"],
  fold: [0, 1, -1],
};

function arrays(data: Dataset): ArrayBufferView[] {
  const target = data.targets[0];
  return [
    dense(data).values,
    ...data.columns.flatMap((column) => (column.mask === null ? [] : [column.mask])),
    ...(target === undefined ? [] : [target.kind === "class" ? target.codes : target.values]),
    ...(data.roles.weight === null ? [] : [data.roles.weight]),
    ...(data.roles.group === null ? [] : [data.roles.group.codes]),
    ...(data.roles.fold === null ? [] : [data.roles.fold]),
  ];
}

describe("a data set", () => {
  it("lies in one shared memory, aligned to 64 bytes, without overlaps", async () => {
    const data = await load(inMemory(small));
    const views = arrays(data);
    expect(views).toHaveLength(7);
    let end = 0;
    for (const view of views.toSorted((a, b) => a.byteOffset - b.byteOffset)) {
      expect(view.buffer).toBe(data.memory.buffer);
      expect(view.byteOffset % 64).toBe(0);
      expect(view.byteOffset).toBeGreaterThanOrEqual(end);
      end = view.byteOffset + view.byteLength;
    }
    expect(data.dataEnd).toBeGreaterThanOrEqual(end);
    expect(dense(data).offset).toBe(dense(data).values.byteOffset);
    expect(Object.isFrozen(data) && Object.isFrozen(data.columns) && Object.isFrozen(data.roles)).toBe(true);
  });

  it("is shared with a worker thread, not copied", async () => {
    const data = await load(inMemory(small));
    const worker = new Worker(
      `const { parentPort, workerData } = require("node:worker_threads");
       const seen = Array.from(workerData.features.values);
       workerData.features.values[2] = 42;
       new Uint8Array(workerData.memory.buffer)[workerData.dataEnd - 1] = 9;
       parentPort.postMessage(seen);`,
      { eval: true, workerData: data },
    );
    const [seen] = (await once(worker, "message")) as [number[]];
    expect(seen.slice(0, 3)).toEqual([1, 0, 3]);
    expect(dense(data).values[2]).toBe(42);
    expect(new Uint8Array(data.memory.buffer)[data.dataEnd - 1]).toBe(9);
    await worker.terminate();
  });

  it("keeps its arrays when its memory grows", async () => {
    const data = await load(inMemory(small));
    data.memory.grow(10);
    expect(matrix(data)[0]).toEqual([1, 0, 3]);
  });

  it("has a fingerprint that covers values, names, targets, roles, scaling and precision, and not its name", async () => {
    const changes: Partial<InMemoryOptions>[] = [
      {},
      {
        features: [
          [1, "a", 3],
          [null, "b", 5],
          [2, null, 4.5],
        ],
      },
      {
        features: [
          [1, "a", 3],
          [0, "b", 5],
          [2, null, 4],
        ],
      },
      {
        features: [
          [1, "a", 3],
          [null, "z", 5],
          [2, null, 4],
        ],
      },
      { columns: ["n", "c", "k"] },
      { target: ["u", "v", "v"] },
      { target: ["u", "w", "u"] },
      { target: null },
      { weight: [1, 2, 4] },
      { group: ["p", "q", "r"] },
      { fold: [0, 1, 1] },
      { scale: "min-max" },
      { precision: "f64" },
    ];
    const all = await Promise.all(changes.map(async (change) => (await load(inMemory({ ...small, ...change }))).fingerprint));
    expect(new Set(all).size).toBe(changes.length);
    expect((await load(inMemory({ ...small, name: "other" }))).fingerprint).toBe(all[0]);
    expect(all[0]).toMatch(/^[0-9a-f]{64}$/);
  });

  it("has the documented fingerprint", async () => {
    const data = await load(inMemory({ name: "n", features: Float32Array.of(1, 2, 3, 4), width: 1, columns: ["a"], target: null }));
    const head =
      '{"columns":[{"kind":"number","levels":null,"missing":0,"name":"a"}],"features":{"kind":"dense","precision":"f32","width":1},' +
      '"format":1,"roles":{"fold":false,"group":null,"weight":false},"rows":4,"scaling":"none","targets":[]}\n';
    const bytes = new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer);
    expect(data.fingerprint).toBe(createHash("sha256").update(head).update(bytes).digest("hex"));
  });

  it("scales as (x − min) / (max − min) in 64 bits, whatever the number of rows and columns", async () => {
    const table = fc.tuple(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 40 }));
    await fc.assert(
      fc.asyncProperty(table, fc.infiniteStream(fc.double({ min: -1e6, max: 1e6, noNaN: true })), async ([width, rows], stream) => {
        const values = Float64Array.from({ length: rows * width }, () => stream.next().value as number);
        const data = await load(inMemory({ name: "t", features: values, width, target: null, scale: "min-max" }));
        const columns = Array.from({ length: width }, (_, column) => values.filter((_, at) => at % width === column));
        matrix(data).forEach((row, at) =>
          row.forEach((value, column) => {
            const all = columns[column] as Float64Array;
            const low = Math.min(...all);
            const high = Math.max(...all);
            expect(value).toBe(low === high ? 0 : Math.fround(((all[at] as number) - low) / (high - low)) + 0);
          }),
        );
      }),
      { numRuns: 40, seed: 11 },
    );
  });

  it("has equal values across the borders of blocks", async () => {
    const [rows, width] = [30_000, 5];
    const values = Float64Array.from({ length: rows * width }, (_, at) => at % 1013);
    const data = await load(inMemory({ name: "t", features: values, width, target: null }));
    expect(matrix(data).flat()).toEqual([...values]);
  });

  it("keeps one row, and a column without any value", async () => {
    const data = await load(inMemory({ name: "t", features: [[1, null]], target: [3], scale: "min-max" }), "/", "regression");
    expect(matrix(data)).toEqual([[0, Number.NaN]]);
    expect(data.columns[1]).toMatchObject({ missing: 1 });
  });
});

describe("inMemory()", () => {
  it("reads texts as classes and numbers by the task", async () => {
    const numbers = { name: "t", features: [[1], [2]], target: [0, 1] };
    expect(labels(await load(inMemory(numbers)))).toEqual(["0", "1"]);
    expect((await load(inMemory(numbers), "/", "regression")).targets[0]).toMatchObject({ kind: "number" });
    expect((await load(inMemory({ ...numbers, target: ["a", "b"] }), "/", "regression")).targets[0]).toMatchObject({ kind: "class" });
  });

  it.each<[string, Partial<InMemoryOptions>, RegExp]>([
    [
      "ragged rows",
      {
        features: [
          [1, "a", 3],
          [1, "a"],
        ],
      },
      /row 2: a row must have 3 values, as the first; got 2/,
    ],
    ["text in a numeric column", { categories: [] }, /row 1, column "c": the value must be a number; got "a"/],
    ["an unknown category", { categories: ["d"] }, /categories must name a column/],
    ["duplicate names", { columns: ["n", "c", "n"] }, /column "n": column names must differ/],
    ["no rows", { features: [], columns: [] as string[] }, /./],
    ["a target of other rows", { target: ["u", "v"] }, /column "y": there must be one value for each of the 3 rows of features; got 2/],
    ["a missing target", { target: ["u", null, "v"] }, /row 2, column "y": every row must have a target; 1 row has none \(row 2\)/],
    [
      "an infinite feature",
      {
        features: [
          [1, "a", Infinity],
          [1, "a", 2],
          [1, "a", 2],
        ],
      },
      /row 1, column "m": the value must be finite/,
    ],
    [
      "a width that does not divide",
      { features: new Float32Array(7), width: 2, categories: [] },
      /width must divide the number of values \(7\); got 2/,
    ],
  ])("refuses %s", async (_, change, message) => {
    const options = { ...small, ...change };
    await expect((async () => load(inMemory(options)))()).rejects.toThrow(message);
  });

  it("refuses an infinite target of a regression", async () => {
    const error = await refusal(inMemory({ name: "t", features: [[1], [2]], target: [1, Infinity] }), "/", "regression");
    expect(error.message).toMatch(/row 2, column "y": a target must be finite; got Infinity/);
  });
});

describe("requirements", () => {
  it("tells which columns miss values, how many, and the cure", async () => {
    const data = await load(inMemory(small));
    expect(() => requireComplete(data, "svm")).toThrow(
      'svm(): features must have no missing values; small has 2 (column "n" 1, "c" 1). Ignore these columns, remove the rows, put impute() before the model in a pipeline, or take a model that handles missing values.',
    );
    expect(() => requireComplete(data, "svm")).toThrow(expect.objectContaining({ code: "DATA_UNSUPPORTED" }));
  });

  it("tells which columns hold categories", async () => {
    const data = await load(inMemory(small));
    expect(() => requireNumbers(data, "svm")).toThrow(/^svm\(\): features must be numbers; small has categories in column "c"\./);
  });

  it("lets complete numbers pass", async () => {
    const data = await load(inMemory({ name: "t", features: [[1], [2]], target: ["a", "b"] }));
    expect(() => [requireComplete(data, "svm"), requireNumbers(data, "svm")]).not.toThrow();
  });
});
