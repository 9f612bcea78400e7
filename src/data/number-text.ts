/**
 * The number that a text writes in decimal ("3", "-0.5", "1e3"; spaces around it are allowed), NaN where it writes none.
 * ±Infinity where it is infinite or beyond 64-bit floats. Rounds correctly.
 */
export function numberOf(text: string): number {
  const value = Number(text);
  if (value !== value) return value;
  // What Number() takes besides decimal numbers: blanks (a tab, a no-break space …), and 0x, 0b, 0o.
  const first = text.charCodeAt(0);
  if (!(first > 32 && first < 128)) {
    const trimmed = text.trim();
    return trimmed === "" ? Number.NaN : numberOf(trimmed);
  }
  if (text.length < 2) return value;
  const second = text.charCodeAt(1) | 32;
  return second === 120 || second === 98 || second === 111 ? Number.NaN : value;
}

/** The one text of a finite number: "1" for 1.0 and 01, "0" for −0. */
export function textOf(value: number): string {
  return String(value === 0 ? 0 : value);
}
