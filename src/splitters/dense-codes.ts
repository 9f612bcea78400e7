/** Codes without gaps, and how many rows have each. */
export interface DenseCodes {
  readonly codes: Int32Array;
  readonly counts: Uint32Array;
}

/**
 * Renumbers codes from 0 without gaps: ascending ("value"), or in order of first appearance ("appearance").
 * O(n + d log d) for d different codes.
 */
export function denseCodes(codes: Int32Array, order: "value" | "appearance"): DenseCodes {
  const numbers = new Map<number, number>();
  for (const code of codes) if (!numbers.has(code)) numbers.set(code, numbers.size);
  if (order === "value") {
    const ascending = Int32Array.from(numbers.keys()).sort();
    ascending.forEach((code, number) => {
      numbers.set(code, number);
    });
  }
  const counts = new Uint32Array(numbers.size);
  const dense = codes.map((code) => {
    const number = numbers.get(code) as number;
    counts[number] = (counts[number] as number) + 1;
    return number;
  });
  return { codes: dense, counts };
}
