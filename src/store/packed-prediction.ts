import { createHash } from "node:crypto";
import { deflateRawSync, inflateRawSync } from "node:zlib";
import type { PredictionRecord } from "../core/records.ts";
import { damaged } from "./stored-shapes.ts";

/**
 * Out-of-fold predictions, small: rows as differences, class codes as one or two bytes, predicted values and scores as
 * 32-bit floats, true values as 64-bit floats where 32 bits would change them. Numbers are written by byte plane (all lowest bytes, then all second ones …), little end first, and deflated:
 * planes of equal bytes cost next to nothing.
 */
export interface PackedPrediction {
  readonly rowCount: number;
  readonly rows: Uint8Array;
  readonly truthType: PackedType | "f64";
  readonly truth: Uint8Array;
  /** SHA-256 of rows and truth before they are deflated: the trials of a study share them. */
  readonly rowsSha256: Uint8Array;
  readonly type: PackedType;
  readonly predicted: Uint8Array;
  /** Deflated 32-bit floats; null without scores. */
  readonly scores: Uint8Array | null;
}

/** "u8" and "u16" hold whole numbers exactly; "f32" rounds to 24 bits. */
type PackedType = "u8" | "u16" | "f32";

export function packPrediction(record: PredictionRecord): PackedPrediction {
  const type = codeType(record.predicted);
  return {
    ...packRowSet(record),
    type,
    predicted: deflated(numberBytes(record.predicted, type)),
    scores: record.scores === null ? null : deflated(floatPlanes(record.scores), 1),
  };
}

type PackedRowSet = Pick<PackedPrediction, "rowCount" | "rows" | "truthType" | "truth" | "rowsSha256">;

/** By the array of true values: the folds of a study are those of all its trials. */
const packedRowSets = new WeakMap<Float64Array, { readonly rows: Uint32Array; readonly packed: PackedRowSet }>();

function packRowSet({ rows: own, truth: values }: PredictionRecord): PackedRowSet {
  const known = packedRowSets.get(values);
  if (known?.rows === own) return known.packed;
  const differences = new Uint32Array(own.length);
  let previous = 0;
  for (let i = 0; i < differences.length; i++) {
    const row = own[i] ?? 0;
    differences[i] = row - previous;
    previous = row;
  }
  const rows = planes(differences, 4);
  const fit = codeType(values);
  const truthType = fit === "f32" && !values.every((value) => Object.is(value, Math.fround(value))) ? "f64" : fit;
  const truth = numberBytes(values, truthType);
  const packed: PackedRowSet = {
    rowCount: own.length,
    rows: deflateRawSync(rows),
    truthType,
    truth: deflateRawSync(truth),
    rowsSha256: createHash("sha256").update(rows).update(truthType).update(truth).digest(),
  };
  packedRowSets.set(values, { rows: own, packed });
  return packed;
}

export function unpackPrediction(
  key: { readonly trial: number; readonly repeat: number; readonly fold: number },
  packed: Omit<PackedPrediction, "rowsSha256" | "rowCount">,
): PredictionRecord {
  const rows = integers(inflated(packed.rows), 4);
  for (let i = 1; i < rows.length; i++) rows[i] = (rows[i] ?? 0) + (rows[i - 1] ?? 0);
  const predicted = numbers(inflated(packed.predicted), packed.type);
  const truth = numbers(inflated(packed.truth), packed.truthType);
  const scores = packed.scores === null ? null : floats(inflated(packed.scores));
  const whole = predicted.length === rows.length && truth.length === rows.length && (scores?.length ?? 0) % Math.max(1, rows.length) === 0;
  if (!whole) throw damaged(`the predictions of trial ${key.trial}`);
  return { ...key, rows, predicted, truth, scores };
}

/** A stranger's database may hold what inflates without end. */
const mostBytes = 2 ** 30;

function inflated(bytes: Uint8Array): Buffer {
  return inflateRawSync(bytes, { maxOutputLength: mostBytes });
}

/** Fewer bytes than this are kept as they are: there is little to gain, and making a compressor takes 20 µs. */
const worthDeflating = 128;

/** A raw DEFLATE stream (RFC 1951) of the bytes; of few of them one stored block (section 3.2.4). */
function deflated(bytes: Uint8Array, level?: number): Uint8Array {
  const { length } = bytes;
  if (length >= worthDeflating) return deflateRawSync(bytes, level === undefined ? {} : { level });
  const stream = new Uint8Array(length + 5);
  stream[0] = 1;
  stream[1] = length;
  stream[3] = ~length;
  stream[4] = 0xff;
  stream.set(bytes, 5);
  return stream;
}

/** The smallest type that holds whole numbers exactly; "f32" for anything else. */
function codeType(values: Float64Array): PackedType {
  let largest = 0;
  for (const value of values) {
    if (!(value >= 0 && value <= 65535) || !Number.isInteger(value) || Object.is(value, -0)) return "f32";
    if (value > largest) largest = value;
  }
  return largest <= 255 ? "u8" : "u16";
}

function numberBytes(values: Float64Array, type: PackedPrediction["truthType"]): Uint8Array {
  if (type === "f64") return planes(new Uint32Array(Float64Array.from(values).buffer), 4);
  return type === "f32" ? floatPlanes(values) : planes(values, type === "u8" ? 1 : 2);
}

function numbers(bytes: Uint8Array, type: PackedPrediction["truthType"]): Float64Array {
  if (type === "f64") {
    const words = integers(bytes, 4);
    if (words.length % 2 !== 0) throw damaged("predictions");
    return new Float64Array(words.buffer);
  }
  return type === "f32" ? floats(bytes) : Float64Array.from(integers(bytes, type === "u8" ? 1 : 2));
}

function planes(values: Uint32Array | Float64Array, width: 1 | 2 | 4): Uint8Array {
  const count = values.length;
  const bytes = new Uint8Array(count * width);
  for (let i = 0; i < count; i++) {
    let rest = values[i] ?? 0;
    for (let plane = 0; plane < width; plane++) {
      bytes[plane * count + i] = rest;
      rest >>>= 8;
    }
  }
  return bytes;
}

function integers(bytes: Uint8Array, width: 1 | 2 | 4): Uint32Array {
  const count = bytes.length / width;
  if (!Number.isInteger(count)) throw damaged("predictions");
  const values = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    let value = 0;
    for (let plane = width - 1; plane >= 0; plane--) value = (value << 8) | (bytes[plane * count + i] ?? 0);
    values[i] = value;
  }
  return values;
}

function floatPlanes(values: Float64Array): Uint8Array {
  return planes(new Uint32Array(Float32Array.from(values).buffer), 4);
}

function floats(bytes: Uint8Array): Float64Array {
  return Float64Array.from(new Float32Array(integers(bytes, 4).buffer));
}
