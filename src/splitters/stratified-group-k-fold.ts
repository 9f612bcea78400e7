import type { Splitter } from "../core/splitter.ts";
import { pairwiseSum } from "../math/pairwise-sum.ts";
import type { Rng } from "../math/rng.ts";
import { type DenseCodes, denseCodes } from "./dense-codes.ts";
import { type FoldOptions, foldSplitter } from "./fold-splitter.ts";
import { checkGroupCount } from "./group-k-fold.ts";
import { requiredRole } from "./required-role.ts";
import { checkClassSizes } from "./stratified-k-fold.ts";

/**
 * Cuts the rows into folds without tearing a group, with the classes as near to proportion as the groups allow.
 *
 * Groups are taken from the most uneven in its class counts to the most even; each goes to the fold where it leaves the classes'
 * shares most alike over the folds, then to the one with the fewest rows. No fold stays empty. With `shuffle` (the default) the
 * unevenness is first multiplied by a random factor from ½ to 1. With `shuffle: false` the folds are exactly those of
 * scikit-learn's `StratifiedGroupKFold` (which may leave a fold empty), provided that the group numbers are in the order of the
 * groups' sorted names. O(groups · folds · (classes + folds · classes in a group)).
 * @throws HpoError SPLIT_INVALID where the data has no class target or no groups, fewer groups than folds, or only classes smaller than that.
 */
export function stratifiedGroupKFold(options: FoldOptions): Splitter {
  const name = "stratifiedGroupKFold";
  return foldSplitter(
    {
      name,
      manner: "stratified, grouped",
      needs: ["classes", "groups"],
      check(input, folds) {
        checkGroupCount(name, requiredRole(name, input, "groups"), folds);
        checkClassSizes(name, requiredRole(name, input, "classes"), folds);
      },
      assign(input, folds, random) {
        return stratifiedGroupFolds(requiredRole(name, input, "classes"), requiredRole(name, input, "groups"), { folds, random });
      },
    },
    options,
  );
}

/** The fold of every row, as `stratifiedGroupKFold` deals whole groups. */
export function stratifiedGroupFolds(
  classes: Int32Array,
  groups: Int32Array,
  { folds, random }: { readonly folds: number; readonly random: Rng | null },
): Int32Array {
  const dense = denseCodes(groups, "value");
  const foldOfGroup = dealGroups({ classes: denseCodes(classes, "value"), groups: dense, folds, random });
  return dense.codes.map((group) => foldOfGroup[group] as number);
}

interface Deal {
  readonly classes: DenseCodes;
  readonly groups: DenseCodes;
  readonly folds: number;
  readonly random: Rng | null;
}

/**
 * The fold of every group. The standard deviations (divided by n) are taken by two passes, over folds in fold order and over classes
 * pairwise: in that order of additions rounding decides ties as in scikit-learn.
 */
function dealGroups({ classes, groups, folds, random }: Deal): Int32Array {
  const classCount = classes.counts.length;
  const groupCount = groups.counts.length;
  /** groups × classes. */
  const groupClasses = new Float64Array(groupCount * classCount);
  groups.codes.forEach((group, row) => {
    const at = group * classCount + (classes.codes[row] as number);
    groupClasses[at] = (groupClasses[at] as number) + 1;
  });
  /** classes × folds: how many rows of the class the fold has. */
  const foldClasses = new Float64Array(classCount * folds);
  /** How uneven each class' share is over the folds as they are. */
  const spread = new Float64Array(classCount);
  const tried = new Float64Array(classCount);
  const rowsOfFold = new Float64Array(folds);
  const foldOfGroup = new Int32Array(groupCount);
  const shares = new Float64Array(folds);
  let emptyFolds = folds;
  let groupsLeft = groupCount;

  /** The spread of class `c` once `extra` of its rows are in `fold`. */
  const spreadWith = (c: number, fold: number, extra: number): number => {
    let sum = 0;
    for (let f = 0; f < folds; f++) {
      const share = ((foldClasses[c * folds + f] as number) + (f === fold ? extra : 0)) / (classes.counts[c] as number);
      shares[f] = share;
      sum += share;
    }
    const mean = sum / folds;
    let squares = 0;
    for (const share of shares) squares += (share - mean) * (share - mean);
    return Math.sqrt(squares / folds);
  };

  for (const group of unevenFirst(groupClasses, classCount, random)) {
    const counts = groupClasses.subarray(group * classCount, (group + 1) * classCount);
    const mustFill = groupsLeft === emptyFolds;
    let best = -1;
    let least = Infinity;
    let fewest = Infinity;
    for (let fold = 0; fold < folds; fold++) {
      const rows = rowsOfFold[fold] as number;
      if (mustFill && rows > 0) continue;
      for (let c = 0; c < classCount; c++) {
        tried[c] = counts[c] === 0 ? (spread[c] as number) : spreadWith(c, fold, counts[c] as number);
      }
      const unevenness = pairwiseSum(tried) / classCount;
      if (unevenness < least || (alike(unevenness, least) && rows < fewest)) {
        best = fold;
        least = unevenness;
        fewest = rows;
      }
    }
    if (rowsOfFold[best] === 0) emptyFolds--;
    groupsLeft--;
    foldOfGroup[group] = best;
    for (let c = 0; c < classCount; c++) {
      const extra = counts[c] as number;
      if (extra === 0) continue;
      spread[c] = spreadWith(c, best, extra);
      foldClasses[c * folds + best] = (foldClasses[c * folds + best] as number) + extra;
      rowsOfFold[best] = (rowsOfFold[best] as number) + extra;
    }
  }
  return foldOfGroup;
}

/** Group numbers, those with the greatest standard deviation of their class counts first; equal ones in order. */
function unevenFirst(groupClasses: Float64Array, classCount: number, random: Rng | null): Uint32Array {
  const uneven = Float64Array.from({ length: groupClasses.length / classCount }, (_, group) => {
    const counts = groupClasses.subarray(group * classCount, (group + 1) * classCount);
    const mean = pairwiseSum(counts) / classCount;
    const deviation = Math.sqrt(pairwiseSum(counts.map((count) => (count - mean) * (count - mean))) / classCount);
    return random === null ? deviation : deviation * (0.5 + 0.5 * random.uniform());
  });
  const order = Uint32Array.from(uneven, (_, group) => group);
  random?.shuffle(order);
  return order.sort((a, b) => (uneven[b] as number) - (uneven[a] as number));
}

/** NumPy's `isclose` with its default tolerances. */
function alike(a: number, b: number): boolean {
  return Math.abs(a - b) <= 1e-8 + 1e-5 * Math.abs(b);
}
