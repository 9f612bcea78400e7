import type { Json } from "../json.ts";

/** Numbers in JSON without a lost bit and in little room: little-endian bytes as base64 (RFC 4648, padded), under the name of their format. */
const formats = {
  f32: { bytes: 4, make: (count: number) => new Float32Array(count), get: "getFloat32" },
  f64: { bytes: 8, make: (count: number) => new Float64Array(count), get: "getFloat64" },
  u32: { bytes: 4, make: (count: number) => new Uint32Array(count), get: "getUint32" },
} as const;

export interface PackedArrays {
  readonly f32: Float32Array;
  readonly f64: Float64Array;
  readonly u32: Uint32Array;
}

/** `{ "f32": "AACAPw==" }`. Arrays are little-endian wherever WebAssembly works on them. */
export function packNumbers<F extends keyof PackedArrays>(format: F, values: PackedArrays[F]): Json {
  return { [format]: Buffer.from(values.buffer, values.byteOffset, values.byteLength).toString("base64") };
}

/** The values of a base64 text, or undefined where it is not exactly the base64 of `count` values. */
export function unpackNumbers<F extends keyof PackedArrays>(format: F, text: string, count: number): PackedArrays[F] | undefined {
  const { bytes, make, get } = formats[format];
  // The length first: a wrong count must not take memory.
  if (text.length !== Math.ceil((count * bytes) / 3) * 4) return undefined;
  const packed = Buffer.from(text, "base64");
  if (packed.length !== count * bytes || packed.toString("base64") !== text) return undefined;
  const view = new DataView(packed.buffer, packed.byteOffset, packed.byteLength);
  const values = make(count);
  for (let at = 0; at < count; at++) values[at] = view[get](at * bytes, true);
  return values as PackedArrays[F];
}
