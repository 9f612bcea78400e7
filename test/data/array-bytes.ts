/** Tiny writers of array files, kept apart from the readers they test. */

/** An .npy file, version 1.0, of little-endian values. */
export function npyBytes(values: Float32Array | Float64Array | Int32Array, shape: readonly number[]): Uint8Array {
  const type = values instanceof Float32Array ? "<f4" : values instanceof Float64Array ? "<f8" : "<i4";
  const head = `{'descr': '${type}', 'fortran_order': False, 'shape': (${shape.join(", ")}${shape.length === 1 ? "," : ""}), }`;
  const padded = `${head.padEnd(Math.ceil((head.length + 11) / 64) * 64 - 11)}\n`;
  const size = Buffer.alloc(2);
  size.writeUInt16LE(padded.length);
  return Buffer.concat([
    Buffer.from([0x93]),
    Buffer.from("NUMPY\x01\x00", "latin1"),
    size,
    Buffer.from(padded, "latin1"),
    Buffer.from(values.buffer, values.byteOffset, values.byteLength),
  ]);
}

/** An idx file; `write` puts value `i` at its place. */
export function idxBytes(
  type: number,
  shape: readonly number[],
  itemBytes: number,
  write: (bytes: Buffer, at: number, i: number) => void,
): Buffer {
  const count = shape.reduce((product, size) => product * size, 1);
  const head = Buffer.alloc(4 + 4 * shape.length);
  head[2] = type;
  head[3] = shape.length;
  shape.forEach((size, axis) => head.writeUInt32BE(size, 4 + 4 * axis));
  const body = Buffer.alloc(count * itemBytes);
  for (let i = 0; i < count; i++) write(body, i * itemBytes, i);
  return Buffer.concat([head, body]);
}
