import type { Splitter } from "../core/splitter.ts";
import type { Rng } from "../math/rng.ts";
import { denseCodes } from "./dense-codes.ts";
import { checkFoldCount, type FoldOptions, foldSplitter } from "./fold-splitter.ts";
import { introsortOrder } from "./introsort-order.ts";
import { requiredRole } from "./required-role.ts";

/**
 * Cuts the rows into folds without tearing a group: the rows of a group are all tested in the same fold. Group after group goes to the
 * fold that has the fewest rows so far, so that the folds' sizes differ by at most the largest group's.
 *
 * Groups are taken from the largest to the smallest. With `shuffle` (the default) a group's size is first multiplied by a random
 * factor from ½ to 1: folds stay about as even, and repeats differ. With `shuffle: false` the folds are exactly those of
 * scikit-learn's `GroupKFold`, provided that the group numbers are in the order of the groups' sorted names.
 * @throws HpoError SPLIT_INVALID where the data has no groups, or fewer groups than folds.
 */
export function groupKFold(options: FoldOptions): Splitter {
  const name = "groupKFold";
  return foldSplitter(
    {
      name,
      manner: "grouped",
      needs: ["groups"],
      check(input, folds) {
        checkGroupCount(name, requiredRole(name, input, "groups"), folds);
      },
      assign(input, folds, random) {
        return groupFolds(requiredRole(name, input, "groups"), folds, random);
      },
    },
    options,
  );
}

/** The fold of every row, whole groups in the fold with the fewest rows, the largest first; their order is disturbed by `random`. */
export function groupFolds(groups: Int32Array, folds: number, random: Rng | null): Int32Array {
  const { codes, counts } = denseCodes(groups, "value");
  const sizes = Float64Array.from(counts, (count) => (random === null ? count : count * (0.5 + 0.5 * random.uniform())));
  const foldOfGroup = new Int32Array(counts.length);
  const rowsOfFold = new Float64Array(folds);
  for (const group of introsortOrder(sizes).reverse()) {
    let lightest = 0;
    for (let fold = 1; fold < folds; fold++) {
      if ((rowsOfFold[fold] as number) < (rowsOfFold[lightest] as number)) lightest = fold;
    }
    rowsOfFold[lightest] = (rowsOfFold[lightest] as number) + (counts[group] as number);
    foldOfGroup[group] = lightest;
  }
  return codes.map((group) => foldOfGroup[group] as number);
}

/** @throws HpoError SPLIT_INVALID where there are fewer groups than folds. */
export function checkGroupCount(name: string, groups: Int32Array, folds: number): void {
  checkFoldCount(name, folds, { count: new Set(groups).size, noun: "groups" });
}
