import type { Rng } from "../math/rng.ts";
import { denseCodes } from "./dense-codes.ts";

/**
 * Deals rows to parts of given sizes with every class in proportion: within one row of its share in each part. Only where a class
 * would have no row in part 0, one of its rows changes places with one of the class that has most to spare there, if any has two.
 * Within a class the rows go to the parts in row order, or at random. O(rows + classes²).
 * @param sizes rows of part 0, 1, …; together the number of rows.
 */
export function stratifiedParts(classes: Int32Array, sizes: readonly number[], random: Rng | null): Uint8Array {
  const { codes, counts } = denseCodes(classes, "appearance");
  const allotted = allot(counts, sizes);
  const places = allotted.map((perPart) => {
    const place = Uint8Array.from(perPart.flatMap((many, part) => Array.from({ length: many }, () => part)));
    return random === null ? place : random.shuffle(place);
  });
  const next = new Uint32Array(counts.length);
  return Uint8Array.from(codes, (code) => {
    const at = next[code] as number;
    next[code] = at + 1;
    return (places[code] as Uint8Array)[at] as number;
  });
}

/**
 * How many rows each class gives to each part: every share rounded down, then what is missing of a class goes to the parts that miss
 * most. That fills all parts exactly (H. Ryser, "Combinatorial properties of matrices of zeros and ones", Canad. J. Math. 9, 1957).
 */
function allot(counts: Uint32Array, sizes: readonly number[]): number[][] {
  const rows = sizes.reduce((sum, size) => sum + size, 0);
  const table = Array.from(counts, (count) => sizes.map((size) => Math.floor((count * size) / rows)));
  const missing = sizes.map((size, part) => size - table.reduce((sum, perPart) => sum + (perPart[part] as number), 0));
  table.forEach((perPart, code) => {
    const left = (counts[code] as number) - perPart.reduce((sum, many) => sum + many, 0);
    const byNeed = sizes.map((_, part) => part).sort((a, b) => (missing[b] as number) - (missing[a] as number) || a - b);
    for (const part of byNeed.slice(0, left)) {
      perPart[part] = (perPart[part] as number) + 1;
      missing[part] = (missing[part] as number) - 1;
    }
  });
  giveEveryClass(table, (code, part) => ((counts[code] as number) * (sizes[part] as number)) / rows);
  return table;
}

/** The exchanges for part 0, which change no part's size. `share` is what a class should have in a part. */
function giveEveryClass(table: readonly number[][], share: (code: number, part: number) => number): void {
  const spare = (code: number, part: number): number => (table[code]?.[part] as number) - share(code, part);
  for (const perPart of table) {
    const from = perPart.findIndex((many) => many > 0);
    if (perPart[0] !== 0 || from < 0) continue;
    let giver = -1;
    table.forEach((other, one) => {
      if ((other[0] as number) < 2) return;
      if (giver < 0 || spare(one, 0) - spare(one, from) > spare(giver, 0) - spare(giver, from)) giver = one;
    });
    if (giver < 0) return;
    moveRow(perPart, from, 0);
    moveRow(table[giver] as number[], 0, from);
  }
}

function moveRow(perPart: number[], from: number, to: number): void {
  perPart[from] = (perPart[from] as number) - 1;
  perPart[to] = (perPart[to] as number) + 1;
}
