import { showValue } from "../core/options.ts";
import { type ItemType, type NumericTable, readItems } from "./array-items.ts";
import { type ByteReader, byteReader, hex } from "./byte-reader.ts";
import type { DataFile } from "./data-file.ts";
import { dataError, rowSource } from "./data-source.ts";
import type { NumericArray } from "./row-blocks.ts";

export const npyMagic: readonly number[] = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

interface NpyHeader {
  readonly type: ItemType;
  readonly bigEndian: boolean;
  readonly fortran: boolean;
  readonly shape: readonly number[];
}

/**
 * Reads a NumPy .npy file, plain or gzipped. Source: NumPy Enhancement Proposal 1 (R. Kern, 2007) and numpy.lib.format,
 * versions 1.0, 2.0 and 3.0. Takes f4 f8 i1 i2 i4 i8 u1 u2 u4 and b1 in both byte orders and both index orders.
 */
export async function readNpy(file: DataFile): Promise<NumericTable> {
  const bytes = byteReader(file);
  try {
    const header = await readHeader(file, bytes);
    const values = await readItems(file, bytes, header);
    return { shape: header.shape, values: header.fortran ? rowMajor(values, header.shape) : values };
  } finally {
    await bytes.close();
  }
}

async function readHeader(file: DataFile, bytes: ByteReader): Promise<NpyHeader> {
  const source = rowSource(file.reader, file.file);
  const magic = await bytes.take(6);
  if (magic.length === 0) throw dataError(source, {}, "an npy file must begin with a header; the file is empty.");
  if (!npyMagic.every((byte, index) => magic[index] === byte)) {
    throw dataError(source, {}, `an npy file must begin with the magic number ${hex(Uint8Array.from(npyMagic))}; got ${hex(magic)}.`);
  }
  const [major, minor] = await bytes.take(2);
  if (major === undefined || minor === undefined || major < 1 || major > 3 || minor !== 0) {
    throw dataError(source, {}, `the npy version must be 1.0, 2.0 or 3.0; got ${minor === undefined ? "nothing" : `${major}.${minor}`}.`);
  }
  const sizeBytes = major === 1 ? 2 : 4;
  const size = await bytes.take(sizeBytes);
  const length = size.length < sizeBytes ? 0 : Buffer.from(size).readUIntLE(0, sizeBytes);
  if (length > 1 << 20) throw dataError(source, {}, `the npy header must be at most 1 MiB long; got ${length} bytes.`);
  const text = Buffer.from(await bytes.take(length)).toString(major === 3 ? "utf8" : "latin1");
  if (length === 0 || text.length < length) throw dataError(source, {}, "the npy header must be complete; the file ends within it.");
  return parseHeader(file, text);
}

/** The header is a Python dictionary: `{'descr': '<f4', 'fortran_order': False, 'shape': (3, 4), }`. */
function parseHeader(file: DataFile, text: string): NpyHeader {
  const source = rowSource(file.reader, file.file);
  const descr = /['"]descr['"][ \t\n]*:[ \t\n]*(?:['"]([^'"]*)['"]|(\[))/.exec(text);
  const order = /['"]fortran_order['"][ \t\n]*:[ \t\n]*(True|False)/.exec(text)?.[1];
  const shape = shapeText(text);
  if (descr === null || order === undefined || shape === undefined) {
    throw dataError(source, {}, `the npy header must say descr, fortran_order and shape; got ${JSON.stringify(text.trim().slice(0, 80))}.`);
  }
  const type = /^([<>=|]?)(f4|f8|i1|i2|i4|i8|u1|u2|u4|b1)$/.exec(descr[1] ?? "");
  if (type === null) {
    const got = descr[2] === undefined ? JSON.stringify(descr[1]) : "a structured type";
    throw dataError(
      source,
      {},
      `the values must be of type f4, f8, i1, i2, i4, i8, u1, u2, u4 or b1; got ${got}. Convert them with astype("<f4").`,
    );
  }
  const sizes = shape.split(",").filter((size) => !/^[ \t\n]*$/.test(size));
  if (!sizes.every((size) => /^[ \t\n]*\d+[ \t\n]*$/.test(size))) {
    throw dataError(source, {}, `the shape in the npy header must be integers of at least 0; got ${showValue(shape)}.`);
  }
  return {
    type: type[2] === "b1" ? "u1" : (type[2] as ItemType),
    bigEndian: type[1] === ">",
    fortran: order === "True",
    shape: sizes.map(Number),
  };
}

/** What stands between its brackets. A pattern that held both would look for the second one from each place that reads like the first. */
function shapeText(text: string): string | undefined {
  const open = /['"]shape['"][ \t\n]*:[ \t\n]*\(/.exec(text);
  if (open === null) return undefined;
  const from = open.index + open[0].length;
  const to = text.indexOf(")", from);
  return to < 0 ? undefined : text.slice(from, to);
}

/** From first index fastest to last index fastest. O(items × dimensions). */
function rowMajor(values: NumericArray, shape: readonly number[]): NumericArray {
  if (shape.length < 2) return values;
  const result = values.slice();
  const index = shape.map(() => 0);
  const steps = shape.map((_, axis) => shape.slice(axis + 1).reduce((product, size) => product * size, 1));
  let to = 0;
  for (let from = 0; from < values.length; from++) {
    result[to] = values[from] as number;
    for (let axis = 0; axis < shape.length; axis++) {
      index[axis] = (index[axis] as number) + 1;
      to += steps[axis] as number;
      if ((index[axis] as number) < (shape[axis] as number)) break;
      to -= (steps[axis] as number) * (shape[axis] as number);
      index[axis] = 0;
    }
  }
  return result;
}
