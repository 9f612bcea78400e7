import { chmodSync, mkdirSync } from "node:fs";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { csv, type CsvOptions } from "#hpo/data/csv";
import { refusalOf } from "./csv-text.ts";
import { dataFolder, refusal } from "./data-folder.ts";

describe("csv() refuses", () => {
  it.each<[string, string, CsvOptions, Record<string, unknown>, RegExp]>([
    ["a ragged row", "a,y\n1,u\n2,v,w\n", { target: "y" }, { line: 3 }, /line 3: a row must have 2 fields, .* got 3/],
    [
      "text in a numeric column",
      "a,y\n1,u\nred,v\n",
      { target: "y" },
      { line: 3, column: "a" },
      /line 3, column "a": the value must be a number; got "red". List the column under categories or ignore/,
    ],
    ["a hexadecimal number", "a,y\n1,u\n0x10,v\n", { target: "y" }, { line: 3, column: "a" }, /got "0x10"/],
    ["an infinite value", "a,y\n1,u\n-Infinity,v\n", { target: "y" }, { line: 3, column: "a" }, /must be finite; got "-Infinity"/],
    ["a value beyond 64 bits", "a,y\n1,u\n1e999,v\n", { target: "y" }, { line: 3, column: "a" }, /must be finite; got "1e999"/],
    ["a value beyond 32 bits", "a,y\n1,u\n\n1e39,v\n", { target: "y" }, { line: 4, column: "a" }, /within 32-bit floats/],
    ["NaN that is not listed", "a,y\n1,u\nNaN,v\n", { target: "y" }, { line: 3, column: "a" }, /got "NaN".*missing/],
    ["duplicate names", "a,b,a,y\n1,2,3,u\n", { target: "y" }, { line: 1, column: "a" }, /column names must differ; fields 1 and 3/],
    [
      "an unknown target",
      "width,y\n1,u\n",
      { target: "widht" },
      { column: "widht" },
      /target must name a column of the file; it has "width", "y". Did you mean "width"\?/,
    ],
    ["an unknown ignored column", "a,y\n1,u\n", { target: "y", ignore: ["b"] }, { column: "b" }, /ignore must name a column/],
    ["an unknown role column", "a,y\n1,u\n", { target: "y", group: "speaker" }, { column: "speaker" }, /group must name a column/],
    ["an unknown category", "a,y\n1,u\n", { target: "y", categories: ["z"] }, { column: "z" }, /categories must name a column/],
    ["a file without a header", "1,2\n3,4\n", { target: "y" }, { line: 1 }, /The first line must hold the column names/],
    ["an empty file", "", { target: "y" }, { file: "a.csv" }, /the file is empty/],
    ["a header alone", "a,y\n", { target: "y" }, { file: "a.csv" }, /rows after the header; the file has none/],
    [
      "missing targets",
      "a,y\n1,u\n2,\n3,v\n4,\n",
      { target: "y" },
      { line: 3, column: "y" },
      /every row must have a target; 2 rows have none \(lines 3 and 5\)/,
    ],
    ["one class only", "a,y\n1,u\n2,u\n", { target: "y" }, { column: "y" }, /at least two classes; all 2 rows are "u"/],
    ["no features", "y\nu\nv\n", { target: "y" }, { file: "a.csv" }, /at least one feature column/],
    [
      "a negative weight",
      "a,w,y\n1,1,u\n2,-1,v\n",
      { target: "y", weight: "w" },
      { line: 3, column: "w" },
      /a weight must be a finite number of at least 0; got -1/,
    ],
    ["weights that are all 0", "a,w,y\n1,0,u\n2,0,v\n", { target: "y", weight: "w" }, { column: "w" }, /sum above 0; got 0/],
    ["a missing weight", "a,w,y\n1,1,u\n2,,v\n", { target: "y", weight: "w" }, { line: 3, column: "w" }, /got no value/],
    [
      "a fold that is no integer",
      "a,f,y\n1,0,u\n2,1.5,v\n",
      { target: "y", fold: "f" },
      { line: 3, column: "f" },
      /a fold must be an integer.*got 1\.5/,
    ],
    ["a missing group", "a,g,y\n1,x,u\n2,,v\n", { target: "y", group: "g" }, { line: 3, column: "g" }, /every row must have a group/],
    ["an open quote", 'a,y\n1,u\n"2,v\n3,u\n', { target: "y" }, { line: 3 }, /a quote must be closed/],
    ["a quote within a value", 'a,y\n1,u"v\n', { target: "y" }, { line: 2 }, /must stand in quotes/],
    [
      "lines after line ends in quotes",
      'c,a,y\r\n"p\r\nq\nr",1,u\r\n\r\n"s\nt",x,v\r\n',
      { target: "y", categories: ["c"] },
      { line: 7, column: "a" },
      /line 7, column "a".*got "x"/,
    ],
  ])("%s", async (_, text, options, place, message) => {
    const error = await refusalOf(text, options);
    expect(error.code).toBe("DATA_INVALID");
    expect(error.message).toMatch(message);
    expect(error.message).toMatch(/^csv\("a.csv"\)/);
    expect(error.data).toMatchObject({ file: "a.csv", ...place });
  });

  it("text in a regression's target", async () => {
    const error = await refusalOf("a,y\n1,2\n2,high\n", { target: "y" }, "regression");
    expect(error.message).toMatch(/line 3, column "y": the value must be a number; got "high"\. A regression needs numbers/);
  });

  it("bytes that are no UTF-8, and binary files", async () => {
    const latin = (text: string) => refusalOf(Buffer.from(text, "latin1"));
    expect((await latin("a,y\n1,caf\u00e9\n")).message).toMatch(/line 2, column "y": texts must be UTF-8/);
    expect((await latin("\u00e9,y\n1,u\n")).message).toMatch(/line 1: the file must be text in UTF-8/);
    expect((await latin("PK\x03\x04\0\0\n\0,\0")).message).toMatch(/line 1: the file must be text in UTF-8/);
  });

  it("a truncated gzip stream", async () => {
    const whole = gzipSync(`a,y\n${Array.from({ length: 5000 }, (_, i) => `${Math.sin(i)},${i % 2}`).join("\n")}`);
    const error = await refusalOf(whole.subarray(0, whole.length - 500));
    expect(error).toMatchObject({ code: "DATA_INVALID" });
    expect(error.message).toMatch(/the gzip stream must be complete; it ends too early, after \d+ bytes/);
    expect(error.cause).toBeInstanceOf(Error);
  });

  it("a damaged gzip stream", async () => {
    const whole = gzipSync("a,y\n1,u\n2,v\n");
    whole[whole.length - 6] = (whole[whole.length - 6] as number) ^ 255;
    expect((await refusalOf(whole)).message).toMatch(/the gzip stream must be sound; it is damaged/);
  });

  it("a file that is not there, with where it was looked for", async () => {
    const folder = dataFolder({});
    const error = await refusal(csv("data/x.csv", { target: "y" }), folder);
    expect(error.code).toBe("DATA_NOT_FOUND");
    expect(error.message).toContain(path.join(folder, "data/x.csv"));
  });

  it("a folder", async () => {
    const folder = dataFolder({});
    mkdirSync(path.join(folder, "a.csv"));
    expect((await refusal(csv("a.csv", { target: "y" }), folder)).message).toMatch(/it must be a file; .* is a folder/);
  });

  it("a file without permission", async (context) => {
    context.skip(process.getuid?.() === 0, "needs a user other than root, who may read everything");
    const folder = dataFolder({ "a.csv": "a,y\n1,u\n" });
    chmodSync(path.join(folder, "a.csv"), 0);
    expect((await refusal(csv("a.csv", { target: "y" }), folder)).message).toMatch(/no permission/);
  });

  it("a role file with other rows, columns or none named", async () => {
    const folder = dataFolder({ "a.csv": "a,y\n1,u\n2,v\n", "f.csv": "fold,other\n0,1\n1,1\n0,1\n" });
    const of = (fold: NonNullable<CsvOptions["fold"]>) => refusal(csv("a.csv", { target: "y", fold }), folder);
    expect((await of({ file: "f.csv", column: "fold" })).message).toBe(
      'csv("f.csv"), column "fold": there must be one value for each of the 2 rows of features; got 3.',
    );
    expect((await of({ file: "f.csv" })).message).toMatch(/the column must be said .* it has "fold", "other"/);
    expect((await of({ file: "f.csv", column: "Fold" })).message).toMatch(/Did you mean "fold"\?/);
    expect((await of({ file: "g.csv" })).code).toBe("DATA_NOT_FOUND");
  });
});
