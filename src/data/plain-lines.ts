/** How far `plainLines` came. */
export interface PlainLines {
  /** Lines taken, empty ones among them. */
  readonly lines: number;
  /** Bytes read but not taken: the start of what is left in the stream. null where the stream has ended. */
  readonly rest: Uint8Array | null;
}

const quote = 0x22;
const lineFeed = 0x0a;
/** Longer lines are left to a parser that needs no whole lines. */
const longestLine = 1 << 22;

/**
 * Takes the lines of UTF-8 text as long as no quote appears, which is most of the world's CSV: cutting them at the
 * delimiter is far cheaper than parsing. Stops at whole lines before the first chunk that has a quote, so that a
 * parser can go on from there. A byte order mark is passed over; one of UTF-16 stops at once.
 */
export async function plainLines(
  chunks: AsyncIterator<Uint8Array, undefined>,
  take: (text: string, line: number) => void,
): Promise<PlainLines> {
  let held: Buffer = Buffer.alloc(0);
  let lines = 0;
  let first = true;
  const takeAll = (bytes: Buffer, closed: boolean): void => {
    const text = bytes.toString("utf8");
    const parts = text.split(text.includes("\r") ? /\r\n|\n|\r/ : "\n");
    if (closed) parts.pop();
    for (const part of parts) {
      lines += 1;
      if (part !== "") take(part, lines);
    }
  };
  for (;;) {
    const { value, done } = await chunks.next();
    if (done === true) {
      if (held.length > 0) takeAll(held, false);
      return { lines, rest: null };
    }
    let bytes: Buffer = held.length === 0 ? Buffer.from(value.buffer, value.byteOffset, value.byteLength) : Buffer.concat([held, value]);
    if (first && bytes.length >= 3) {
      first = false;
      if (bytes[0] === 0xff && bytes[1] === 0xfe) return { lines, rest: bytes };
      if (bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf) bytes = bytes.subarray(3);
    }
    if (first) {
      held = bytes;
      continue;
    }
    if (value.includes(quote)) return { lines, rest: bytes };
    const end = bytes.lastIndexOf(lineFeed) + 1;
    if (end > 0) takeAll(bytes.subarray(0, end), true);
    held = bytes.subarray(end);
    if (held.length > longestLine) return { lines, rest: held };
  }
}
