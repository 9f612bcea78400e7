import { checkOptions } from "../core/options.ts";
import type { Transform, Transformer } from "../core/transformer.ts";
import { balanceRule, lacking, placesByClass, readResampled, resampled, rowTraits } from "./resampled.ts";
import { transformer } from "./transformer.ts";

/** How far classes are balanced. */
export interface OversampleOptions {
  /** Every class has at least this share of the largest one's rows; default 1: all classes have as many. */
  readonly ratio?: number;
}

/**
 * Balances the classes of the training rows by repeating rows of the smaller ones, drawn with replacement, behind all others. Rows that are judged are
 * never touched. O(rows · classes).
 * @throws HpoError OPTION_INVALID
 */
export function oversample(options: OversampleOptions = {}): Transformer {
  checkOptions("oversample", options, balanceRule);
  const { ratio = 1 } = options;
  return transformer({
    name: "oversample",
    traits: rowTraits,
    options: { ratio },
    learn({ rows, columns, classes }, { rng }) {
      const places = placesByClass(classes());
      const counts = lacking(places, ratio);
      const added = places.flatMap((own, at) => Array.from({ length: counts[at] as number }, () => own[rng.below(own.length)] as number));
      return resampled("oversample", columns, { origins: Uint32Array.from([...Array(rows).keys(), ...added]) });
    },
  });
}

export const readOversample = (json: unknown, path: string): Transform => readResampled(json, path, "oversample");
