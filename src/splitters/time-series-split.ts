import { HpoError } from "../core/hpo-error.ts";
import { checkOptions, integer, optional } from "../core/options.ts";
import type { SplitInput, Splitter } from "../core/splitter.ts";
import { splitOf } from "./part-rows.ts";
import { requiredEntries } from "./required-role.ts";

/** All sizes count moments: rows of the same time are one. */
export interface TimeSeriesOptions {
  /** How many splits, at least 2: test parts of equal size, one after another, at the end of the data. */
  readonly folds: number;
  /** Moments in each test part. Default: a (folds + 1)-th of the data, rounded down. */
  readonly testSize?: number;
  /** Moments left out between training and test part, e.g. as many as the horizon of a forecast or the lags of a feature. Default 0. */
  readonly gap?: number;
  /** The most moments to train on, the last before the gap: a rolling window. Default: all (an expanding window). */
  readonly maxTrainSize?: number;
}

/**
 * Tests each part of the data on a model of what was before it. Rows are taken in the order of the data's `time`; without one, as they stand in the data. Rows of
 * the same time stay together, on one side.
 *
 * Exactly scikit-learn's `TimeSeriesSplit` where all times differ and ascend. O(rows log rows), then O(rows) a split.
 * @throws HpoError SPLIT_INVALID where there are too few moments for the folds.
 */
export function timeSeriesSplit(options: TimeSeriesOptions): Splitter {
  const name = "timeSeriesSplit";
  checkOptions(name, options, {
    folds: integer(2),
    testSize: optional(integer(1)),
    gap: optional(integer(0)),
    maxTrainSize: optional(integer(1)),
  });
  const { folds, testSize = null, gap = 0, maxTrainSize = null } = options;
  /** The moment of every row, and the first moment of the first test part. */
  const planned = (input: SplitInput): { readonly momentOf: Uint32Array; readonly size: number; readonly first: number } => {
    const { momentOf, moments } = momentsOf(name, input);
    const size = testSize ?? Math.floor(moments / (folds + 1));
    const first = moments - folds * size;
    if (size >= 1 && first - gap >= 1) return { momentOf, size, first };
    const need = folds * (testSize ?? 1) + gap + 1;
    throw new HpoError(
      "SPLIT_INVALID",
      `${name}(): for ${folds} folds${testSize === null ? "" : ` of ${testSize}`}${gap === 0 ? "" : ` and a gap of ${gap}`} there must be more rows of different time (at least ${Math.max(need, folds + 1)}); got ${moments}.`,
      { data: { splitter: name, moments, folds, testSize, gap } },
    );
  };
  const window = maxTrainSize === null ? "expanding" : `rolling over ${maxTrainSize}`;
  return Object.freeze({
    name,
    label: `${folds} folds in time, ${window}${gap === 0 ? "" : `, gap ${gap}`}`,
    options: Object.freeze({ folds, testSize, gap, maxTrainSize }),
    needs: Object.freeze([]),
    ordered: true,
    random: false,
    count(input) {
      planned(input);
      return folds;
    },
    split(input) {
      const { momentOf, size, first } = planned(input);
      return {
        *[Symbol.iterator]() {
          for (let fold = 0; fold < folds; fold++) {
            const start = first + fold * size;
            const end = start - gap;
            const begin = maxTrainSize === null ? 0 : Math.max(0, end - maxTrainSize);
            yield splitOf(
              Uint8Array.from(momentOf, (moment) => {
                if (moment >= begin && moment < end) return 0;
                return moment >= start && moment < start + size ? 1 : 2;
              }),
            );
          }
        },
      };
    },
  } satisfies Splitter);
}

function momentsOf(name: string, input: SplitInput): { readonly momentOf: Uint32Array; readonly moments: number } {
  const order = Uint32Array.from({ length: input.rows }, (_, row) => row);
  if (input.times === null) return { momentOf: order, moments: input.rows };
  const times = requiredEntries(name, "times", input.times, input.rows);
  order.sort((a, b) => (times[a] as number) - (times[b] as number));
  const momentOf = new Uint32Array(input.rows);
  let moments = 0;
  for (let place = 0; place < order.length; place++) {
    const row = order[place] as number;
    if (place === 0 || times[row] !== times[order[place - 1] as number]) moments++;
    momentOf[row] = moments - 1;
  }
  return { momentOf, moments };
}
