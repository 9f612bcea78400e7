import type { ByteReader } from "./byte-reader.ts";
import type { DataFile } from "./data-file.ts";
import { type DataSource, dataError, rowSource } from "./data-source.ts";
import type { NumericArray } from "./row-blocks.ts";
import { maximumBytes } from "./size-limits.ts";

/** A number as files of arrays write it: f = float, i = signed, u = unsigned, with its bytes. */
export type ItemType = "f4" | "f8" | "i1" | "i2" | "i4" | "i8" | "u1" | "u2" | "u4";

/** An array of any number of dimensions, last index fastest. */
export interface NumericTable {
  readonly shape: readonly number[];
  readonly values: NumericArray;
}

/** No data set holds more values than 4 GiB of 32-bit floats. */
const maximumItems = maximumBytes / 4;

/**
 * The values after a header that promised `shape`; checks that there are exactly as many bytes.
 * 64-bit integers beyond 2⁵³ are rounded to the nearest float.
 */
export async function readItems(
  file: DataFile,
  bytes: ByteReader,
  header: { readonly type: ItemType; readonly shape: readonly number[]; readonly bigEndian: boolean },
): Promise<NumericArray> {
  const count = header.shape.reduce((product, size) => product * size, 1);
  const itemBytes = Number(header.type[1]);
  const source = rowSource(file.reader, file.file);
  const shape = shapeText(header.shape);
  if (count > maximumItems) {
    throw dataError(source, {}, `a data set must fit into 4 GiB; the header promises ${shape} values, which do not.`);
  }
  const must = count * itemBytes;
  // What the file can't hold is not allocated, whatever its header promises.
  const possible = must <= (await bytes.most());
  const raw = possible ? allocated(source, must, shape) : new Uint8Array(0);
  const got = await bytes.fill(raw);
  const extra = await bytes.rest(restBytes);
  if (!possible || got < must || extra > 0) {
    const long = got + extra > must;
    const told = extra >= restBytes ? `at least ${got + extra}` : got + extra;
    throw dataError(
      source,
      {},
      `there must be ${must} bytes of values (${shape} of ${itemBytes}) after the header; got ${told}. ` +
        (long ? "The file is longer than its header says." : "The file is cut off; copy it again."),
    );
  }
  const buffer = Buffer.from(raw.buffer);
  if (header.bigEndian && itemBytes === 2) buffer.swap16();
  if (header.bigEndian && itemBytes === 4) buffer.swap32();
  if (header.bigEndian && itemBytes === 8) buffer.swap64();
  return views[header.type](raw.buffer);
}

/** "28 × 28"; of many dimensions the first. */
export function shapeText(shape: readonly number[]): string {
  const most = 8;
  return shape.length <= most ? shape.join(" × ") : `${shape.slice(0, most).join(" × ")} × … (${shape.length} dimensions)`;
}

/** Nobody needs to know by how much a file is longer than that. */
const restBytes = 2 ** 26;

function allocated(source: DataSource, bytes: number, shape: string): Uint8Array<ArrayBuffer> {
  try {
    return new Uint8Array(bytes);
  } catch (cause) {
    throw dataError(source, {}, `the values must fit into memory; ${shape} take ${bytes} bytes, which could not be had.`, cause);
  }
}

const views: Readonly<Record<ItemType, (buffer: ArrayBuffer) => NumericArray>> = {
  f4: (buffer) => new Float32Array(buffer),
  f8: (buffer) => new Float64Array(buffer),
  i1: (buffer) => new Int8Array(buffer),
  i2: (buffer) => new Int16Array(buffer),
  i4: (buffer) => new Int32Array(buffer),
  i8: (buffer) => Float64Array.from(new BigInt64Array(buffer) as unknown as ArrayLike<bigint>, Number),
  u1: (buffer) => new Uint8Array(buffer),
  u2: (buffer) => new Uint16Array(buffer),
  u4: (buffer) => new Uint32Array(buffer),
};
