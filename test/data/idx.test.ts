import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { idx } from "#hpo/data/idx";
import { sharedData, sharedDataReason } from "../shared-data.ts";
import { idxBytes } from "./array-bytes.ts";
import { counts, dataFolder, dense, labels, load, matrix, refusal } from "./data-folder.ts";

const target = idxBytes(8, [2], 1, (bytes, at, i) => bytes.writeUInt8(i, at));

describe("idx()", () => {
  it.each<[string, number, number, (bytes: Buffer, at: number, i: number) => void]>([
    ["u1", 8, 1, (bytes, at, i) => bytes.writeUInt8(i, at)],
    ["i1", 9, 1, (bytes, at, i) => bytes.writeInt8(i, at)],
    ["i2", 11, 2, (bytes, at, i) => bytes.writeInt16BE(i, at)],
    ["i4", 12, 4, (bytes, at, i) => bytes.writeInt32BE(i, at)],
    ["f4", 13, 4, (bytes, at, i) => bytes.writeFloatBE(i, at)],
    ["f8", 14, 8, (bytes, at, i) => bytes.writeDoubleBE(i, at)],
  ])("reads values of type %s and flattens images", async (_, type, itemBytes, write) => {
    const features = idxBytes(type, [2, 3, 2], itemBytes, write);
    const folder = dataFolder({ x: features, "x.gz": gzipSync(features), y: target });
    const data = await load(idx({ features: "x", target: "y" }), folder);
    expect(matrix(data)).toEqual([
      [0, 1, 2, 3, 4, 5],
      [6, 7, 8, 9, 10, 11],
    ]);
    expect(labels(data)).toEqual(["0", "1"]);
    expect((await load(idx({ features: "x.gz", target: "y" }), folder)).fingerprint).toBe(data.fingerprint);
  });

  it.each<[string, Uint8Array, RegExp]>([
    ["another magic number", Buffer.from("\x93NUMPY", "latin1"), /magic number 00 00, a type .*; got 93 4e 55 4d/],
    ["an unknown type", Buffer.from([0, 0, 7, 1, 0, 0, 0, 1, 0]), /magic number .*; got 00 00 07 01/],
    ["an empty file", new Uint8Array(0), /the file is empty/],
    ["sizes cut off", Buffer.from([0, 0, 8, 3, 0, 0, 0, 1]), /must hold 12 bytes of sizes; got 4/],
    ["values cut off", idxBytes(8, [2, 3], 1, () => undefined).subarray(0, -1), /must be 6 bytes of values .* got 5\. The file is cut off/],
  ])("refuses %s", async (_, bytes, message) => {
    const error = await refusal(idx({ features: "x", target: "y" }), dataFolder({ x: bytes, y: target }));
    expect(error.code).toBe("DATA_INVALID");
    expect(error.message).toMatch(message);
  });

  it("refuses options that say no target", () => {
    expect(() => idx({ features: "x" } as never)).toThrow(/^idx\(\): target must be a file/);
  });

  it.skipIf(sharedData("mnist") === undefined)(`reads MNIST's test images (${sharedDataReason})`, async () => {
    const recipe = idx({ features: "t10k-images-idx3-ubyte.gz", target: "t10k-labels-idx1-ubyte.gz", scale: "min-max" });
    const data = await load(recipe, sharedData("mnist"));
    expect([data.rows, data.features.width, dense(data).stride]).toEqual([10000, 784, 784]);
    expect(Object.values(counts(labels(data)))).toEqual([980, 1135, 1032, 1010, 982, 892, 958, 1028, 974, 1009]);
    expect(labels(data).slice(0, 10).join("")).toBe("7210414959");
  });
});
