import { createHash } from "node:crypto";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import { stringify } from "csv-stringify/sync";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csv, type CsvOptions } from "#hpo/data/csv";
import { sharedData, sharedDataReason } from "../shared-data.ts";
import { loadText, refusalOf } from "./csv-text.ts";
import { counts, dataFolder, dense, labels, load, matrix, refusal } from "./data-folder.ts";

const studies = path.join(path.dirname(fileURLToPath(import.meta.url)), "../../studies");

/** Features without padding, as bytes. */
function featureHash(data: Awaited<ReturnType<typeof load>>): string {
  return createHash("sha256")
    .update(Float32Array.from(matrix(data).flat()))
    .digest("hex");
}

describe("csv() on the studies' data", () => {
  it("reads Landsat with its published shape, class counts and folds", async () => {
    const data = await load(
      csv("data/landsat.csv.gz", { target: "y", ignore: ["split"], fold: { file: "data/landsat-folds.csv.gz", column: "fold" } }),
      studies,
    );
    expect(data.name).toBe("landsat");
    expect([data.rows, data.features.width, dense(data).stride]).toEqual([6435, 36, 36]);
    expect(counts(labels(data))).toEqual({
      "cotton crop": 703,
      "damp grey soil": 626,
      "grey soil": 1358,
      "red soil": 1533,
      "vegetation stubble": 707,
      "very damp grey soil": 1508,
    });
    expect(matrix(data)[0]?.slice(0, 5)).toEqual([92, 115, 120, 94, 84]);
    expect(counts([...(data.roles.fold ?? [])].map(String))).toMatchObject({ 0: 644, 9: 643 });
  });

  // Oracle: numpy 1.24, ((X - X.min(0)) / (X.max(0) - X.min(0))).astype("<f4").tobytes(), SHA-256; equal there to
  // scikit-learn 1.2.1's MinMaxScaler().fit_transform(X).astype("f4").
  it.each([
    ["wine", [], "8a1044fb0ff50e21ab4511cb5c53edfa88ea14c7a96b73c06235d52228bc3de2"],
    ["landsat", ["split"], "4fa1ffeadcf060f1b1009272a2bf45475efcb0f6613f1a6c852f3032f1f28348"],
  ])("scales %s to the very bits of numpy", async (name, ignore, hash) => {
    const data = await load(csv(`data/${name}.csv.gz`, { target: "y", ignore, scale: "min-max" }), studies);
    expect(featureHash(data)).toBe(hash);
    expect(data.scaling).toBe("min-max");
  });

  it("pads the stride with zeros", async () => {
    const data = await load(csv("data/wine.csv.gz", { target: "y" }), studies);
    const { values, stride, width, offset } = dense(data);
    expect([width, stride, offset % 64, data.dataEnd % 64]).toEqual([13, 16, 0, 0]);
    expect(values.filter((value, at) => at % stride >= width && value !== 0)).toHaveLength(0);
  });
});

const tabular = (name: string): string => sharedData(`tabular/${name}.csv.gz`) ?? "";

