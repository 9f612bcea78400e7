import { type DataFile, mostBytes, readBytes } from "./data-file.ts";

/** Reads a stream of bytes piece by piece. */
export interface ByteReader {
  /** Exactly `count` bytes, or fewer at the end of the file. */
  take(count: number): Promise<Uint8Array>;
  /** Fills `target`; returns how many bytes there were. */
  fill(target: Uint8Array): Promise<number>;
  /** How many bytes are left; stops to read once it is `enough`. */
  rest(enough: number): Promise<number>;
  /** A number of bytes that the file can't exceed, decompressed; known before it is read. */
  most(): Promise<number>;
  close(): Promise<void>;
}

export function byteReader(file: DataFile): ByteReader {
  const chunks = readBytes(file);
  let held: Uint8Array = new Uint8Array(0);
  const next = async (): Promise<boolean> => {
    const { value, done } = await chunks.next();
    if (done !== true) held = value;
    return done !== true;
  };
  const self: ByteReader = {
    async fill(target) {
      let at = 0;
      while (at < target.length) {
        if (held.length === 0 && !(await next())) break;
        const part = held.subarray(0, target.length - at);
        target.set(part, at);
        at += part.length;
        held = held.subarray(part.length);
      }
      return at;
    },
    async take(count) {
      const bytes = new Uint8Array(count);
      return bytes.subarray(0, await self.fill(bytes));
    },
    most: () => mostBytes(file),
    async rest(enough) {
      let count = held.length;
      while (count < enough && (await next())) count += held.length;
      held = new Uint8Array(0);
      return count;
    },
    async close() {
      await chunks.return(undefined);
    },
  };
  return self;
}

/** The first bytes in hexadecimal, for messages about magic numbers. */
export function hex(bytes: Uint8Array): string {
  return bytes.length === 0 ? "nothing" : Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join(" ");
}
