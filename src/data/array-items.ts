import type { ByteReader } from "./byte-reader.ts";
import type { DataFile } from "./data-file.ts";
import { dataError, rowSource } from "./data-source.ts";
import type { NumericArray } from "./row-blocks.ts";

/** A number as files of arrays write it: f = float, i = signed, u = unsigned, with its bytes. */
export type ItemType = "f4" | "f8" | "i1" | "i2" | "i4" | "i8" | "u1" | "u2" | "u4";

/** An array of any number of dimensions, last index fastest. */
export interface NumericTable {
  readonly shape: readonly number[];
  readonly values: NumericArray;
}

/** No data set holds more values than 4 GiB of 32-bit floats. */
const maximumItems = 2 ** 30;

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
  const shape = header.shape.join(" × ");
  if (count > maximumItems) {
    throw dataError(source, {}, `a data set must fit into 4 GiB; the header promises ${shape} values, which do not.`);
  }
  const raw = new Uint8Array(count * itemBytes);
  const got = await bytes.fill(raw);
  const extra = await bytes.rest();
  if (got + extra !== raw.length) {
    throw dataError(
      source,
      {},
      `there must be ${raw.length} bytes of values (${shape} of ${itemBytes}) after the header; got ${got + extra}. ` +
        (extra === 0 ? "The file is cut off; copy it again." : "The file is longer than its header says."),
    );
  }
  const buffer = Buffer.from(raw.buffer);
  if (header.bigEndian && itemBytes === 2) buffer.swap16();
  if (header.bigEndian && itemBytes === 4) buffer.swap32();
  if (header.bigEndian && itemBytes === 8) buffer.swap64();
  return views[header.type](raw.buffer);
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
