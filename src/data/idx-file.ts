import { type ItemType, type NumericTable, readItems } from "./array-items.ts";
import { byteReader, hex } from "./byte-reader.ts";
import type { DataFile } from "./data-file.ts";
import { dataError, rowSource } from "./data-source.ts";

const itemTypes: Readonly<Record<number, ItemType>> = { 8: "u1", 9: "i1", 11: "i2", 12: "i4", 13: "f4", 14: "f8" };

/** Reads an idx file, plain or gzipped: 0, 0, type, dimensions; sizes as big-endian u32; big-endian values (Y. LeCun, 1998, MNIST). */
export async function readIdx(file: DataFile): Promise<NumericTable> {
  const source = rowSource(file.reader, file.file);
  const bytes = byteReader(file);
  try {
    const magic = await bytes.take(4);
    if (magic.length === 0) throw dataError(source, {}, "an idx file must begin with a header; the file is empty.");
    const type = itemTypes[magic[2] ?? 0];
    const dimensions = magic[3] ?? 0;
    if (magic[0] !== 0 || magic[1] !== 0 || type === undefined || dimensions === 0) {
      const must = "00 00, a type (08, 09, 0b, 0c, 0d or 0e) and the number of dimensions";
      throw dataError(source, {}, `an idx file must begin with the magic number ${must}; got ${hex(magic)}.`);
    }
    const sizes = await bytes.take(4 * dimensions);
    if (sizes.length < 4 * dimensions) {
      throw dataError(
        source,
        {},
        `the idx header must hold ${4 * dimensions} bytes of sizes; got ${sizes.length}. The file is cut off; copy it again.`,
      );
    }
    const shape = Array.from({ length: dimensions }, (_, axis) => Buffer.from(sizes).readUInt32BE(4 * axis));
    return { shape, values: await readItems(file, bytes, { type, shape, bigEndian: true }) };
  } finally {
    await bytes.close();
  }
}
