import type { Split } from "../core/splitter.ts";

/**
 * The splits of a partition, one a fold: `foldOf[row]` is the fold that tests the row, −1 where none does.
 * Can be walked more than once; the index arrays are made one split at a time. O(rows) a split.
 */
export function foldSplits(foldOf: Int32Array, folds: readonly number[]): Iterable<Split> {
  return {
    *[Symbol.iterator]() {
      for (const fold of folds) yield split(foldOf, fold);
    },
  };
}

function split(foldOf: Int32Array, fold: number): Split {
  let tested = 0;
  for (const one of foldOf) if (one === fold) tested++;
  const train = new Uint32Array(foldOf.length - tested);
  const test = new Uint32Array(tested);
  let trainEnd = 0;
  let testEnd = 0;
  for (let row = 0; row < foldOf.length; row++) {
    if (foldOf[row] === fold) test[testEnd++] = row;
    else train[trainEnd++] = row;
  }
  return Object.freeze({ train, test });
}
