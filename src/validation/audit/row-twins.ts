import type { DenseBlock } from "../../core/dataset.ts";

/** Of every row the first row with equal features (itself where there is none before it); missing values are equal to each other. O(rows × width). */
export function firstTwins({ values, stride, width }: DenseBlock, rows: number): Int32Array {
  const words = new Uint32Array(values.buffer, values.byteOffset, values.byteLength / 4);
  const perValue = values.BYTES_PER_ELEMENT / 4;
  const [step, length] = [stride * perValue, width * perValue];
  const first = new Int32Array(rows);
  /** By hash, the first rows of distinct features that share it. */
  const known = new Map<number, number[]>();
  const equal = (one: number, other: number): boolean => {
    for (let i = 0; i < length; i++) if (words[one * step + i] !== words[other * step + i]) return false;
    return true;
  };
  for (let row = 0; row < rows; row++) {
    // FNV-1a over words: what collides is compared.
    let hash = 0x811c9dc5;
    for (let i = row * step, end = i + length; i < end; i++) hash = Math.imul(hash ^ (words[i] as number), 0x01000193) ^ (hash >>> 15);
    const bucket = known.get(hash);
    const twin = bucket?.find((one) => equal(one, row));
    first[row] = twin ?? row;
    if (bucket === undefined) known.set(hash, [row]);
    else if (twin === undefined) bucket.push(row);
  }
  return first;
}
