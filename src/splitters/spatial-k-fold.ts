import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, finite, flag, integer, optional } from "../core/options.ts";
import type { Split, SplitInput, Splitter } from "../core/splitter.ts";
import { type FoldOptions, foldSplitter } from "./fold-splitter.ts";
import { checkGroupCount, groupFolds } from "./group-k-fold.ts";
import { nearRows, neighbourGroups } from "./neighbours.ts";
import { requiredEntries, requiredRole } from "./required-role.ts";
import { stratifiedGroupFolds } from "./stratified-group-k-fold.ts";
import { tiles } from "./tiles.ts";

/** What `spatialKFold` is told: `block` or `within`. All lengths are in the unit of the coordinates. */
export interface SpatialOptions extends FoldOptions {
  /** Side of the square (or cubic) blocks that space is cut into: a block is tested as a whole. Longer than neighbours are alike. */
  readonly block?: number;
  /** Rows at most so far from each other are neighbours; neighbours of neighbours belong together, and are tested together. */
  readonly within?: number;
  /** Rows at most so far from a test row are not trained on. Default 0: all others are. */
  readonly buffer?: number;
  /** Keep the classes as near to proportion as blocks allow. Default: where the data has classes. */
  readonly stratify?: boolean;
}

/**
 * Cuts the rows into folds by where they are: neighbours resemble each other, so that a model that has seen the next pixel looks better than it will be elsewhere.
 * Whole blocks of space, or whole groups of neighbours, go to a fold, as groups do in `stratifiedGroupKFold` and `groupKFold`; with `within` no test row is that near
 * to a training row, with `block` rows on two sides of an edge may be, unless a `buffer` leaves them out of training.
 *
 * Source: D. R. Roberts et al., "Cross-validation strategies for data with temporal, spatial, hierarchical, or phylogenetic structure", Ecography 40(8), 2017, doi
 * 10.1111/ecog.02881. O(rows · neighbours) besides the dealing of groups.
 * @throws HpoError SPLIT_INVALID where the data has no coordinates, fewer blocks or groups than folds, or a buffer leaves no row to train on.
 */
export function spatialKFold(options: SpatialOptions): Splitter {
  const name = "spatialKFold";
  const length = optional(finite(0, Infinity, true));
  checkOptions(name, options, {
    folds: integer(2),
    block: length,
    within: length,
    buffer: optional(finite(0)),
    stratify: optional(flag()),
    shuffle: optional(flag()),
    seed: optional(integer(0)),
  });
  const { block = null, within = null, buffer = 0, stratify = null, ...foldOptions } = options;
  if ((block === null) === (within === null)) {
    throw new HpoError(
      "OPTION_INVALID",
      `${name}(): block (the side of blocks) or within (the distance of neighbours) must be given, not both; got ${block === null ? "neither" : "both"}.`,
      { data: { where: name, block, within } },
    );
  }
  const groupsOf = (input: SplitInput): Int32Array => {
    const axes = coordinatesOf(name, input);
    return block === null ? neighbourGroups(axes, within as number) : tiles(axes, block).codes;
  };
  /** null where classes are not to be looked at. */
  const classesOf = (input: SplitInput): Int32Array | null => {
    if (stratify === true) return requiredRole(name, input, "classes");
    return stratify === null ? input.classes : null;
  };
  const unit = block === null ? `neighbours within ${within}` : `blocks of ${block}`;
  const folds = foldSplitter(
    {
      name,
      manner: `by ${unit}${buffer === 0 ? "" : `, buffer ${buffer}`}`,
      needs: stratify === true ? ["coordinates", "classes"] : ["coordinates"],
      options: { block, within, buffer, stratify },
      check(input, count) {
        checkGroupCount(name, groupsOf(input), count);
        classesOf(input);
      },
      assign(input, count, random) {
        const groups = groupsOf(input);
        const classes = classesOf(input);
        return classes === null ? groupFolds(groups, count, random) : stratifiedGroupFolds(classes, groups, { folds: count, random });
      },
    },
    foldOptions,
  );
  if (buffer === 0) return folds;
  return Object.freeze({
    ...folds,
    split(input, rng) {
      const splits = folds.split(input, rng);
      const near = nearRows(coordinatesOf(name, input), buffer);
      return {
        *[Symbol.iterator]() {
          for (const split of splits) yield bufferedSplit(split, near, { name, buffer });
        },
      };
    },
  } satisfies Splitter);
}

/** The split without the training rows that are near a test row. */
function bufferedSplit(
  { train, test }: Split,
  near: (row: number) => readonly number[],
  { name, buffer }: { readonly name: string; readonly buffer: number },
): Split {
  const close = new Set<number>();
  for (const row of test) for (const other of near(row)) close.add(other);
  const kept = train.filter((row) => !close.has(row));
  if (kept.length > 0) return Object.freeze({ train: kept, test });
  throw new HpoError(
    "SPLIT_INVALID",
    `${name}(): buffer must leave rows to train on; got ${buffer}, within which every row has a test row. Take a smaller one, larger blocks or more folds.`,
    { data: { splitter: name, buffer } },
  );
}

function coordinatesOf(name: string, input: SplitInput): readonly Float64Array[] {
  const { coordinates, rows } = input;
  if (coordinates === null) {
    throw new HpoError(
      "SPLIT_INVALID",
      `${name}(): the data must have coordinates for every row; got none. Name their columns, e.g. csv("data.csv", { coordinates: ["x", "y"] }).`,
      { data: { splitter: name, role: "coordinates" } },
    );
  }
  return coordinates.map((axis) => requiredEntries(name, "coordinates", axis, rows));
}
