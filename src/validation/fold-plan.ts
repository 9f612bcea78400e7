import type { Dataset, Target } from "../core/dataset.ts";
import type { FoldPlan } from "../core/estimator.ts";
import { HpoError } from "../core/hpo-error.ts";
import { showValue } from "../core/options.ts";
import { calling, partFailure } from "../core/part-failure.ts";
import type { Split, SplitInput, Splitter } from "../core/splitter.ts";
import { type Rng, rng } from "../math/rng.ts";
import { checkSplit } from "../splitters/checked-split.ts";
import { splitInput } from "../splitters/split-input.ts";
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

/** What a splitter yields; what it throws on the way names it. */
function* namedSplits(splitter: Splitter, input: SplitInput, stream: Rng): Iterable<Split> {
  const named = `The splitter ${splitter.name}`;
  try {
    for (const split of splitter.split(input, stream)) {
      if (typeof split === "object" && split !== null) yield split;
      else throw new HpoError("SPLIT_INVALID", `${named} must give splits { train, test }; got ${showValue(split)}.`);
    }
  } catch (cause) {
    throw partFailure(named, "SPLIT_INVALID", cause);
  }
}

/** What the rows of all folds may take together. */
const mostBytes = 2 ** 32;

/**
 * The folds of a splitter, each checked: train and test disjoint, in range, not empty; whatever splitter made them.
 * The indexes live in shared memory, so that slots share them. O(folds · rows).
 * @throws HpoError SPLIT_INVALID besides where the row numbers of all folds would take more than 4 GiB.
 */
export function foldPlan(data: Dataset, splitter: Splitter, seed: number, repeat: number): FoldPlan {
  const input = splitInput(data, onlyTarget(data));
  const count = calling(`The splitter ${splitter.name}`, "SPLIT_INVALID", () => splitter.count(input));
  const folds = [];
  const shared = sharedRows();
  let bytes = 0;
  for (const split of namedSplits(splitter, input, rng(seed).fork("split", repeat))) {
    checkSplit(split, data.rows, splitter);
    bytes += split.train.byteLength + split.test.byteLength;
    // The first split tells about how much all take, before any memory is.
    if ((folds.length === 0 ? bytes * count : bytes) > mostBytes) throw tooLarge(splitter, count, data.rows);
    folds.push({ train: shared(split.train), test: shared(split.test) });
  }
  if (folds.length === 0) {
    throw new HpoError("SPLIT_INVALID", `${splitter.name}: there must be at least one fold; got none.`, {
      data: { splitter: splitter.name },
    });
  }
  const { repeats = 1, replacement = false } = splitter;
  if (folds.length % repeats !== 0) {
    throw new HpoError(
      "SPLIT_INVALID",
      `${splitter.name}: each of the ${repeats} repeats must have as many folds; got ${folds.length} in all.`,
      {
        data: { splitter: splitter.name, repeats, folds: folds.length },
      },
    );
  }
  const overlap = overlapOf(folds.slice(0, folds.length / repeats), data.rows);
  return {
    folds,
    ...(repeats === 1 ? {} : { repeats }),
    ...(overlap === null ? {} : { overlap }),
    ...(replacement ? { replacement } : {}),
  };
}

/** null where no row is tested twice. */
function overlapOf(folds: FoldPlan["folds"], rows: number): number | null {
  const tested = new Uint8Array(rows);
  let again = false;
  for (const { test } of folds) {
    for (const row of test) {
      again ||= tested[row] === 1;
      tested[row] = 1;
    }
  }
  if (!again) return null;
  const different = (train: Uint32Array): number => train.reduce((count, row, at) => count + (at > 0 && train[at - 1] === row ? 0 : 1), 0);
  return folds.reduce((sum, { train, test }) => sum + test.length / different(train), 0) / folds.length;
}

/** How a fold is called in records: folds count from 0 in each repeat. */
export interface FoldName {
  readonly repeat: number;
  readonly fold: number;
}

/** The name of the plan's fold at `index`. Where a configuration is repeated, each time with a plan of its own, `times` is how often it was before. */
export function foldName({ folds, repeats = 1 }: Pick<FoldPlan, "folds" | "repeats">, index: number, times = 0): FoldName {
  const each = folds.length / repeats;
  return { repeat: times * repeats + Math.floor(index / each), fold: index % each };
}

/** Where the plan has the fold of that name. */
export function foldIndex({ folds, repeats = 1 }: Pick<FoldPlan, "folds" | "repeats">, { repeat, fold }: FoldName): number {
  return (repeat % repeats) * (folds.length / repeats) + fold;
}

function tooLarge(splitter: Splitter, count: number, rows: number): HpoError {
  const gigabytes = (count * rows * 4) / 2 ** 30;
  return new HpoError(
    "SPLIT_INVALID",
    `${splitter.name}(): the row numbers of all splits must fit into 4 GiB; got ${count} splits of ${rows} rows, which take about ${gigabytes.toFixed(1)} GiB. Take fewer splits, e.g. kFold({ folds: 10 }).`,
    { data: { splitter: splitter.name, count, rows } },
  );
}

const pieceEntries = 1 << 18;

/** Copies row numbers into shared memory, in pieces of a megabyte or more: thousands of folds post few buffers. */
function sharedRows(): (rows: Uint32Array) => Uint32Array {
  let piece: Uint32Array = new Uint32Array(0);
  let used = 0;
  return (rows) => {
    if (used + rows.length > piece.length) {
      piece = new Uint32Array(new SharedArrayBuffer(Math.max(pieceEntries, rows.length) * 4));
      used = 0;
    }
    const copy = piece.subarray(used, used + rows.length);
    copy.set(rows);
    used += rows.length;
    return copy;
  };
}

/** How many folds there are, and the mean over them of test rows by training rows. */
export function foldSizes({ folds }: FoldPlan): FoldSizes {
  const share = folds.reduce((sum, { train, test }) => sum + test.length / train.length, 0) / folds.length;
  return { count: folds.length, testShare: share };
}
