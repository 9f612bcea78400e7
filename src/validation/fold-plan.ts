import type { Dataset, Target } from "../core/dataset.ts";
import type { FoldPlan } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import type { SplitInput, Splitter } from "../core/splitter.ts";
import { rng } from "../math/rng.ts";
import { checkSplit } from "../splitters/checked-split.ts";
import type { FoldSizes } from "../study/gain-rule.ts";

/** The target that models learn: the first one. */
export function onlyTarget(data: Dataset): Target {
  const [target, second] = data.targets;
  if (target === undefined) {
    throw new HpoError(
      "DATA_UNSUPPORTED",
      `${data.name}: cross-validation needs a target; the data has none. Name its column, as in csv(…, { target: "y" }).`,
    );
  }
  if (second !== undefined) {
    throw new HpoError(
      "DATA_UNSUPPORTED",
      `${data.name}: cross-validation takes one target; the data has ${data.targets.length}. Ignore the others.`,
    );
  }
  return target;
}

/** What a splitter may look at. */
export function splitInput(data: Dataset): SplitInput {
  const target = onlyTarget(data);
  return {
    rows: data.rows,
    classes: target.kind === "class" ? target.codes : null,
    groups: data.roles.group?.codes ?? null,
    folds: data.roles.fold,
  };
}

/**
 * The folds of one repeat, each checked: train and test disjoint, in range, not empty; whatever splitter made them.
 * The indexes live in shared memory, so that slots share them. O(folds · rows).
 */
export function foldPlan(data: Dataset, splitter: Splitter, seed: number, repeat: number): FoldPlan {
  const folds = [];
  for (const split of splitter.split(splitInput(data), rng(seed).fork("split", repeat))) {
    checkSplit(split, data.rows, splitter.name);
    folds.push({ train: shared(split.train), test: shared(split.test) });
  }
  if (folds.length === 0) {
    throw new HpoError("SPLIT_INVALID", `${splitter.name}: there must be at least one fold; got none.`, {
      data: { splitter: splitter.name },
    });
  }
  return { folds };
}

/** How many folds there are, and the mean over them of test rows by training rows. */
export function foldSizes({ folds }: FoldPlan): FoldSizes {
  const share = folds.reduce((sum, { train, test }) => sum + test.length / train.length, 0) / folds.length;
  return { count: folds.length, testShare: share };
}

function shared(rows: Uint32Array): Uint32Array {
  const copy = new Uint32Array(new SharedArrayBuffer(rows.byteLength));
  copy.set(rows);
  return copy;
}
