import { HpoError } from "../core/hpo-error.ts";
import type { Split, Splitter } from "../core/splitter.ts";

/**
 * Checks a split whatever splitter made it: neither side empty, every index a row, both ascending without repeats (but for training rows drawn with
 * replacement), and no row on both sides. The engine calls it for every split, since a row on both sides makes every score too good. O(train + test).
 * @throws HpoError SPLIT_INVALID, naming the splitter, the side and the row.
 */
export function checkSplit(
  split: Split,
  rows: number,
  { name: splitterName, replacement = false }: Pick<Splitter, "name" | "replacement">,
): void {
  const { train, test } = split;
  checkSide(train, rows, { splitterName, side: "train", again: replacement });
  checkSide(test, rows, { splitterName, side: "test", again: false });
  let t = 0;
  for (const row of train) {
    while (t < test.length && (test[t] as number) < row) t++;
    if (test[t] !== row) continue;
    throw new HpoError("SPLIT_INVALID", `${splitterName}: train and test must have no row in common; got row ${row} in both.`, {
      data: { splitter: splitterName, row },
    });
  }
}

/** `again`: a row may be named more than once. */
function checkSide(
  indexes: Uint32Array,
  rows: number,
  { splitterName, side, again }: { readonly splitterName: string; readonly side: string; readonly again: boolean },
): void {
  const fail = (must: string, got: string, row: number | null): never => {
    throw new HpoError("SPLIT_INVALID", `${splitterName}: ${side} must ${must}; got ${got}.`, {
      data: { splitter: splitterName, side, row },
    });
  };
  if (!(indexes instanceof Uint32Array)) fail("be a Uint32Array of row indexes", typeof indexes, null);
  if (indexes.length === 0) fail("hold at least one row", "none", null);
  let last = -1;
  for (const row of indexes) {
    if (row >= rows) fail(`hold row indexes from 0 to ${rows - 1}`, String(row), row);
    if (row < last || (row === last && !again))
      fail(`hold ascending row indexes${again ? "" : " without repeats"}`, `row ${row} after row ${last}`, row);
    last = row;
  }
}
