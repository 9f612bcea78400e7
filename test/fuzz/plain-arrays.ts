// Slow, plain readers of npy and idx files: one value at a time through a DataView.

export interface PlainArray {
  readonly shape: readonly number[];
  /** Last index fastest. */
  readonly values: readonly number[];
}

type Get = (view: DataView, at: number, little: boolean) => number;

const gets: Readonly<Record<string, readonly [bytes: number, Get]>> = {
  f4: [4, (view, at, little) => view.getFloat32(at, little)],
  f8: [8, (view, at, little) => view.getFloat64(at, little)],
  i1: [1, (view, at) => view.getInt8(at)],
  i2: [2, (view, at, little) => view.getInt16(at, little)],
  i4: [4, (view, at, little) => view.getInt32(at, little)],
  i8: [8, (view, at, little) => Number(view.getBigInt64(at, little))],
  u1: [1, (view, at) => view.getUint8(at)],
  b1: [1, (view, at) => view.getUint8(at)],
  u2: [2, (view, at, little) => view.getUint16(at, little)],
  u4: [4, (view, at, little) => view.getUint32(at, little)],
};

/** null where the file must be refused. */
export function plainNpy(file: Uint8Array): PlainArray | null {
  const bytes = Buffer.from(file);
  if (bytes.subarray(0, 6).toString("latin1") !== "\u0093NUMPY") return null;
  const [major, minor] = [bytes[6], bytes[7]];
  if (major === undefined || major < 1 || major > 3 || minor !== 0) return null;
  const start = major === 1 ? 10 : 12;
  if (bytes.length < start) return null;
  const length = major === 1 ? bytes.readUInt16LE(8) : bytes.readUInt32LE(8);
  const header = bytes.subarray(start, start + length).toString("latin1");
  if (header.length < length) return null;
  const type = /['"]descr['"][ \t\n]*:[ \t\n]*['"]([<>|=]?)([a-z]\d)['"]/u.exec(header);
  const order = /['"]fortran_order['"][ \t\n]*:[ \t\n]*(True|False)/u.exec(header);
  const sizes = /['"]shape['"][ \t\n]*:[ \t\n]*\(([\d, \t\n]*)\)/u.exec(header);
  if (type === null || order === null || sizes === null) return null;
  const shape = (sizes[1]?.match(/\d+/gu) ?? []).map(Number);
  const flat = plainItems(bytes.subarray(start + length), type[2] as string, type[1] !== ">", shape);
  if (flat === null || order[1] === "False") return flat;
  const index = shape.map(() => 0);
  const values = flat.values.map(() => 0);
  for (const value of flat.values) {
    values[index.reduce((at, one, axis) => at * (shape[axis] as number) + one, 0)] = value;
    for (let axis = 0; axis < shape.length; axis++) {
      index[axis] = (index[axis] as number) + 1;
      if (index[axis] !== shape[axis]) break;
      index[axis] = 0;
    }
  }
  return { shape, values };
}

/** null where the file must be refused. */
export function plainIdx(file: Uint8Array): PlainArray | null {
  const bytes = Buffer.from(file);
  const type = { 8: "u1", 9: "i1", 11: "i2", 12: "i4", 13: "f4", 14: "f8" }[bytes[2] ?? 0];
  const dimensions = bytes[3] ?? 0;
  const start = 4 + 4 * dimensions;
  if (bytes[0] !== 0 || bytes[1] !== 0 || type === undefined || dimensions === 0 || bytes.length < start) return null;
  const shape = Array.from({ length: dimensions }, (_, axis) => bytes.readUInt32BE(4 + 4 * axis));
  return plainItems(bytes.subarray(start), type, false, shape);
}

function plainItems(bytes: Uint8Array, type: string, little: boolean, shape: readonly number[]): PlainArray | null {
  const [size, get] = gets[type] ?? [0, () => 0];
  const count = shape.reduce((product, one) => product * one, 1);
  if (size === 0 || count * size !== bytes.length) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return { shape, values: Array.from({ length: count }, (_, at) => get(view, at * size, little)) };
}
