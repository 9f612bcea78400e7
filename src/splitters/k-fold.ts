import type { Splitter } from "../core/splitter.ts";
import { type FoldOptions, foldSplitter } from "./fold-splitter.ts";

/**
 * Cuts the rows into folds whose sizes differ by at most one, the larger first; classes and groups are not looked at.
 *
 * Rows are shuffled first unless `shuffle: false`, which gives contiguous folds (scikit-learn's `KFold`) and misleads on sorted data.
 * @throws HpoError SPLIT_INVALID where there are fewer rows than folds.
 */
export function kFold(options: FoldOptions): Splitter {
  return foldSplitter(
    {
      name: "kFold",
      manner: "",
      needs: [],
      check() {},
      assign({ rows }, folds, random) {
        const order = Uint32Array.from({ length: rows }, (_, row) => row);
        random?.shuffle(order);
        const foldOf = new Int32Array(rows);
        const size = Math.floor(rows / folds);
        const larger = rows % folds;
        for (let position = 0; position < rows; position++) {
          const inLarger = position < larger * (size + 1);
          const fold = inLarger ? Math.floor(position / (size + 1)) : larger + Math.floor((position - larger * (size + 1)) / size);
          foldOf[order[position] as number] = fold;
        }
        return foldOf;
      },
    },
    options,
  );
}
