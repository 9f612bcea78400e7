import fc from "fast-check";
import { type ArrayOptions, idx, npy } from "hpo";
import { type Rng, rng } from "#hpo/math/rng";
import { byteChange, type ByteChange, caseFolder, changedBytes, writeCase } from "./case-folder.ts";
import { checkData } from "./equal-data.ts";
import { oddValue } from "./odd-values.ts";
import { type PlainArray, plainIdx, plainNpy } from "./plain-arrays.ts";
import { type PlainData, plainScaled, plainTarget } from "./plain-csv.ts";
import type { FuzzTarget } from "./target.ts";
import { WrongAnswer } from "./wrong-answer.ts";

interface ArrayCase {
  readonly features: Uint8Array;
  readonly change: ByteChange;
  readonly options: ArrayOptions;
  /** Of the file "y", a text a row; null without it. */
  readonly target: readonly string[] | null;
  readonly targetFile: Uint8Array;
  readonly task: "classification" | "regression";
  readonly odd: readonly [option: string, value: unknown] | null;
}

const pick = <T>(random: Rng, list: readonly T[]): T => list[random.below(list.length)] as T;

const npyTypes = ["f4", "f8", "i1", "i2", "i4", "i8", "u1", "u2", "u4", "b1"];
/** A tiny file can claim to be as large as it likes. */
const claims = [
  "2147483648",
  "4294967295, 4294967295",
  "9007199254740993",
  "1e9",
  "0x10",
  "-3",
  "-1, -6",
  "0",
  "0, 1000000000",
  "1.5",
  "3, 1e400",
  "",
  "a",
  "3;4",
  "None",
  "268435456, 4",
  "3L, 2L",
];