describe.skipIf(sharedData("tabular") === undefined)(`csv() on larger sets (${sharedDataReason})`, () => {
  it("counts what soybean misses", async () => {
    const data = await load(csv(tabular("soybean"), { target: "y" }));
    expect([data.rows, data.features.width]).toEqual([683, 35]);
    expect(data.columns.reduce((sum, column) => sum + column.missing, 0)).toBe(2337);
    expect(Object.keys(counts(labels(data)))).toHaveLength(19);
    for (const [index, column] of data.columns.entries()) {
      const nan = matrix(data).map((row) => (Number.isNaN(row[index]) ? 1 : 0));
      expect(column.mask === null ? nan.every((one) => one === 0) : [...column.mask].join() === nan.join()).toBe(true);
    }
  });

  it("counts what breast cancer misses, without its Id", async () => {
    const data = await load(csv(tabular("breastcancer"), { target: "y", ignore: ["Id"] }));
    expect(data.columns.map((column) => column.missing)).toEqual([0, 0, 0, 0, 0, 16, 0, 0, 0]);
    expect(counts(labels(data))).toEqual({ benign: 458, malignant: 241 });
  });

  it("reads the speaker of vowel as a group", async () => {
    const data = await load(csv(tabular("vowel"), { target: "y", group: "V1" }));
    expect([data.rows, data.features.width, data.roles.group?.names.length]).toEqual([990, 9, 15]);
  });

  it("reads a regression with a category column", async () => {
    const file = sharedData("regression/california_housing.csv.gz") ?? "";
    const text = await refusal(csv(file, { target: "y" }), "/", "regression");
    const column = text.data["column"] as string;
    const data = await load(csv(file, { target: "y", categories: [column] }), "/", "regression");
    expect(data.columns.reduce((sum, one) => sum + one.missing, 0)).toBe(207);
    const target = data.targets[0];
    const mean = target?.kind === "number" ? target.values.reduce((sum, value) => sum + value, 0) / data.rows : Number.NaN;
    expect(mean).toBeCloseTo(206855.82, 2);
    expect(data.columns.find((one) => one.kind === "category")).toMatchObject({ name: column, levels: { length: 5 } });
  });
});

