import { execFileSync } from "node:child_process";
import path from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { csv, idx, inMemory, type InMemoryOptions, libsvm, npy } from "hpo";
import { idxBytes } from "./array-bytes.ts";
import { dataFolder, load, matrix, refusal } from "./data-folder.ts";
import { loadText, refusalOf } from "./csv-text.ts";

/** An npy file that claims a shape, with six 32-bit floats. */
function claim(shape: string, type = "<f4"): Uint8Array {
  const text = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape}), }\n`;
  const head = Buffer.from(`\u0093NUMPY\u0001\0${String.fromCharCode(text.length)}\0${text}`, "latin1");
  return Buffer.concat([head, Buffer.alloc(24)]);
}

const npyRefusal = async (bytes: Uint8Array): Promise<string> =>
  (await refusal(npy({ features: "x.npy", target: null }), dataFolder({ "x.npy": bytes }))).message;

describe("readers of data", () => {
  it("take a field of nothing but white space for missing, whatever the white space is", async () => {
    for (const space of ["\t", "\u00a0", "\u2028", "\ufeff\u3000"]) {
      expect(matrix(await loadText(`a,b,y\n${space},1,x\n2,3,z\n`))).toEqual(
        [
          [Number.NaN, 1],
          [2, 3],
        ].map((row) => row.map((value) => (Number.isNaN(value) ? expect.toSatisfy(Number.isNaN) : value))),
      );
    }
    expect((await refusalOf("a,y\n\u00a00x10,x\n2,z\n")).message).toMatch(/must be a number/);
  });

  it("scale a column to numbers without a minus before 0, in whatever order its rows stand", async () => {
    const values = matrix(await loadText("a,y\n0,x\n-0,z\n5,x\n", { target: "y", scale: "min-max" })).flat();
    expect(values.map((value) => Object.is(value, -0))).toEqual([false, false, false]);
  });

  it("refuse a NUL, which would end a quoted field", async () => {
    expect((await refusalOf('a,y\n1,"x"\0\n2,z\n')).message).toMatch(/line 2: the file must be text in UTF-8; this line holds a NUL byte/);
    expect((await refusalOf("a,y\n1,x\0\n2,z\n")).message).toMatch(/line 2: the file must be text in UTF-8; this line holds a NUL byte/);
  });

  it("pass over the byte order mark of a LIBSVM file of one line", async () => {
    const folder = dataFolder({ a: "\ufeff0.5 2:1" });
    expect(matrix(await load(libsvm("a"), folder, "regression"))).toEqual([[0, 1]]);
  });

  it.each([
    ["1e9", /the shape in the npy header must be integers of at least 0; got "1e9"/],
    ["-2, -3", /must be integers of at least 0/],
    ["0x2, 3", /must be integers of at least 0/],
    ["6, 0, 1000000000", /there must be 0 bytes of values .* got 24\. The file is longer/],
    ["1000000000, 1", /there must be 4000000000 bytes of values .* got 24\. The file is cut off/],
  ])("refuse an npy file that claims the shape (%s), before any memory is taken", async (shape, message) => {
    const before = process.memoryUsage().arrayBuffers;
    expect(await npyRefusal(claim(shape))).toMatch(message);
    expect(await npyRefusal(gzipSync(claim(shape)))).toMatch(message);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(2 ** 27);
  });

  it("say in a sentence of bounded length what a file of 255 dimensions promises", async () => {
    const bytes = idxBytes(8, [3, ...Array.from({ length: 254 }, () => 0)], 1, () => undefined);
    for (let axis = 1; axis < 255; axis++) bytes.writeUInt32BE(2 ** 31 - 1, 4 + 4 * axis);
    const { message } = await refusal(idx({ features: "x", target: null }), dataFolder({ x: bytes }));
    expect(message).toMatch(/3 × 2147483647 × .* × … \(255 dimensions\) values, which do not\.$/);
    expect(message.length).toBeLessThan(300);
  });

  it("refuse a million of columns and more, before any is named", async () => {
    const wide = (await refusal(libsvm("a"), dataFolder({ a: "1 2000000:1\n0 1:1\n" }))).message;
    expect(wide).toMatch(/there must be at most 1048576 feature columns; got 2000000/);
    expect((await refusalOf(`${",".repeat(10)}y\n`.replaceAll(",", "a,"))).message).toMatch(/column names must differ/);
  });

  it("refuse text without line ends before it fills the memory", async () => {
    // 65 MiB that take 65 KiB of a file.
    const bomb = gzipSync(Buffer.alloc(65 * 2 ** 20, "1"), { level: 9 });
    const folder = dataFolder({
      "a.csv": bomb,
      a: bomb,
      "q.csv": gzipSync(Buffer.concat([Buffer.from('a,y\n"'), Buffer.alloc(65 * 2 ** 20, "1")])),
    });
    for (const recipe of [csv("a.csv", { target: "y" }), csv("q.csv", { target: "y" }), libsvm("a")]) {
      expect((await refusal(recipe, folder)).message).toMatch(/line [12]: a line must be at most 64 MiB long; got more/);
    }
  });

  it("cut names that are too long for a sentence", async () => {
    const { message } = await refusalOf(`${"a".repeat(9000)},b\n1,2\n`, { target: "y".repeat(9000) });
    expect(message.length).toBeLessThan(500);
  });

  it.skipIf(process.platform === "win32")("refuse a pipe, which may never be written to", async () => {
    const folder = dataFolder({});
    execFileSync("mkfifo", [path.join(folder, "a.csv")]);
    expect((await refusal(csv("a.csv", { target: "y" }), folder)).message).toMatch(
      /it must be a file; .* is a pipe, a socket or a device\.$/,
    );
  });
});

describe("inMemory()", () => {
  const options = (more: object): InMemoryOptions => ({ name: "few", features: [[1], [2]], target: ["a", "b"], ...more });
  const told = async (more: object): Promise<string> => (await refusal(inMemory(options(more)))).message;

  it("refuses values that are no data, with their place", async () => {
    expect(await told({ target: ["a", undefined] })).toBe(
      'inMemory(), row 2, column "y": the value must be a number, a text, true, false or null; got nothing.',
    );
    for (const odd of [Symbol("odd"), 1n, {}, Object.create(null), () => 1]) {
      expect(await told({ group: ["a", odd] })).toMatch(/row 2, column "group": the value must be a number/);
      expect(await told({ features: [[1], [odd]] })).toMatch(/row 2, column "x1": the value must be a number/);
    }
  });

  it("refuses the gaps of sparse lists, which would take the value of the row before", async () => {
    const row = Object.assign(new Array<number>(2), { 0: 1 });
    expect(await told({ features: [[1, 2], row] })).toMatch(/row 2, column "x2": the value must be a number/);
    const rows = Object.assign(new Array<number[]>(2), { 1: [2] });
    expect(() => inMemory(options({ features: rows }))).toThrow(/features must be/);
  });
});
