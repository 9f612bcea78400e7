import { HpoError } from "../core/hpo-error.ts";
import type { Splitter } from "../core/splitter.ts";
import { denseCodes } from "./dense-codes.ts";
import { type FoldOptions, foldSplitter } from "./fold-splitter.ts";
import { requiredRole } from "./required-role.ts";

/**
 * Cuts the rows into folds that hold every class in proportion: for each class, and for all rows, the folds' counts differ by at
 * most one. A class of at least two rows is therefore in every training part; a class of one row is missing from one of them.
 *
 * Each class is shuffled over its places unless `shuffle: false`, which gives scikit-learn's `StratifiedKFold` folds exactly.
 * @throws HpoError SPLIT_INVALID where the data has no class target, or where every class has fewer rows than there are folds.
 */
export function stratifiedKFold(options: FoldOptions): Splitter {
  const name = "stratifiedKFold";
  return foldSplitter(
    {
      name,
      manner: "stratified",
      needs: ["classes"],
      check(input, folds) {
        checkClassSizes(name, requiredRole(name, input, "classes"), folds);
      },
      assign(input, folds, random) {
        const { codes, counts } = denseCodes(requiredRole(name, input, "classes"), "appearance");
        // Dealing the rows, sorted by class, to the folds in turn decides how many of each class a fold gets;
        // which ones is decided in row order, so that the first rows of a class go to the first folds.
        const places: Int32Array[] = [];
        let dealt = 0;
        for (const count of counts) {
          const perFold = new Uint32Array(folds);
          for (let i = 0; i < count; i++, dealt++) perFold[dealt % folds] = (perFold[dealt % folds] as number) + 1;
          const place = new Int32Array(count);
          let end = 0;
          perFold.forEach((many, fold) => {
            place.fill(fold, end, end + many);
            end += many;
          });
          random?.shuffle(place);
          places.push(place);
        }
        const next = new Uint32Array(counts.length);
        return codes.map((code) => {
          const at = next[code] as number;
          next[code] = at + 1;
          return (places[code] as Int32Array)[at] as number;
        });
      },
    },
    options,
  );
}

/** @throws HpoError SPLIT_INVALID where no class has as many rows as there are folds. */
export function checkClassSizes(name: string, classes: Int32Array, folds: number): void {
  let largest = 0;
  for (const count of denseCodes(classes, "value").counts) largest = Math.max(largest, count);
  if (largest >= folds) return;
  throw new HpoError(
    "SPLIT_INVALID",
    `${name}(): folds must be at most the number of rows of the largest class (${largest}); got ${folds}. Take fewer folds, or kFold().`,
    { data: { splitter: name, folds, largestClass: largest } },
  );
}
