import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, integer } from "../core/options.ts";
import { splitterRule } from "../core/part-rules.ts";
import type { Splitter } from "../core/splitter.ts";

/** What `repeated` is told. */
export interface RepeatedOptions {
  /** How many times the rows are divided anew, at least 2. */
  readonly repeats: number;
}

/**
 * Divides the rows anew several times: `repeated(stratifiedKFold({ folds: 5 }), { repeats: 3 })` gives 15 splits, whose mean hangs less on the luck of one
 * division. The first repeat has the splits that the splitter has alone. Rows are tested once in every repeat, so there is no value over all predictions pooled,
 * and folds of different repeats share rows: the standard error over all of them is too small.
 * @throws HpoError OPTION_INVALID for a splitter that gives the same splits every time.
 */
export function repeated(splitter: Splitter, options: RepeatedOptions): Splitter {
  checkOptions("repeated", { splitter, ...options }, { splitter: splitterRule(5), repeats: integer(2) });
  const { repeats } = options;
  if (splitter.random === false) {
    throw new HpoError(
      "OPTION_INVALID",
      `repeated(): splitter must be one that deals rows anew in each repeat; got ${splitter.label}, which gives the same splits every time. Leave its seed out and shuffle: false, or do not repeat it.`,
      { data: { where: "repeated", option: "splitter", value: splitter.name } },
    );
  }
  return Object.freeze({
    ...splitter,
    name: "repeated",
    label: `${splitter.label}, ${repeats} repeats`,
    options: Object.freeze({ ...splitter.options, splitter: splitter.name, repeats }),
    repeats: repeats * (splitter.repeats ?? 1),
    count: (input) => repeats * splitter.count(input),
    split(input, rng) {
      const first = splitter.split(input, rng);
      // A splitter that is repeated already has streams of its own.
      const stream = rng.fork("repeat", splitter.repeats ?? 1);
      return {
        *[Symbol.iterator]() {
          yield* first;
          for (let repeat = 1; repeat < repeats; repeat++) yield* splitter.split(input, stream.fork(repeat));
        },
      };
    },
  } satisfies Splitter);
}
