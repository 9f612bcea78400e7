import { checkOptions, finite, optional } from "../core/options.ts";
import type { Transform, Transformer } from "../core/transformer.ts";
import { mean, variance } from "./column-statistics.ts";
import { pickedColumns, readPickedColumns } from "./picked-columns.ts";
import { transformer } from "./transformer.ts";

/** Which columns stay. */
export interface VarianceThresholdOptions {
  /** A column stays where its variance in the training rows (n in the denominator) is above this; default 0: it is not constant. */
  readonly threshold?: number;
}

/**
 * Leaves columns out that hardly vary in the training rows. Missing values count nothing and stay. O(rows × columns).
 * @throws HpoError OPTION_INVALID; on fitting DATA_UNSUPPORTED where no column is left
 */
export function varianceThreshold(options: VarianceThresholdOptions = {}): Transformer {
  checkOptions("varianceThreshold", options, { threshold: optional(finite(0)) });
  const { threshold = 0 } = options;
  return transformer({
    name: "varianceThreshold",
    traits: { missing: "keeps", categories: "refuses", classes: false, rows: "every" },
    options: { threshold },
    learn({ columns, column }) {
      const varies = (j: number): boolean => {
        const values = column(j).filter((value) => value === value);
        // A constant's computed variance may be a rounding above 0.
        if (values.every((value) => value === values[0])) return false;
        return threshold === 0 || variance(values, mean(values)) > threshold;
      };
      return pickedColumns("varianceThreshold", columns, { picked: [...columns.keys()].filter(varies), complete: false });
    },
  });
}

export const readVarianceThreshold = (json: unknown, path: string): Transform =>
  readPickedColumns(json, path, { kind: "varianceThreshold", complete: false });
