import { checkOptions } from "../core/options.ts";
import type { Transform, Transformer } from "../core/transformer.ts";
import { balanceRule, drawn, placesByClass, readResampled, resampled, rowTraits } from "./resampled.ts";
import { transformer } from "./transformer.ts";

/** How far classes are balanced. */
export interface SubsampleOptions {
  /** The smallest class has at least this share of every other's rows; default 1: all classes have as many. */
  readonly ratio?: number;
}

/**
 * Balances the classes of the training rows by leaving rows of the larger ones out, drawn without replacement; the others stay in order. Rows that are
 * judged are never touched. O(rows).
 * @throws HpoError OPTION_INVALID
 */
export function subsample(options: SubsampleOptions = {}): Transformer {
  checkOptions("subsample", options, balanceRule);
  const { ratio = 1 } = options;
  return transformer({
    name: "subsample",
    traits: rowTraits,
    options: { ratio },
    learn({ columns, classes }, { rng }) {
      const places = placesByClass(classes());
      const most = Math.floor(Math.min(...places.map((own) => own.length)) / ratio);
      const kept = places.map((own) => (own.length <= most ? own : drawn(own, most, rng)));
      return resampled("subsample", columns, { origins: Uint32Array.from(kept.flatMap((own) => [...own])).sort() });
    },
  });
}

export const readSubsample = (json: unknown, path: string): Transform => readResampled(json, path, "subsample");