/** Bytes of values that are mostly small. */
function itemBytes(random: Rng, type: string, count: number, little: boolean): Buffer {
  const size = Number(type[1]);
  const bytes = Buffer.alloc(count * size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  for (let at = 0; at < count; at++) {
    const value = random.below(random.below(40) === 0 ? 100 : 7);
    if (type === "f4")
      view.setFloat32(at * 4, random.below(200) === 0 ? pick(random, [Number.NaN, Infinity, -0, 1e-40]) : value / 4, little);
    else if (type === "f8")
      view.setFloat64(at * 8, random.below(200) === 0 ? pick(random, [Number.NaN, 1e300, -0, 1e-320]) : value / 3, little);
    else if (type === "i8") view.setBigInt64(at * 8, random.below(100) === 0 ? 2n ** 62n + 1n : BigInt(value), little);
    else bytes[at * size + (little ? 0 : size - 1)] = value;
  }
  return bytes;
}

function npyFile(random: Rng, shape: readonly number[], wrong: boolean): Buffer {
  const order = pick(random, ["<", "<", ">", "|", ""]);
  const type = pick(random, npyTypes);
  const written = `${order}${type}`;
  const broken = wrong ? random.below(8) : -1;
  const descr = broken === 0 ? pick(random, ["'<f2'", "'<c8'", "'|O'", "[('a', '<f4')]", "'<U3'", "''", "None", '"<f4"']) : `'${written}'`;
  const sizes = broken === 1 ? pick(random, claims) : `${shape.join(", ")}${shape.length === 1 ? "," : ""}`;
  const fortran = broken === 2 ? pick(random, ["true", "1", ""]) : pick(random, ["False", "False", "True"]);
  let text = `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': (${sizes}), }`;
  if (broken === 3)
    text = pick(random, [
      "",
      "{}",
      "[]",
      "{'descr': '<f4'}",
      text.slice(0, -9),
      text.replaceAll("'", '"'),
      `${text}${text}`,
      "(".repeat(300),
    ]);
  const padded = `${text}${" ".repeat(random.below(20))}\n`;
  const major = broken === 4 ? pick(random, [0, 4, 255]) : pick(random, [1, 1, 2, 3]);
  const size = Buffer.alloc(major === 1 ? 2 : 4);
  size.writeUIntLE(broken === 5 ? pick(random, [0, 65535, padded.length - 1, padded.length + 50]) : padded.length, 0, 2);
  if (broken === 6 && major !== 1) size.writeUInt32LE(pick(random, [4294967295, 2 ** 20 + 1, 2 ** 31]), 0);
  const count = shape.reduce((product, one) => product * one, 1);
  const items = itemBytes(random, type, count, order !== ">");
  return Buffer.concat([
    Buffer.from("\u0093NUMPY", "latin1"),
    Buffer.of(major, broken === 7 ? 1 : 0),
    size,
    Buffer.from(padded, "latin1"),
    items,
  ]);
}

function idxFile(random: Rng, shape: readonly number[], wrong: boolean): Buffer {
  const [code, type] = pick(random, [
    [8, "u1"],
    [8, "u1"],
    [9, "i1"],
    [11, "i2"],
    [12, "i4"],
    [13, "f4"],
    [14, "f8"],
  ] as const);
  const broken = wrong ? random.below(4) : -1;
  const head = Buffer.alloc(4 + 4 * shape.length);
  if (broken === 0) head[random.below(2)] = 1;
  head[2] = broken === 1 ? pick(random, [0, 7, 10, 255]) : code;
  head[3] = broken === 2 ? pick(random, [0, 1, 255, shape.length + 1]) : shape.length;
  shape.forEach((size, axis) => head.writeUInt32BE(size, 4 + 4 * axis));
  if (broken === 3 && shape.length > 0)
    head.writeUInt32BE(pick(random, [0, 2 ** 31, 2 ** 32 - 1, 65536]), 4 + 4 * random.below(shape.length));
  return Buffer.concat([
    head,
    itemBytes(
      random,
      type,
      shape.reduce((product, one) => product * one, 1),
      false,
    ),
  ]);
}

const writers = { npy: npyFile, idx: idxFile } as const;
const readers = { npy: plainNpy, idx: plainIdx } as const;
const recipes = { npy, idx } as const;
type Format = keyof typeof writers;

function arrayCase(format: Format, seed: number, [odd, change]: [ArrayCase["odd"], ByteChange]): ArrayCase {
  const random = rng(seed);
  const rows = 1 + random.below(6) + (random.below(50) === 0 ? 3000 : 0);
  const shape = pick(random, [
    [rows, 1 + random.below(5)],
    [rows, 1 + random.below(5)],
    [rows, 2, 3],
    [rows, 1, 2, 1],
  ]);
  const wrong = random.below(3) === 0;
  const odder = random.below(30) === 0 ? pick(random, [[], [rows], [0, 3], [rows, 0], Array.from({ length: 12 }, () => 1)]) : shape;
  const width = shape.slice(1).reduce((product, one) => product * one, 1);
  const classes = pick(random, [
    ["a", "b"],
    ["0", "1", "2"],
    ["1", "2.0", "02"],
  ]);
  const kind = pick(random, [undefined, "class", "number"] as const);
  const task = pick(random, ["classification", "regression"] as const);
  const numeric = kind === "number" || (kind === undefined && task === "regression");
  const count = random.below(30) === 0 ? rows + 1 : rows;
  const target =
    random.below(3) === 0
      ? null
      : Array.from({ length: count }, (_, row) => (numeric ? String(random.below(50) / 4) : (classes[row % 2] as string)));
  const options = {
    features: `x.${format}`,
    target: target === null ? null : kind === undefined ? "y.csv" : { file: "y.csv", kind },
    ...(random.below(5) === 0
      ? { columns: Array.from({ length: random.below(20) === 0 ? 1 : width }, (_, at) => `c${random.below(30) === 0 ? 0 : at}`) }
      : {}),
    ...(random.below(3) === 0 ? { precision: pick(random, ["f32", "f64"] as const) } : {}),
    ...(random.below(4) === 0 ? { scale: pick(random, ["none", "min-max"] as const) } : {}),
  } satisfies ArrayOptions;
  return {
    features: writers[format](random, odder, wrong),
    change,
    options,
    target,
    targetFile: Buffer.from(`y\n${(target ?? []).join("\n")}\n`),
    task,
    odd,
  };
}

/** What the recipe must give; null where it must refuse. */
function plainOf(array: PlainArray | null, { options, target, task }: ArrayCase): PlainData | null {
  if (array === null) return null;
  const [rows = 0] = array.shape;
  const width = array.shape.slice(1).reduce((product, one) => product * one, 1);
  if (array.shape.length < 2 || rows === 0 || width === 0 || width > 2 ** 20) return null;
  const names = options.columns ?? Array.from({ length: width }, (_, at) => `x${at + 1}`);
  if (names.length !== width || new Set(names).size !== width) return null;
  const single = options.precision !== "f64";
  const columns = names.map((_, column) => {
    const values = Array.from({ length: rows }, (__, row) => (array.values[row * width + column] as number) + 0);
    if (values.some((value) => Math.abs(value) === Infinity)) return null;
    if (options.scale === "min-max") return plainScaled(values).map((value) => (single ? Math.fround(value) : value));
    return single ? (values.some((value) => Math.abs(Math.fround(value)) === Infinity) ? null : values.map(Math.fround)) : values;
  });
  if (columns.includes(null)) return null;
  const given = options.target;
  const kind = (given !== null && typeof given === "object" ? given.kind : undefined) ?? (task === "classification" ? "class" : "number");
  const told = target === null ? null : target.length === rows ? plainTarget(target, kind) : null;
  if (target !== null && told === null) return null;
  return {
    features: Array.from({ length: rows }, (_, row) => columns.map((values) => (values as readonly number[])[row] as number)),
    columns: names.map((name) => ({ name, levels: null })),
    target: told,
    weight: null,
    group: null,
    fold: null,
    time: null,
  };
}

function arrayTarget(format: Format, refusals: readonly string[]): FuzzTarget<ArrayCase> {
  return {
    name: format,
    leastAccepted: 0.2,
    refusals: [
      ...refusals,
      "bytes of values",
      "at least two dimensions",
      "which do not",
      "one value for each of",
      "the gzip stream must be",
      "there is no option",
    ],
    fromCorpus: (features) => ({
      features,
      change: ["none", 0, 0],
      options: { features: `x.${format}`, target: null },
      target: null,
      targetFile: Buffer.of(),
      task: "classification",
      odd: null,
    }),
    cases: fc
      .tuple(
        fc.noShrink(fc.integer()),
        fc.oneof(
          { weight: 20, arbitrary: fc.constant(null) },
          fc.tuple(fc.constantFrom("target", "columns", "features", "scale", "precision", "weight", "coordinates", "x"), oddValue),
        ),
        byteChange,
      )
      .map(([seed, ...rest]) => arrayCase(format, seed, rest)),
    async read(given) {
      const { features, change, options, targetFile, task, odd } = given;
      const file = changedBytes(features, change);
      writeCase(`x.${format}`, file);
      writeCase("y.csv", targetFile);
      const recipe = (): ReturnType<typeof npy> => recipes[format](odd === null ? options : { ...options, [odd[0]]: odd[1] });
      const judged = odd === null && !(change[0] !== "gzip" && file[0] === 0x1f && file[1] === 0x8b);
      const plain = judged ? plainOf(readers[format](change[0] === "gzip" ? features : file), given) : null;
      try {
        const data = await recipe().load({ folder: caseFolder(), task });
        if (judged) checkData(data, plain);
      } catch (error) {
        if (plain === null || error instanceof WrongAnswer || (error as Error).name !== "HpoError") throw error;
        throw new WrongAnswer(`was refused, and the plain reader takes it: ${(error as Error).message}`);
      }
    },
  };
}

export const npyTarget: FuzzTarget<ArrayCase> = arrayTarget("npy", [
  "must begin with the magic number",
  "the npy version must be",
  "the npy header must be at most",
  "the npy header must be complete",
  "the npy header must say descr",
  "must be of type",
  "column names must differ",
]);

export const idxTarget: FuzzTarget<ArrayCase> = arrayTarget("idx", ["must begin with the magic number", "the idx header must hold"]);
