import type { Splitter } from "../core/splitter.ts";

/** The same folds with fewer training rows: a random part of them, which grows with `share` (0 … 1), so that a larger share holds a smaller one. At least one row. */
export function withTrainShare(splitter: Splitter, share: number): Splitter {
  return {
    ...splitter,
    count: (input) => splitter.count(input),
    *split(input, rng) {
      let fold = 0;
      for (const { train, test } of splitter.split(input, rng)) {
        const order = rng.fork("train-share", fold++).shuffle(Uint32Array.from(train));
        yield { train: order.slice(0, Math.max(1, Math.round(share * train.length))).sort(), test };
      }
    },
  };
}
