import type { Split } from "../core/splitter.ts";

/** Rows whose part is the wanted one, ascending. */
export function partRows(parts: Uint8Array, wanted: number): Uint32Array {
  let count = 0;
  for (const part of parts) if (part === wanted) count++;
  const rows = new Uint32Array(count);
  let next = 0;
  for (let row = 0; row < parts.length; row++) if (parts[row] === wanted) rows[next++] = row;
  return rows;
}

/** The split of rows marked 0 (train), 1 (test) or anything else (neither). */
export function splitOf(parts: Uint8Array): Split {
  return Object.freeze({ train: partRows(parts, 0), test: partRows(parts, 1) });
}
