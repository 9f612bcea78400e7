import type { Training } from "./transformer.ts";

/** By column, the levels that training rows have, in the column's order, then null where `missing` and a row has none; null for numbers. */
export function trainedLevels({ columns, column }: Training, missing: boolean): readonly (readonly (string | null)[] | null)[] {
  return columns.map(({ levels }, j) => {
    if (levels === null) return null;
    const seen = new Uint8Array(levels.length + 1);
    for (const code of column(j)) seen[code === code ? code : levels.length] = 1;
    const kept: (string | null)[] = levels.filter((_, code) => seen[code] === 1);
    return missing && seen[levels.length] === 1 ? [...kept, null] : kept;
  });
}
