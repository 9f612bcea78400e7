import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, flag, integer, optional } from "../core/options.ts";
import type { SplitInput, Splitter } from "../core/splitter.ts";
import { type Rng, rng as seededRng } from "../math/rng.ts";
import { foldSplits } from "./fold-splits.ts";

/** What every k-fold splitter is told. */
export interface FoldOptions {
  /** How many folds, at least 2. */
  readonly folds: number;
  /** Deal rows (or groups) at random. Default true. */
  readonly shuffle?: boolean;
  /** The shuffle's own seed: the same folds whatever the study's seed and in every repeat. By default the study's stream is used. */
  readonly seed?: number;
}

/** What makes one k-fold splitter different from another. */
export interface FoldRecipe {
  readonly name: string;
  /** The label's word: "grouped". Empty for none. */
  readonly manner: string;
  readonly needs: Splitter["needs"];
  /** What it is told besides. */
  readonly options?: Splitter["options"];
  /** Throws an HpoError where `input` can't be cut into `folds`. */
  check(input: SplitInput, folds: number): void;
  /** The test fold of every row; `random` is null where nothing is to be shuffled. */
  assign(input: SplitInput, folds: number, random: Rng | null): Int32Array;
}

/** A k-fold splitter: each row is tested in exactly one fold. Equal inputs and equal streams give equal folds. */
export function foldSplitter(recipe: FoldRecipe, given: FoldOptions): Splitter {
  const { name, manner, needs } = recipe;
  checkOptions(name, given, { folds: integer(2), shuffle: optional(flag()), seed: optional(integer(0)) });
  const { folds, shuffle = true, seed = null } = given;
  checkSeed(name, shuffle, seed);
  const check = (input: SplitInput): void => {
    checkFoldCount(name, folds, { count: input.rows, noun: "rows" });
    recipe.check(input, folds);
  };
  return Object.freeze({
    name,
    label: manner === "" ? `${folds}-fold` : `${folds}-fold ${manner}`,
    options: Object.freeze({ folds, shuffle, seed, ...recipe.options }),
    needs: Object.freeze([...needs]),
    random: shuffle && seed === null,
    count(input) {
      check(input);
      return folds;
    },
    split(input, rng) {
      check(input);
      const foldOf = recipe.assign(input, folds, shuffle ? shuffleStream(rng, seed) : null);
      return foldSplits(
        foldOf,
        Array.from({ length: folds }, (_, fold) => fold),
      );
    },
  } satisfies Splitter);
}

/** The stream that shuffles: a fork, so that splitting twice with one stream gives the same rows. */
export function shuffleStream(rng: Rng, seed: number | null): Rng {
  return (seed === null ? rng : seededRng(seed)).fork("shuffle");
}

/** @throws HpoError OPTION_INVALID for a seed that nothing would use. */
export function checkSeed(name: string, shuffle: boolean, seed: number | null): void {
  if (shuffle || seed === null) return;
  throw new HpoError("OPTION_INVALID", `${name}(): seed must be left out where shuffle is false, since nothing is random; got ${seed}.`, {
    data: { where: name, option: "seed", value: seed },
  });
}

/** @throws HpoError SPLIT_INVALID where there are fewer rows or groups than folds. */
export function checkFoldCount(name: string, folds: number, { count, noun }: { count: number; noun: string }): void {
  if (folds <= count) return;
  const must =
    count < 2
      ? `for folds there must be at least 2 ${noun}; got ${count}`
      : `folds must be an integer from 2 to the number of ${noun} (${count}); got ${folds}`;
  throw new HpoError("SPLIT_INVALID", `${name}(): ${must}.`, { data: { splitter: name, folds, [noun]: count } });
}
