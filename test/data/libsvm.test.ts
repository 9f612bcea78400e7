import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { libsvm } from "#hpo/data/libsvm";
import { dataFolder, labels, load, matrix, refusal } from "./data-folder.ts";

describe("libsvm()", () => {
  it("reads rows, comments, blank lines and what is not written as 0", async () => {
    const text = "# head\n+1 1:0.5 3:2e0 # first\n\n-1 2:-1\r\n1\n";
    const folder = dataFolder({ "a.svm": text, "b.gz": gzipSync(text) });
    const data = await load(libsvm("a.svm"), folder);
    expect(matrix(data)).toEqual([
      [0.5, 0, 2],
      [0, -1, 0],
      [0, 0, 0],
    ]);
    expect(labels(data)).toEqual(["1", "-1", "1"]);
    expect((await load(libsvm("b.gz"), folder)).fingerprint).toBe(data.fingerprint);
    expect((await load(libsvm("a.svm", { width: 5 }), folder)).features.width).toBe(5);
    expect((await load(libsvm("a.svm"), folder, "regression")).targets[0]).toMatchObject({ values: Float64Array.of(1, -1, 1) });
  });

  it("takes qid as the group", async () => {
    const data = await load(libsvm("a"), dataFolder({ a: "1 qid:7 1:1\n2 qid:7 1:2\n3 qid:4 1:3\n" }));
    expect(data.roles.group).toEqual({ codes: Int32Array.of(1, 1, 0), names: ["4", "7"] });
  });

  it("gives back what was written", async () => {
    const value = fc.oneof(fc.constant(0), fc.double({ noNaN: true, noDefaultInfinity: true }));
    const table = fc.array(fc.array(value, { minLength: 5, maxLength: 5 }), { minLength: 2, maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(table, async (rows) => {
        const lines = rows.map((row, at) => [at % 2, ...row.flatMap((one, i) => (one === 0 ? [] : [`${i + 1}:${one}`]))].join(" "));
        const data = await load(libsvm("a", { width: 5, precision: "f64" }), dataFolder({ a: lines.join("\n") }));
        expect(matrix(data)).toEqual(rows.map((row) => row.map((one) => one + 0)));
      }),
      { numRuns: 40, seed: 5 },
    );
  });

  it.each<[string, string, number | undefined, RegExp]>([
    ["an index of 0", "1 1:1\n2 0:1\n", 2, /indices must count from 1; got 0/],
    ["indices that descend", "1 1:1\n2 3:1 2:1\n", 2, /must ascend within a line; got 2 after 3/],
    ["an index that stands twice", "1 1:1 1:2\n", 1, /must ascend within a line; got 1 after 1/],
    ["a token that is no pair", "1 1:1\n\n2 x\n", 3, /index:value pairs; got "x"/],
    [
      "a value that is no number",
      "1 1:1\n2 1:abc\n",
      2,
      /line 2, column "x1": the value must be a number; got "abc"\. An entry that is left out is 0\./,
    ],
    ["a value that is infinite", "1 1:1\n2 1:1e999\n", 2, /must be finite; got "1e999"/],
    ["a label that is no number", "cat 1:1\n", 1, /must be a number; got "cat"\. A line must begin with its label/],
    ["several labels", "1,2 1:1\n", 1, /Several labels a row can't be read/],
    ["qid in some lines", "1 qid:1 1:1\n2 1:1\n", 2, /qid must stand in every line or in none/],
    ["one class only", "1 1:1\n1 1:2\n", undefined, /at least two classes; all 2 rows are "1"/],
    ["an empty file", "", undefined, /the file has none/],
    [
      "rows that are too wide to be held dense",
      "1 1:1\n2 2000000000:1\n",
      2,
      /must fit into 4 GiB; 2 rows × 2000000000 features take 14\.9 GiB \(largest index 2000000000\)/,
    ],
    ["no features", "1\n2\n", undefined, /at least one feature column/],
  ])("refuses %s", async (_, text, line, message) => {
    const error = await refusal(libsvm("a"), dataFolder({ a: text }));
    expect(error.code).toBe("DATA_INVALID");
    expect(error.message).toMatch(message);
    expect(error.data["line"]).toBe(line);
  });

  it("refuses an index beyond the width option", async () => {
    const error = await refusal(libsvm("a", { width: 2 }), dataFolder({ a: "1 1:1\n2 3:1\n" }));
    expect(error.message).toMatch(/line 2: indices must be at most the width option \(2\); got 3/);
  });

  it("refuses a width that is no integer", () => {
    expect(() => libsvm("a", { width: 1.5 })).toThrow(/^libsvm\(\): width must be an integer of at least 1; got 1.5\.$/);
  });
});
