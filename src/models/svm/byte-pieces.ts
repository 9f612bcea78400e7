type Piece = Uint8Array | Uint16Array | Uint32Array | Float32Array | Float64Array;

/**
 * Numbers behind one another in bytes, each array aligned to its elements, counted from the start; an empty one leaves no trace. Little-endian,
 * as WebAssembly's memory.
 */
export interface ByteWriter {
  add(piece: Piece): void;
  /** Fills up to a multiple of 8 bytes, and says how many there are so far. */
  align(): number;
  bytes(): Uint8Array;
}

/** Views of one buffer by kind: writing through them makes no garbage. */
interface Views {
  readonly u8: Uint8Array;
  readonly u16: Uint16Array;
  readonly u32: Uint32Array;
  readonly f32: Float32Array;
  readonly f64: Float64Array;
}

function viewsOf(buffer: ArrayBuffer): Views {
  return {
    u8: new Uint8Array(buffer),
    u16: new Uint16Array(buffer),
    u32: new Uint32Array(buffer),
    f32: new Float32Array(buffer),
    f64: new Float64Array(buffer),
  };
}

export function byteWriter(): ByteWriter {
  let views = viewsOf(new ArrayBuffer(1 << 12));
  let next = 0;
  function alignTo(unit: number): void {
    next = Math.ceil(next / unit) * unit;
  }
  function reserve(bytes: number): void {
    const room = views.u8.length;
    if (next + bytes <= room) return;
    const grown = viewsOf(new ArrayBuffer(Math.max(room * 2, Math.ceil((next + bytes) / 8) * 8)));
    grown.u8.set(views.u8);
    views = grown;
  }
  return {
    add(piece) {
      if (piece.length === 0) return;
      const unit = piece.BYTES_PER_ELEMENT;
      alignTo(unit);
      reserve(piece.byteLength);
      const at = next / unit;
      if (piece instanceof Uint8Array) views.u8.set(piece, at);
      else if (piece instanceof Uint16Array) views.u16.set(piece, at);
      else if (piece instanceof Uint32Array) views.u32.set(piece, at);
      else if (piece instanceof Float32Array) views.f32.set(piece, at);
      else views.f64.set(piece, at);
      next += piece.byteLength;
    },
    align() {
      alignTo(8);
      reserve(0);
      return next;
    },
    bytes: () => views.u8.slice(0, next),
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
