import type { Rng } from "../math/rng.ts";
import { denseCodes } from "./dense-codes.ts";

/**
 * Deals rows to parts of given sizes with every class in proportion: within one row of its share in each part, within two
 * where a class would else have no row in part 0 (it then changes places with the class that has most to spare).
 * Within a class the rows go to the parts in row order, or at random. O(rows + classes²).
 * @param sizes rows of part 0, 1, …; together the number of rows.
 */
export function stratifiedParts(classes: Int32Array, sizes: readonly number[], random: Rng | null): Uint8Array {
  const { codes, counts } = denseCodes(classes, "appearance");
  const allotted = allot(counts, sizes);
  const places = allotted.map((perPart) => {
    const place = Uint8Array.from(perPart.flatMap((many, part) => new Array<number>(many).fill(part)));
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
  for (const perPart of table) if (perPart[0] === 0) giveFirst(perPart, table);
  return table;
}

/** Gives a class one row of part 0 in exchange with the class that has most rows there, where any has two. */
function giveFirst(perPart: number[], table: readonly number[][]): void {
  const giver = table.reduce((most, one) => ((one[0] as number) > (most[0] as number) ? one : most));
  const from = perPart.findIndex((many) => many > 0);
  if (from < 0 || (giver[0] as number) < 2) return;
  perPart[0] = 1;
  perPart[from] = (perPart[from] as number) - 1;
  giver[0] = (giver[0] as number) - 1;
  giver[from] = (giver[from] as number) + 1;
}
