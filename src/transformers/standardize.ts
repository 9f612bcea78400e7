import { checkOptions, flag, optional } from "../core/options.ts";
import type { Transform, Transformer } from "../core/transformer.ts";
import { affine, learnAffine, readAffine } from "./affine.ts";
import { mean, spread } from "./column-statistics.ts";
import { transformer } from "./transformer.ts";

/** What is done to each column. */
export interface StandardizeOptions {
  /** Subtract the mean; default true. */
  readonly center?: boolean;
  /** Divide by the standard deviation; default true. */
  readonly scale?: boolean;
}

/**
 * Every number as its distance from the training rows' mean, in their standard deviations (with n in the denominator). A column that is constant in
 * the training rows is only centred. Missing values and categories stay as they are. O(rows × columns).
 * @throws HpoError OPTION_INVALID
 */
export function standardize(options: StandardizeOptions = {}): Transformer {
  checkOptions("standardize", options, { center: optional(flag()), scale: optional(flag()) });
  const { center = true, scale = true } = options;
  return transformer({
    name: "standardize",
    traits: { missing: "keeps", categories: "keeps", classes: false, rows: "every" },
    options: { center, scale },
    learn(training) {
      const learnt = learnAffine(training, (values) => {
        const middle = mean(values);
        return [center ? middle : 0, scale ? spread(values, middle) : 1];
      });
      return affine("standardize", training.columns, { ...learnt, low: 0, high: 0, clip: false });
    },
  });
}

export const readStandardize = (json: unknown, path: string): Transform => readAffine(json, path, "standardize");
