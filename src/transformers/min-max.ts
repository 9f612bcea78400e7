import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, finite, flag, optional } from "../core/options.ts";
import type { Transform, Transformer } from "../core/transformer.ts";
import { affine, learnAffine, readAffine } from "./affine.ts";
import { transformer } from "./transformer.ts";

/** The scale that numbers are brought to. */
export interface MinMaxOptions {
  /** What the least value of the training rows becomes; default 0. */
  readonly low?: number;
  /** What their greatest becomes; default 1. */
  readonly high?: number;
  /** Bring values of other rows that leave low … high back to its ends; default false. */
  readonly clip?: boolean;
}

/**
 * Every number on the scale from the training rows' least (`low`) to their greatest (`high`); a constant column becomes `low`. Missing values and
 * categories stay as they are. O(rows × columns).
 * @throws HpoError OPTION_INVALID
 */
export function minMax(options: MinMaxOptions = {}): Transformer {
  checkOptions("minMax", options, { low: optional(finite()), high: optional(finite()), clip: optional(flag()) });
  const { low = 0, high = 1, clip = false } = options;
  if (!(high > low)) {
    throw new HpoError("OPTION_INVALID", `minMax(): high must be above low (${low}); got ${high}.`, {
      data: { where: "minMax", option: "high" },
    });
  }
  return transformer({
    name: "minMax",
    traits: { missing: "keeps", categories: "keeps", classes: false, rows: "every" },
    options: { low, high, clip },
    learn(training) {
      const learnt = learnAffine(training, (values) => {
        let [least, most] = [Infinity, -Infinity];
        for (const value of values) {
          if (value < least) least = value;
          if (value > most) most = value;
        }
        const scale = (most - least) / (high - low);
        return [least, scale > 0 && scale < Infinity ? scale : 1];
      });
      return affine("minMax", training.columns, { ...learnt, low, high, clip });
    },
  });
}

export const readMinMax = (json: unknown, path: string): Transform => readAffine(json, path, "minMax");