describe("csv()", () => {
  it("reads nothing when it is defined, and is frozen", () => {
    const recipe = csv("no/such.csv", { target: "y" });
    expect(Object.isFrozen(recipe)).toBe(true);
    expect(recipe.description).toEqual({ reader: "csv", file: "no/such.csv", target: "y" });
  });

  it("does not follow changes of the options after it was defined", async () => {
    const ignore = ["b"];
    const recipe = csv("a.csv", { target: "y", ignore });
    ignore.push("a");
    expect((await load(recipe, dataFolder({ "a.csv": "a,b,y\n1,x,u\n2,x,v\n" }))).columns).toHaveLength(1);
    expect(recipe.description["ignore"]).toEqual(["b"]);
    expect(Object.isFrozen(recipe.description["ignore"])).toBe(true);
  });

  it.each([
    [{ target: 3 }, /^csv\(\): target must be the name of a column, .* got 3\.$/],
    [{ target: "y", scale: "standard" }, /^csv\(\): scale must be one of "none", "min-max"; got "standard"\.$/],
    [{ target: "y", delimiter: ";;" }, /delimiter must be one character/],
    [{ target: "y", categorys: [] }, /there is no option categorys/],
    [{ target: { column: "y", kind: "classes" } }, /target must be/],
    [{}, /target must be/],
    [{ target: "y", weight: { column: "w" } }, /weight must be/],
  ])("refuses the options %j", (options, message) => {
    expect(() => csv("a.csv", options as unknown as CsvOptions)).toThrow(message);
  });

  it("takes CRLF, a byte order mark, quotes, other delimiters and gzip under any name", async () => {
    const plain = await loadText("a,b,y\n1,2,u\n3,4,v\n");
    const others = [
      await loadText("\ufeffa,b,y\r\n1,2,u\r\n3,4,v"),
      await loadText('"a","b","y"\n"1",2,"u"\n\n 3 ,4,v\n\n'),
      await loadText("a;b;y\n1;2;u\n3;4;v\n", { target: "y", delimiter: ";" }),
      await loadText(gzipSync("a,b,y\n1.0,2e0,u\n+3,04,v\n")),
      await loadText("a,b,y\r1,2,u\r3,4,v\r"),
      await loadText(Buffer.from("\ufeffa,b,y\n1,2,u\n3,4,v\n", "utf16le")),
    ];
    expect(matrix(plain)).toEqual([
      [1, 2],
      [3, 4],
    ]);
    for (const other of others) expect(other.fingerprint).toBe(plain.fingerprint);
  });

  it("sorts classes of numbers by value and writes them one way", async () => {
    const data = await loadText("a,y\n1,10\n2,9.0\n3,9\n4,-1\n");
    expect(data.targets[0]).toMatchObject({ kind: "class", classes: ["-1", "9", "10"] });
    expect(labels(data)).toEqual(["10", "9", "9", "-1"]);
  });

  it("sorts classes of texts by code unit", async () => {
    expect((await loadText("a,y\n1,b\n2,B\n3,10\n")).targets[0]).toMatchObject({ classes: ["10", "B", "b"] });
  });

  it("reads a target of numbers by the task, unless its kind is said", async () => {
    const text = "a,y\n1,0\n2,1\n";
    expect((await loadText(text, { target: "y" }, "regression")).targets[0]).toMatchObject({
      kind: "number",
      values: Float64Array.of(0, 1),
    });
    expect((await loadText(text, { target: { column: "y", kind: "class" } }, "regression")).targets[0]).toMatchObject({ kind: "class" });
    expect((await loadText(text, { target: null })).targets).toEqual([]);
  });

  it("holds a category as the index of its sorted level", async () => {
    const data = await loadText("c,n,y\nred,1,u\n,2,v\nblue,3,u\nNA,4,v\n", { target: "y", categories: ["c"], missing: ["NA"] });
    expect(data.columns[0]).toMatchObject({ kind: "category", levels: ["blue", "red"], missing: 2, mask: Uint8Array.of(0, 1, 0, 1) });
    expect(matrix(data)).toEqual([
      [1, 1],
      [Number.NaN, 2],
      [0, 3],
      [Number.NaN, 4],
    ]);
  });

  it("keeps roles apart from features", async () => {
    const data = await loadText("w,g,f,a,y\n1,x,0,5,u\n0.5,z,-1,6,v\n2,x,1,7,u\n", { target: "y", weight: "w", group: "g", fold: "f" });
    expect(data.columns.map((column) => column.name)).toEqual(["a"]);
    expect(data.roles).toEqual({
      weight: Float64Array.of(1, 0.5, 2),
      group: { codes: Int32Array.of(0, 1, 0), names: ["x", "z"] },
      fold: Int32Array.of(0, -1, 1),
      time: null,
      coordinates: null,
    });
  });

  it("reads times as numbers or as dates, in UTC where they name no zone", async () => {
    const dates = ["2016-07-01 00:00:00", "2016-07-01T02:00+02:00", "1969-12-31", "2024-02-29T23:59:59.5Z"];
    const read = async (times: readonly string[]): Promise<Float64Array | null> => {
      const data = await loadText(`a,when,y\n${times.map((time, row) => `${row},${time},${row === 0 ? "u" : "v"}\n`).join("")}`, {
        target: "y",
        time: "when",
      });
      expect(data.columns.map(({ name }) => name)).toEqual(["a"]);
      return data.roles.time;
    };
    expect(await read(dates)).toEqual(
      Float64Array.of(Date.UTC(2016, 6, 1), Date.UTC(2016, 6, 1), -86_400_000, Date.UTC(2024, 1, 29, 23, 59, 59, 500)),
    );
    expect(await read(["3", "-1.5", "1e3"])).toEqual(Float64Array.of(3, -1.5, 1000));
  });

  it.each([
    [
      "31 May",
      'csv("a.csv"), line 3, column "when": a time must be a number or a date such as 2024-05-31 or 2024-05-31T14:30:00Z; got "31 May".',
    ],
    ["2023-02-29", 'got "2023-02-29".'],
    ["2023-13-01", 'got "2023-13-01".'],
    ["", "a time must be a finite number or a date; got no value."],
  ])("refuses the time %j", async (time, message) => {
    const error = await refusalOf(`a,when,y\n1,2024-05-31,u\n2,${time},v\n`, { target: "y", time: "when" });
    expect([error.code, error.message]).toEqual(["DATA_INVALID", expect.stringContaining(message)]);
  });

  it("reads coordinates from several columns, also of other files", async () => {
    const folder = dataFolder({ "a.csv": "row,col,a,y\n1,2,5,u\n3,4,6,v\n", "h.csv": "height\n0.5\n-1\n" });
    const data = await load(csv("a.csv", { target: "y", coordinates: ["row", "col", { file: "h.csv" }] }), folder);
    expect(data.columns.map(({ name }) => name)).toEqual(["a"]);
    expect(data.roles.coordinates).toEqual({
      names: ["row", "col", "height"],
      values: [Float64Array.of(1, 3), Float64Array.of(2, 4), Float64Array.of(0.5, -1)],
    });
    expect(data.roles.coordinates?.values[2]?.buffer).toBe(data.memory.buffer);
  });

  it("refuses coordinates that are no numbers, no columns, or too many", async () => {
    const text = "row,col,a,y\n1,,5,u\n2,3,6,v\n";
    const message = async (coordinates: readonly string[]): Promise<string> =>
      (await refusalOf(text, { target: "y", coordinates })).message;
    expect(await message(["row", "col"])).toContain('column "col": a coordinate must be a finite number; got no value.');
    expect(await message(["row", "lon"])).toContain("coordinates[1] must name a column of the file");
    expect(() => csv("a.csv", { target: "y", coordinates: ["a", "b", "c", "d"] })).toThrow("coordinates must be a list of one to three");
    expect(() => csv("a.csv", { target: "y", coordinates: [] })).toThrow("coordinates must be a list of one to three");
  });

  it("scales a constant column to 0, skips missing values and leaves categories alone", async () => {
    const data = await loadText("a,b,c,y\n7,1,5,u\n7,,6,v\n7,3,9,u\n", { target: "y", categories: ["c"], scale: "min-max" });
    expect(matrix(data)).toEqual([
      [0, 0, 0],
      [0, Number.NaN, 1],
      [0, 1, 2],
    ]);
  });

  it("scales a range beyond 64-bit floats", async () => {
    const data = await loadText("a,y\n-1.7e308,u\n0,v\n1.7e308,u\n", { target: "y", scale: "min-max", precision: "f64" });
    expect(matrix(data)).toEqual([[0], [0.5], [1]]);
  });

  it("reads the same before and after the first quote, over many chunks", async () => {
    const rows = Array.from({ length: 40_000 }, (_, row) => `${row},${(row % 7) / 8},é${row % 3}`);
    const plain = await loadText(`a,b,y\n${rows.join("\n")}\n`);
    for (const at of [0, 1, 20_000, 39_999]) {
      const quoted = rows.with(at, (rows[at] as string).replace(/é\d/, '"$&"'));
      expect((await loadText(`\ufeffa,b,y\r\n\n${quoted.join("\r\n")}`)).fingerprint).toBe(plain.fingerprint);
      const broken = quoted.with(39_998, "x,1,é1").join("\n\n");
      expect((await refusalOf(`a,b,y\n${broken}`)).data).toMatchObject({ line: 2 * 39_998 + 2, column: "a" });
    }
    expect(plain.rows).toBe(40_000);
  });

  it("gives back what csv-stringify writes", async () => {
    const cell = fc.record({
      x: fc.double({ noNaN: true, noDefaultInfinity: true }),
      text: fc.string({ unit: "grapheme" }),
      gone: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(cell, { minLength: 1, maxLength: 12 }), async (cells) => {
        const rows = cells.map(({ x, text, gone }) => ({ x: gone ? "" : x, c: text }));
        const file = stringify(rows, { header: true, quoted: rows.length % 2 === 0, quoted_match: /^\s|\r/ });
        const data = await load(csv("a.csv", { target: null, categories: ["c"], precision: "f64" }), dataFolder({ "a.csv": file }));
        const { values, stride } = dense(data);
        cells.forEach(({ x, gone }, row) => expect(values[row * stride]).toBe(gone ? Number.NaN : x + 0));
        const column = data.columns[1];
        const levels = column?.kind === "category" ? column.levels : [];
        const numeric = levels.every((level) => Number.isFinite(Number(level)));
        cells.forEach(({ text }, row) => {
          const code = values[row * stride + 1] as number;
          const read = Number.isNaN(code) ? "" : (levels[code] as string);
          if (text.trim() === "") expect(read).toBe("");
          else if (numeric) expect(Number(read)).toBe(Number(text) + 0);
          else expect(read).toBe(text);
        });
      }),
      { numRuns: 60, seed: 7 },
    );
  });
});
