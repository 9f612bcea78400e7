type Piece = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/** Numbers behind one another in bytes, each array aligned to its elements, counted from the start; an empty one leaves no trace. Little-endian, as WebAssembly's memory. */
export interface ByteWriter {
  add(piece: Piece): void;
  /** Fills up to a multiple of 8 bytes. */
  align(): void;
  /** Bytes so far. */
  length(): number;
  bytes(): Uint8Array;
}

export function byteWriter(): ByteWriter {
  const pieces: { readonly at: number; readonly piece: Piece }[] = [];
  let next = 0;
  const alignTo = (unit: number): void => void (next = Math.ceil(next / unit) * unit);
  return {
    add(piece) {
      if (piece.length === 0) return;
      alignTo(piece.BYTES_PER_ELEMENT);
      pieces.push({ at: next, piece });
      next += piece.byteLength;
    },
    align: () => alignTo(8),
    length: () => next,
    bytes() {
      const bytes = new Uint8Array(next);
      for (const { at, piece } of pieces) bytes.set(new Uint8Array(piece.buffer, piece.byteOffset, piece.byteLength), at);
      return bytes;
    },
  };
}

/** Reads what a writer wrote, array by array, as views of the bytes. */
export interface ByteReader {
  u8(count: number): Uint8Array;
  u16(count: number): Uint16Array;
  u32(count: number): Uint32Array;
  f32(count: number): Float32Array;
  f64(count: number): Float64Array;
}

/** `bytes` begins at a multiple of 8 in its buffer: see `aligned`. */
export function byteReader(bytes: Uint8Array): ByteReader {
  let next = 0;
  function take(unit: number, count: number): number {
    if (count === 0) return 0;
    const at = Math.ceil(next / unit) * unit;
    next = at + unit * count;
    return bytes.byteOffset + at;
  }
  return {
    u8: (count) => new Uint8Array(bytes.buffer, take(1, count), count),
    u16: (count) => new Uint16Array(bytes.buffer, take(2, count), count),
    u32: (count) => new Uint32Array(bytes.buffer, take(4, count), count),
    f32: (count) => new Float32Array(bytes.buffer, take(4, count), count),
    f64: (count) => new Float64Array(bytes.buffer, take(8, count), count),
  };
}

/** The bytes, copied where they don't begin at a multiple of 8. */
export function aligned(bytes: Uint8Array): Uint8Array {
  return bytes.byteOffset % 8 === 0 ? bytes : new Uint8Array(bytes);
}
