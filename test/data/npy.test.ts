import { readFileSync } from "node:fs";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { csv } from "#hpo/data/csv";
import { npy } from "#hpo/data/npy";
import { sharedData, sharedDataReason } from "../shared-data.ts";
import { npyBytes } from "./array-bytes.ts";
import { counts, dataFolder, labels, load, matrix, refusal } from "./data-folder.ts";

// Written by numpy 1.24: numpy.arange(12).reshape(3, 4) as each type, less 5 where it is signed:
// np.save(name, a.astype(type)); version-N by numpy.lib.format.write_array(…, version=(N, 0)).
const oracle = path.join(path.dirname(fileURLToPath(import.meta.url)), "../oracle/npy");

function range(rows: number, width: number, from = 0): number[][] {
  return Array.from({ length: rows }, (_, row) => Array.from({ length: width }, (_, column) => from + row * width + column));
}

describe("npy()", () => {
  it.each([
    ...["le-f4", "be-f4", "le-f8", "be-f8", "i1", "le-i2", "be-i2", "le-i4", "be-i4", "le-i8", "be-i8"].map((type) => [type, -5] as const),
    ...["u1", "le-u2", "be-u2", "le-u4", "be-u4", "fortran", "version-1", "version-2", "version-3"].map((type) => [type, 0] as const),
  ])("reads numpy's %s", async (type, from) => {
    const data = await load(npy({ features: `${type}.npy`, target: "target.npy" }), oracle);
    expect(matrix(data)).toEqual(range(3, 4, from));
    expect(labels(data)).toEqual(["1", "0", "1"]);
    expect(data.columns.map((column) => column.name)).toEqual(["x1", "x2", "x3", "x4"]);
  });

  it("reads booleans as 0 and 1", async () => {
    const data = await load(npy({ features: "b1.npy", target: null }), oracle);
    expect(matrix(data)[0]).toEqual([1, 0, 1, 0]);
  });

  it("flattens more dimensions to rows × the rest, in either index order", async () => {
    const data = await load(npy({ features: "fortran-3d.npy", target: null }), oracle);
    expect(matrix(data)).toEqual(range(3, 8));
  });

  it("gives back what was written, and takes not-a-number as missing", async () => {
    const value = fc.oneof(fc.double({ noDefaultInfinity: true }), fc.constant(Number.NaN));
    const table = fc
      .integer({ min: 1, max: 7 })
      .chain((width) => fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 9 }));
    await fc.assert(
      fc.asyncProperty(table, fc.boolean(), async (rows, zipped) => {
        const bytes = npyBytes(Float64Array.from(rows.flat()), [rows.length, rows[0]?.length ?? 0]);
        const folder = dataFolder({ "a.npy": zipped ? gzipSync(bytes) : bytes });
        const data = await load(npy({ features: "a.npy", target: null, precision: "f64" }), folder);
        expect(matrix(data)).toEqual(rows.map((row) => row.map((one) => one + 0)));
        data.columns.forEach((column, index) => {
          const gone = rows.map((row) => (Number.isNaN(row[index]) ? 1 : 0));
          expect([...(column.mask ?? new Uint8Array(rows.length))]).toEqual(gone);
        });
      }),
      { numRuns: 40, seed: 3 },
    );
  });

  it("has the fingerprint of a CSV file with the same names and values", async () => {
    const folder = dataFolder({
      "a.npy": npyBytes(Float32Array.of(1, 2.5, -0, 4, Number.NaN, 6), [3, 2]),
      "y.npy": npyBytes(Int32Array.of(7, 10, 7), [3]),
      "g.npy": npyBytes(Int32Array.of(3, 3, 1), [3]),
      "a.csv": "y,x1,g,x2\n7,1,3,2.5\n10,0,3,4\n7.0,,1.0,6\n",
    });
    const one = await load(npy({ features: "a.npy", target: "y.npy", group: "g.npy", scale: "min-max" }), folder);
    const two = await load(csv("a.csv", { target: "y", group: "g", scale: "min-max", name: "other" }), folder);
    expect(one.fingerprint).toBe(two.fingerprint);
    expect(one.roles).toEqual(two.roles);
  });

  it("takes roles from npy and CSV files", async () => {
    const folder = dataFolder({ "w.csv": "w\n1\n2\n0\n", "f.npy": npyBytes(Int32Array.of(0, -1, 1), [3, 1]) });
    const data = await load(npy({ features: path.join(oracle, "le-f4.npy"), target: null, weight: "w.csv", fold: "f.npy" }), folder);
    expect(data.roles).toEqual({
      weight: Float64Array.of(1, 2, 0),
      group: null,
      fold: Int32Array.of(0, -1, 1),
      time: null,
      coordinates: null,
    });
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["another magic number", Buffer.from("PK\x03\x04 a zip file"), /magic number 93 4e 55 4d 50 59; got 50 4b 03 04 20 61/],
    ["an empty file", new Uint8Array(0), /the file is empty/],
    ["another version", Buffer.from("\x93NUMPY\x07\x00", "latin1"), /version must be 1\.0, 2\.0 or 3\.0; got 7\.0/],
    ["a header cut off", npyBytes(Float32Array.of(1), [1, 1]).subarray(0, 30), /header must be complete/],
    [
      "values cut off",
      npyBytes(Float32Array.of(1, 2, 3, 4), [2, 2]).subarray(0, -3),
      /there must be 16 bytes of values \(2 × 2 of 4\) after the header; got 13\. The file is cut off/,
    ],
    ["values beyond the header", npyBytes(Float32Array.of(1, 2, 3), [1, 2]), /must be 8 bytes .* got 12\. The file is longer/],
    ["a shape beyond memory", npyBytes(Float32Array.of(1), [1e6, 1e6]), /must fit into 4 GiB/],
    ["one dimension", npyBytes(Float32Array.of(1, 2), [2]), /at least two dimensions, rows first; got 1/],
    ["no rows", npyBytes(new Float32Array(0), [0, 3]), /at least one row/],
    ["infinite values", npyBytes(Float32Array.of(1, 2, 3, Infinity), [2, 2]), /row 2, column "x2": the value must be finite.*got Infinity/],
    ["half precision", readFileSync(path.join(oracle, "float16.npy")), /of type f4, .* got "<f2"\. Convert them with astype/],
    ["names that are too few", npyBytes(Float32Array.of(1, 2), [1, 2]), /columns must hold 2 names/],
  ])("refuses %s", async (what, bytes, message) => {
    const columns = what.startsWith("names") ? { columns: ["only"] } : {};
    const error = await refusal(npy({ features: "a.npy", target: null, ...columns }), dataFolder({ "a.npy": bytes }));
    expect(error.code).toBe("DATA_INVALID");
    expect(error.message).toMatch(message);
  });

  it("refuses a target of several dimensions or other rows", async () => {
    const folder = dataFolder({
      "two.npy": npyBytes(Float32Array.of(1, 2, 3, 4), [2, 2]),
      "short.npy": npyBytes(Int32Array.of(1, 2), [2]),
    });
    const of = (target: string) => refusal(npy({ features: path.join(oracle, "le-f4.npy"), target }), folder);
    expect((await of("two.npy")).message).toMatch(/a column must have one dimension; got 2 × 2/);
    expect((await of("short.npy")).message).toMatch(/each of the 3 rows of features; got 2/);
  });

  it.skipIf(sharedData("indian-pines") === undefined)(`reads the Indian Pines spectra (${sharedDataReason})`, async () => {
    const folder = sharedData("indian-pines") ?? "";
    const data = await load(npy({ features: "hong695_X.npy", target: { file: "hong695_meta.csv.gz", column: "label" } }), folder);
    expect([data.rows, data.features.width]).toEqual([695, 200]);
    const sizes = counts(labels(data));
    expect(Object.keys(sizes)).toEqual(Array.from({ length: 16 }, (_, index) => String(index + 1)));
    expect(Object.values(sizes)).toEqual([50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 50, 15, 15, 15]);
  });
});
