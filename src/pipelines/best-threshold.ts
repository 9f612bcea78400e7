import type { Metric } from "../core/metric.ts";

/** What a threshold is chosen by: one entry a row that was judged by a model which had not seen it. */
export interface ScoredRows {
  /** The second class's score less the first's, or its probability. */
  readonly scores: Float64Array;
  /** Class codes, 0 or 1. */
  readonly truth: Int32Array;
  /** null for equal weights. */
  readonly weights: Float64Array | null;
}

/** A threshold and what the metric says of it. */
export interface ChosenThreshold {
  readonly threshold: number;
  readonly value: number;
}

/** Thresholds that are tried at once, before the search goes on between the neighbours of the best. */
const mostTried = 256;

/** The classes that a threshold makes of scores: the second from the threshold on. */
export function classesFrom(scores: Float64Array, threshold: number): Float64Array {
  return scores.map((score) => (score >= threshold ? 1 : 0));
}

/**
 * The threshold under which the metric is best. Tried are `usual` and the middles between neighbouring scores, so that each class is predicted at least
 * once: all of them up to 256, else 256 spread evenly by rank, then in the same way those between the neighbours of the best. Of equally good ones the
 * nearest to `usual` is taken, then the lower. Where the metric is nowhere defined, `usual`. O(n · 256) a round, and at most log₂₅₆ n + 1 rounds.
 */
export function bestThreshold(metric: Metric, { scores, truth, weights }: ScoredRows, usual: number): ChosenThreshold {
  const middles = middlesOf(scores);
  const sign = metric.direction === "maximize" ? 1 : -1;
  const valueOf = (threshold: number): number =>
    metric.evaluate({ truth, predicted: classesFrom(scores, threshold), scores: null, weights, classCount: 2 });
  let best: ChosenThreshold = { threshold: usual, value: valueOf(usual) };

  /** Whether `one` takes the place of the best so far. */
  const beats = (one: ChosenThreshold): boolean => {
    const gain = sign * (one.value - best.value);
    if (Number.isNaN(one.value)) return false;
    if (Number.isNaN(best.value) || gain !== 0) return Number.isNaN(best.value) || gain > 0;
    const nearer = Math.abs(best.threshold - usual) - Math.abs(one.threshold - usual);
    return nearer > 0 || (nearer === 0 && one.threshold < best.threshold);
  };

  let [from, to] = [0, middles.length - 1];
  while (from <= to) {
    const step = Math.max(1, (to - from) / (mostTried - 1));
    let bestAt: number | undefined;
    for (let at = from; at <= to + step / 2; at += step) {
      const index = Math.min(to, Math.round(at));
      const threshold = middles[index] as number;
      const one = { threshold, value: valueOf(threshold) };
      if (!beats(one)) continue;
      best = one;
      bestAt = index;
    }
    if (step === 1 || bestAt === undefined) break;
    const reach = Math.ceil(step) - 1;
    [from, to] = [Math.max(0, bestAt - reach), Math.min(middles.length - 1, bestAt + reach)];
  }
  return best;
}

/** Halfway between each score and the next larger one, ascending. */
function middlesOf(scores: Float64Array): Float64Array {
  const ascending = Float64Array.from(new Set(scores)).sort();
  const middles = new Float64Array(Math.max(0, ascending.length - 1));
  for (let at = 0; at < middles.length; at++) {
    const [low, high] = [ascending[at] as number, ascending[at + 1] as number];
    const middle = low + (high - low) / 2;
    // Between neighbouring numbers there is none: the upper one parts them.
    middles[at] = middle > low ? middle : high;
  }
  return middles;
}
