import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, finite, integer, optional } from "../core/options.ts";
import type { SplitInput, Splitter } from "../core/splitter.ts";
import type { Rng } from "../math/rng.ts";
import { denseCodes } from "./dense-codes.ts";
import { shuffleStream } from "./fold-splitter.ts";
import { splitOf } from "./part-rows.ts";
import { requiredRole } from "./required-role.ts";
import { stratifiedParts } from "./stratified-parts.ts";

/** Parts as fractions (below 1) or as counts, of rows; of groups in `groupShuffleSplit`. */
export interface ShuffleSplitOptions {
  /** How many splits, each dealt anew. */
  readonly splits: number;
  /** The test part. Default: what `train` leaves; 0.1 where that is not given either, 0.2 in `groupShuffleSplit`. A fraction is rounded up. */
  readonly test?: number;
  /** The training part. Default: what the test part leaves. A fraction is rounded down. */
  readonly train?: number;
  /** The shuffle's own seed: the same splits whatever the study's seed. By default the study's stream is used. */
  readonly seed?: number;
}

/**
 * Draws a test part and a training part at random, split after split: as many splits as one likes, of any sizes, but a row may be tested often or never.
 * Part sizes are those of scikit-learn's `ShuffleSplit`. O(rows) a split.
 * @throws HpoError SPLIT_INVALID where a part would be empty, or both together larger than the data.
 */
export function shuffleSplit(options: ShuffleSplitOptions): Splitter {
  return shuffleSplitter({ name: "shuffleSplit", manner: "", noun: "rows", share: 0.1, needs: [] }, options, (input, sizes, random) => {
    return dealt(input.rows, sizes, random);
  });
}

/**
 * As `shuffleSplit`, with the classes in proportion: each has within one row of its share in both parts, but for exchanges that give every class a row to train on
 * where that is possible.
 * @throws HpoError SPLIT_INVALID besides where the data has no class target.
 */
export function stratifiedShuffleSplit(options: ShuffleSplitOptions): Splitter {
  const name = "stratifiedShuffleSplit";
  return shuffleSplitter({ name, manner: "stratified", noun: "rows", share: 0.1, needs: ["classes"] }, options, (input, sizes, random) => {
    return stratifiedParts(requiredRole(name, input, "classes"), [...sizes, input.rows - sizes[0] - sizes[1]], random);
  });
}

/**
 * As `shuffleSplit`, with whole groups: no group is on both sides. Sizes count groups.
 * @throws HpoError SPLIT_INVALID besides where the data has no groups.
 */
export function groupShuffleSplit(options: ShuffleSplitOptions): Splitter {
  const name = "groupShuffleSplit";
  return shuffleSplitter({ name, manner: "grouped", noun: "groups", share: 0.2, needs: ["groups"] }, options, (input, sizes, random) => {
    const { codes, counts } = denseCodes(requiredRole(name, input, "groups"), "value");
    const partOf = dealt(counts.length, sizes, random);
    return Uint8Array.from(codes, (code) => partOf[code] as number);
  });
}

interface ShuffleRecipe {
  readonly name: string;
  readonly manner: string;
  readonly noun: "rows" | "groups";
  /** The test part where none is said. */
  readonly share: number;
  readonly needs: Splitter["needs"];
}

/** Units in train and test. */
type Sizes = readonly [number, number];

/** `deal` gives the part of every row: 0 train, 1 test, 2 neither. */
function shuffleSplitter(
  { name, manner, noun, share, needs }: ShuffleRecipe,
  given: ShuffleSplitOptions,
  deal: (input: SplitInput, sizes: Sizes, random: Rng) => Uint8Array,
): Splitter {
  const part = optional(finite(0, Infinity, true));
  checkOptions(name, given, { splits: integer(1), test: part, train: part, seed: optional(integer(0)) });
  const { splits, train = null, test = train === null ? share : null, seed = null } = given;
  for (const [option, size] of Object.entries({ test, train })) {
    if (size === null || size < 1 || Number.isInteger(size)) continue;
    throw new HpoError("OPTION_INVALID", `${name}(): ${option} must be a fraction below 1 or a number of ${noun}; got ${size}.`, {
      data: { where: name, option, value: size },
    });
  }
  if (test !== null && train !== null && test < 1 && train < 1 && test + train > 1 + 1e-9) {
    throw new HpoError(
      "OPTION_INVALID",
      `${name}(): test and train must make at most 1 together where they are fractions; got ${test} and ${train}.`,
      {
        data: { where: name, test, train },
      },
    );
  }
  const check = (input: SplitInput): Sizes => {
    if (needs.includes("classes")) requiredRole(name, input, "classes");
    const units = noun === "rows" ? input.rows : new Set(requiredRole(name, input, "groups")).size;
    const ofTest = test === null || test >= 1 ? test : Math.ceil(test * units);
    const ofTrain = train === null || train >= 1 ? train : Math.floor(train * units);
    const trained = ofTrain ?? units - (ofTest as number);
    const tested = ofTest ?? units - trained;
    if (tested >= 1 && trained >= 1 && tested + trained <= units) return [trained, tested];
    throw new HpoError(
      "SPLIT_INVALID",
      `${name}(): train and test must each have at least one of the ${units} ${noun}, and together at most all; got ${trained} and ${tested}.`,
      { data: { splitter: name, [noun]: units, train: trained, test: tested } },
    );
  };
  const shown = (size: number): string => (size < 1 ? `${Math.round(size * 1000) / 10} %` : `${size} ${noun}`);
  const parts = test === null ? `${shown(train as number)} trained on` : `${shown(test)} tested`;
  return Object.freeze({
    name,
    label: [`${splits} random splits`, ...(manner === "" ? [] : [manner]), parts].join(", "),
    options: Object.freeze({ splits, test, train, seed }),
    needs: Object.freeze([...needs]),
    random: seed === null,
    count(input) {
      check(input);
      return splits;
    },
    split(input, rng) {
      const sizes = check(input);
      const stream = shuffleStream(rng, seed);
      return {
        *[Symbol.iterator]() {
          for (let split = 0; split < splits; split++) yield splitOf(deal(input, sizes, stream.fork(split)));
        },
      };
    },
  } satisfies Splitter);
}

/** The part of every unit: 0 train, 1 test, 2 neither. */
function dealt(units: number, [trained, tested]: Sizes, random: Rng): Uint8Array {
  const parts = new Uint8Array(units).fill(2);
  parts.fill(0, 0, trained);
  parts.fill(1, trained, trained + tested);
  return random.shuffle(parts);
}
