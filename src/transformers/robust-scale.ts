import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, finite, optional } from "../core/options.ts";
import type { Transform, Transformer } from "../core/transformer.ts";
import { affine, learnAffine, readAffine } from "./affine.ts";
import { quantile } from "./column-statistics.ts";
import { transformer } from "./transformer.ts";

/** What the unit is. */
export interface RobustScaleOptions {
  /** The quantiles whose distance is the unit; default 0.25 and 0.75. */
  readonly from?: number;
  readonly to?: number;
}

/**
 * Every number as its distance from the training rows' median, in their interquartile ranges, which outliers hardly move. A column whose range is 0
 * is only centred. Missing values and categories stay as they are. O(rows × log rows × columns).
 * @throws HpoError OPTION_INVALID
 */
export function robustScale(options: RobustScaleOptions = {}): Transformer {
  checkOptions("robustScale", options, { from: optional(finite(0)), to: optional(finite(0, 1)) });
  const { from = 0.25, to = 0.75 } = options;
  if (!(to > from)) {
    throw new HpoError("OPTION_INVALID", `robustScale(): to must be above from (${from}); got ${to}.`, {
      data: { where: "robustScale", option: "to" },
    });
  }
  return transformer({
    name: "robustScale",
    traits: { missing: "keeps", categories: "keeps", classes: false, rows: "every" },
    options: { from, to },
    learn(training) {
      const learnt = learnAffine(training, (values) => {
        values.sort();
        const range = quantile(values, to) - quantile(values, from);
        // Ten roundings of 1, as the peers take for nothing.
        return [quantile(values, 0.5), range >= 10 * Number.EPSILON && range < Infinity ? range : 1];
      });
      return affine("robustScale", training.columns, { ...learnt, low: 0, high: 0, clip: false });
    },
  });
}

export const readRobustScale = (json: unknown, path: string): Transform => readAffine(json, path, "robustScale");
